"""What every page about persons shares: it is shown in the transaction that writes who saw it, or not at all."""

import logging
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Team
from directory_site.desk.door import desk_view
from referrals import access, selectors
from referrals.codes import AccessAction
from referrals.models import Opening, Person

TEMPLATES = "directory_site/desk/persons/"
log = logging.getLogger(__name__)


def recorded(permission: str = selectors.VIEW) -> Callable:
    """`desk_view`, and the whole of the view in one transaction: when its access row fails, nobody has seen anything."""

    def decorate(view):
        @wraps(view)
        def whole(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            try:
                with transaction.atomic():
                    return view(request, *args, **kwargs)
            except DatabaseError as error:  # its text may quote a person's row
                log.error("a page about persons is not available: %s", type(error).__name__)
                return render(request, f"{TEMPLATES}not_now.html", status=503)

        return desk_view(permission)(whole)

    return decorate


def shown(
    request: HttpRequest,
    uuid: UUID,
    *,
    action: str = AccessAction.VIEW,
    permission: str = selectors.VIEW,
    change: bool = False,
) -> Person:
    """The person, with the row that says who saw them. 404: not there, of another team (unless opened), or forgotten.

    `change`: own team only; what was opened across teams is read.
    """
    if permission == selectors.VIEW and not change:
        rows = selectors.persons(request.user)
    else:
        rows = selectors.files(request.user, permission)
    person = rows.filter(uuid=uuid).select_related("team", "commune").first()
    if person is None:
        raise Http404
    opening = opening_of(request, person)
    access.note(
        action=action,
        kind="person",
        uuid=person.uuid,
        team=person.team_id,
        reason=access.OPENED if opening else "",
    )
    return person


def opening_of(request: HttpRequest, person: Person) -> Opening | None:
    """What lets this user read a person of another team; None in the own."""
    if person.team_id in selectors.teams_holding(request.user, selectors.VIEW):
        return None
    return Opening.objects.filter(user=request.user, person=person).order_by("-until").first()


def team_of(request: HttpRequest, permission: str) -> Team:
    """The user's team in which they look: the first in which they hold the permission."""
    return Team.objects.filter(pk__in=selectors.teams_holding(request.user, permission)).order_by("pk")[0]
