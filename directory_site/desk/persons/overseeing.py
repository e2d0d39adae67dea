"""For coordinators: files opened across teams, and files that go within a month."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from referrals import access, selectors
from referrals.actions import openings, retention
from referrals.codes import AccessAction
from referrals.retention import WARN_DAYS

from .reading import TEMPLATES, recorded, team_of

PAGE = 50


@recorded(selectors.COORDINATE)
@require_http_methods(["GET", "POST"])
def opened(request: HttpRequest) -> HttpResponse:
    """What was opened across teams, by or of the own; posting says that it was read."""
    teams = selectors.teams_holding(request.user, selectors.COORDINATE)
    if request.method == "POST":
        shown = [
            int(text) for text in request.POST.getlist("shown")[:PAGE] if text.isdecimal() and len(text) < 19
        ]
        openings.seen(teams=teams, shown=shown, by=request.user)
    rows = selectors.openings(request.user).select_related("user", "team", "person__team")
    page = Paginator(rows.defer("person__contact_safety"), PAGE).get_page(request.GET.get("page"))
    lines = [
        {
            "row": row,
            "unseen": (row.team_id in teams and row.seen_at is None)
            or (row.person.team_id in teams and row.owner_seen_at is None),
            "own": row.person.team_id in teams,
        }
        for row in page
    ]
    access.note(
        action=AccessAction.LIST,
        kind="opening",
        count=len(lines),
        team=team_of(request, selectors.COORDINATE).pk,
    )
    context = {"page": page, "lines": lines, "now": timezone.now(), "warned": len(retention.warned(teams))}
    return render(request, f"{TEMPLATES}openings.html", context)


@recorded(selectors.COORDINATE)
@require_GET
def going(request: HttpRequest) -> HttpResponse:
    """Files of the own teams that go within WARN_DAYS."""
    teams = selectors.teams_holding(request.user, selectors.COORDINATE)
    page = Paginator(retention.warned(teams), PAGE).get_page(request.GET.get("page"))
    access.note(
        action=AccessAction.LIST,
        kind="person",
        count=len(page.object_list),
        team=team_of(request, selectors.COORDINATE).pk,
    )
    return render(request, f"{TEMPLATES}going.html", {"page": page, "days": WARN_DAYS})
