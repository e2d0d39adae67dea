"""Registers the site's own pages in the Wagtail admin."""

from wagtail import hooks

from .admin.dashboard import TeamPanel


@hooks.register("construct_homepage_panels")
def team_panel(request, panels):
    panels.append(TeamPanel(request))
