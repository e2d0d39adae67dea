"""Registers the catalogue in the Wagtail admin."""

from wagtail.snippets.models import register_snippet

from .admin.viewsets import CatalogueGroup

register_snippet(CatalogueGroup)
