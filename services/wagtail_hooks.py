"""Registers the catalogue in the Wagtail admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from .admin.viewsets import CatalogueGroup

register_snippet(CatalogueGroup)


@hooks.register("insert_global_admin_css")
def catalogue_css():
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))
