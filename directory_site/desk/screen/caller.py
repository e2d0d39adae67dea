"""The phone rings: a number or a reference typed, and who that is before the call is taken; then one key takes it.

The number comes by POST and is shown to nobody but who typed it; each look-up is a row, and they are counted
(LOOKUPS_PER_HOUR).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Team
from directory_site.desk.persons.reading import recorded, team_of
from directory_site.desk.persons.wording import sentence
from referrals import access, references, selectors, states
from referrals.actions import calls, limits, openings, persons
from referrals.codes import AccessAction, Direction, FollowUpKind
from referrals.errors import BadValue
from referrals.models import Call, Person
from services.rules import phone_display, phone_e164

from . import pages

NEEDS_SHOWN = 5
TEMPLATE = "directory_site/desk/caller.html"


@recorded(selectors.USE)
@require_http_methods(["GET", "HEAD", "POST"])
def caller(request: HttpRequest) -> HttpResponse:
    """Who calls: known, several, or nobody of the team. 422 when it is no number, 429 after too many look-ups.

    A GET (a sign-in that led back here, a reload) goes to the start of a call.
    """
    if request.method != "POST":
        return redirect("desk:screen")
    text = request.POST.get("who", "").strip()[:60]
    context: dict[str, Any] = {"who": text}
    try:
        found = openings.look_up(
            text=text, by=request.user, team=team_of(request, selectors.USE), permission=selectors.USE
        )
    except openings.TooMany as error:
        return render(request, TEMPLATE, context | {"error": sentence(error)}, status=429)
    except BadValue as error:
        return render(request, TEMPLATE, context | {"error": sentence(error)}, status=422)
    if chosen := request.POST.get("person", ""):
        found = [one for one in found if str(one.uuid) == chosen]
    if len(found) == 1:
        context |= known(request, found[0])
    elif found:
        context["several"] = found
    else:
        context["nobody"] = True
        context["number"] = phone_display(text) if phone_e164(text) and not references.parse(text) else ""
    return render(request, TEMPLATE, context)


def known(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What an agent has to know before the first word, with its access row; inside a transaction."""
    access.note(action=AccessAction.VIEW, kind="person", uuid=person.uuid, team=person.team_id)
    needs = (
        selectors.needs(request.user)
        .filter(person=person)
        .exclude(status__in=states.CLOSED_NEEDS)
        .select_related("term")
        .order_by("-created_at")
    )
    given = (
        selectors.orientations(request.user)
        .filter(person=person, state__in=states.UNDER_WAY)
        .select_related("need__term")
        .order_by("-created_at")
    )
    due = selectors.pending(selectors.follow_ups(request.user)).filter(person=person)
    return {
        "person": person,
        "last": selectors.calls(request.user)
        .filter(person=person)
        .select_related("agent")
        .order_by("-started_at")
        .first(),
        "needs": needs[:NEEDS_SHOWN],
        "given": [(one, pages.name_of(one.snapshot)) for one in given[:NEEDS_SHOWN]],
        "due": due.exclude(kind=FollowUpKind.EXPIRY)
        .select_related("assignee")
        .order_by("due_at")[:NEEDS_SHOWN],
    }


@transaction.atomic
def begin(request: HttpRequest, *, team: Team, direction: str, at: datetime | None = None) -> Call:
    """A call, with the person it is from (`person`), or with a new file for a `number` that nobody has. Http404: no such person.

    `at`: when it began, if it is noted late. Raises BadValue, TooMany (the number is somebody's).
    Pressed twice, a number has one file: whoever comes second waits, and finds it.
    """
    if (asked := request.POST.get("person", "")) != "":
        person = _own(request, asked)
        access.note(action=AccessAction.VIEW, kind="person", uuid=person.uuid, team=person.team_id)
        return calls.begin(team=person.team, by=request.user, direction=direction, person=person, at=at)
    number = request.POST.get("number", "").strip()[:60]
    if not number or direction != Direction.INCOMING:
        return calls.begin(team=team, by=request.user, direction=direction, at=at)
    if (hashed := persons.phone_hash(number)) is None:
        raise BadValue("phone", "no phone number")
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    there = Person.objects.filter(
        team=team, phones__number_hash=hashed, merged_into=None, anonymised_at=None
    ).first()
    if there is not None:  # as good as a look-up
        limits.within_limit(request.user)
        access.note(action=AccessAction.SEARCH, kind="person", count=1, team=team.pk)
    else:
        there = persons.begin(team=team, by=request.user)
        persons.add_phone(person=there, number=number, by=request.user)
    return calls.begin(team=team, by=request.user, direction=direction, person=there)


def _own(request: HttpRequest, text: str) -> Person:
    try:
        uuid = UUID(text)
    except ValueError:
        raise Http404("no such person") from None
    found = selectors.files(request.user, selectors.USE).select_related("team").filter(uuid=uuid).first()
    if found is None:
        raise Http404("no such person")
    return found
