"""The catalogue in the Wagtail admin: what is edited how, registered by services.wagtail_hooks."""
