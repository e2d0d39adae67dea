"""The site's own pages in the Wagtail admin: what joins the catalogue and the search."""
