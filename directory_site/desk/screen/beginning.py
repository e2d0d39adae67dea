"""Before a call: one is begun, with whoever is on the phone when that is known, or one that is open is gone on with."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Team
from directory_site.desk.door import desk_view
from directory_site.desk.persons.wording import sentence
from referrals import access, selectors
from referrals.actions.limits import TooMany
from referrals.codes import AccessAction, Direction
from referrals.errors import BadValue, Closed

from . import caller, forms, pages

OPEN_SHOWN = LAST_SHOWN = 5
LAST_WITHIN = timedelta(days=3)  # to send something after all, or to take it back


@require_safe
@desk_view()
def start(request: HttpRequest) -> HttpResponse:
    """Begin one, note an earlier one, go on with one that is open, and what is due."""
    return _start(request)


def _start(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    with transaction.atomic():
        mine = selectors.calls(request.user).filter(agent=request.user).select_related("person")
        since = timezone.now() - LAST_WITHIN
        context = {
            "teams": list(_teams(request)),
            "open_calls": list(mine.filter(ended_at=None).order_by("-started_at")[:OPEN_SHOWN]),
            "last_calls": list(mine.filter(ended_at__gte=since).order_by("-ended_at")[:LAST_SHOWN]),
            "now": timezone.localtime(),
            **pages.due(request.user),
            **more,
        }
        if known := [one for one in context["open_calls"] + context["last_calls"] if one.person_id]:
            access.note(action=AccessAction.LIST, kind="call", count=len(known), team=known[0].team_id)
        return render(request, "directory_site/desk/screen_start.html", context, status=status)


def _teams(request: HttpRequest):
    return Team.objects.filter(pk__in=selectors.teams_holding(request.user, selectors.USE)).order_by("pk")


@require_POST
@desk_view()
def begin(request: HttpRequest) -> HttpResponse:
    """A new call in one of the user's teams; `direction` incoming unless said otherwise.

    `person`: the uuid of whoever is on the phone, the call is in their team; `number`: a new file with it (see caller.begin).
    `at`: when it began, local, for a call that is noted late; 422 with what was typed when it cannot be then.
    """
    typed = request.POST.get("at")
    at = forms.moment(typed) if typed is not None else None
    if typed is not None and at is None:
        return _refused(request, typed)
    teams = list(_teams(request))
    asked = request.POST.get("team", "")
    team = next((one for one in teams if str(one.pk) == asked), teams[0])
    direction = request.POST.get("direction", Direction.INCOMING)
    if direction not in Direction.values:
        direction = Direction.INCOMING
    try:
        call = caller.begin(request, team=team, direction=direction, at=at)
    except TooMany as error:
        return render(request, caller.TEMPLATE, {"who": "", "error": sentence(error)}, status=429)
    except Closed as error:  # merged or erased since it was looked up
        return render(request, caller.TEMPLATE, {"who": "", "error": sentence(error)}, status=409)
    except BadValue as refusal:
        return _refused(request, typed or "") if refusal.field == "at" else redirect("desk:screen")
    return redirect("desk:call", uuid=call.uuid)


def _refused(request: HttpRequest, at: str) -> HttpResponse:
    said = gettext("Give the day and the hour of the call, within the last year.")
    return _start(request, status=422, at=at, at_error=said)
