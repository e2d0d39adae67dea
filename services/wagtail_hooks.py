"""Registers the catalogue in the Wagtail admin."""

from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.snippets.models import register_snippet

from .admin import asking, bulk, handovers, templates
from .admin.deleting import ProtectedBulkDelete
from .admin.duplicates.viewset import CompareBulkAction
from .admin.suggestion_words import open_note
from .admin.viewsets import CatalogueGroup
from .models import Service

FORM_SCRIPTS = ("keeping", "hours", "point", "looks-like", "languages", "previewing")

register_snippet(CatalogueGroup)
# After Wagtail's own action of the same name, which it replaces for our models.
hooks.register("register_bulk_action", ProtectedBulkDelete, order=10)
for action in (*bulk.ACTIONS, handovers.HandOverAction, CompareBulkAction):
    hooks.register("register_bulk_action", action)


@hooks.register("insert_global_admin_css")
def catalogue_css():
    return format_html_join(
        "",
        '<link rel="stylesheet" href="{}">',
        [(static(f"css/{name}.css"),) for name in ("admin", "terms")],
    )


@hooks.register("insert_editor_js")
def catalogue_js():
    """On add and edit forms."""
    return format_html_join(
        "\n",
        '<script type="module" src="{}"></script>',
        [(static(f"js/admin/{name}.js"),) for name in FORM_SCRIPTS],
    )


@hooks.register("register_admin_urls")
def catalogue_urls():
    return [*asking.urls, *templates.urls, *handovers.urls()]


@hooks.register("before_edit_snippet")
def tell_of_suggestions(request, instance):
    if request.method != "GET" or not isinstance(instance, Service):
        return
    if found := open_note(instance, request.user):
        said, url = found
        messages.warning(request, said, buttons=[messages.button(url, _("Look at them"))])
