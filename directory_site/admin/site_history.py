"""Wagtail's site history, which names every object of every team, is for those who see every team.

Each object's own history stays with its team (services.admin.gate).
"""

from django.core.exceptions import PermissionDenied
from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.reports.audit_logging import LogEntriesView

from accounts.selectors import holds_everywhere

PERMISSION = "services.change_service"


def sees_all(user) -> bool:
    return holds_everywhere(user, PERMISSION)


class SiteHistoryView(LogEntriesView):
    def dispatch(self, request, *args, **kwargs):
        if not sees_all(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


def urls() -> list:
    """Before Wagtail's own at the same addresses; their names stay Wagtail's."""
    view, results = SiteHistoryView.as_view(), SiteHistoryView.as_view(results_only=True)
    return [
        path("admin/reports/site-history/", require_admin_access(view)),
        path("admin/reports/site-history/results/", require_admin_access(results)),
    ]
