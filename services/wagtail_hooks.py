"""Registers the catalogue in the Wagtail admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from .admin import handovers
from .admin.deleting import ProtectedBulkDelete
from .admin.viewsets import CatalogueGroup

register_snippet(CatalogueGroup)
# After Wagtail's own action of the same name, which it replaces for our models.
hooks.register("register_bulk_action", ProtectedBulkDelete, order=10)


hooks.register("register_bulk_action", handovers.HandOverAction)


@hooks.register("register_admin_urls")
def catalogue_urls():
    return handovers.urls()


@hooks.register("insert_global_admin_css")
def catalogue_css():
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))
