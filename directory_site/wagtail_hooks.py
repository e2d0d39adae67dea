"""Registers the site's own pages in the Wagtail admin."""

from wagtail import hooks

from .admin.dashboard import TeamPanel
from .admin.site_history import sees_all


@hooks.register("construct_homepage_panels")
def team_panel(request, panels):
    panels.append(TeamPanel(request))


@hooks.register("construct_reports_menu")
def only_for_who_sees_all(request, menu_items):
    if not sees_all(request.user):
        menu_items[:] = [item for item in menu_items if item.name != "site-history"]
