"""Registers the search's pages in the Wagtail admin."""

from django.contrib.auth.models import Permission
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from .admin.viewsets import SearchGroup

register_snippet(SearchGroup)


@hooks.register("register_permissions")
def who_may_read_lost_searches():
    """Wagtail offers the permissions of concepts by itself; of lost searches there is only one to give."""
    return Permission.objects.filter(content_type__app_label="search", codename="view_searchwithoutresult")


@hooks.register("insert_global_admin_css")
def search_css():
    return format_html('<link rel="stylesheet" href="{}">', static("css/search-admin.css"))


@hooks.register("insert_global_admin_js")
def try_it_js():
    return format_html('<script type="module" src="{}"></script>', static("js/try-it.js"))
