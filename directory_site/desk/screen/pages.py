"""What the screen shows of a call: its parts ("panels"), each rendered by itself, so that an act changes what it changed.

Whoever reads a panel with a person's data writes its access rows: call these inside `atomic`.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from referrals import access, selectors, states
from referrals.codes import AccessAction, AgeBand, Direction, FollowUpKind, Mobility
from referrals.models import Call, Orientation, TransmittedFile
from search import vocabulary
from services.codes import Language
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS
from services.records import pick

from . import forms, reporting

DUE_SHOWN = 5
BEFORE_SHOWN = 3  # earlier calls, and orientations under way
PANELS = ("who", "situation", "needs", "given", "call_back")
TEMPLATES = "directory_site/desk/screen_"


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def panels(request: HttpRequest, call: Call, *names: str, **more: Any) -> dict[str, str]:
    """{name: HTML} of these panels."""
    context = {"call": call, "is_open": call.ended_at is None, **more}
    return {
        name: render_to_string(
            f"{TEMPLATES}{name}.html", context | globals()[f"_{name}"](request, call), request=request
        )
        for name in names
    }


def _who(request: HttpRequest, call: Call) -> dict[str, Any]:
    """Who it is, who of the team spoke with them last, and what is under way: read before a word is said."""
    found: dict[str, Any] = {"person": call.person, "directions": Direction.choices}
    if call.person is None:
        return found
    access.note(action=AccessAction.VIEW, kind="person", uuid=call.person.uuid, team=call.team_id)
    before = selectors.calls(request.user).filter(person=call.person).exclude(pk=call.pk)
    given = selectors.orientations(request.user).filter(person=call.person, state__in=states.UNDER_WAY)
    under_way = given.exclude(call=call).order_by("-pk")[:BEFORE_SHOWN]
    return found | {
        "before": before.select_related("agent").defer("note").order_by("-started_at")[:BEFORE_SHOWN],
        "under_way": [(one, name_of(one.snapshot)) for one in under_way],
    }


def _situation(request: HttpRequest, call: Call) -> dict[str, Any]:
    known, lang = vocabulary.current(), language()
    order = known.order.get("audience", {})
    audiences = [
        (code, known.label("audience", code, lang)) for code in sorted(order, key=lambda code: order[code])
    ]
    first = ("fr", "nl", "en", "ar", "tr")
    languages = [(code, str(Language(code).label)) for code in first]
    languages += [(code, str(label)) for code, label in Language.choices if code not in first]
    kept = call.situation
    return {
        "kept": kept,
        "bim": {True: "yes", False: "no"}.get(kept.get("bim"), ""),
        "place": forms.place_text(kept, lang),
        "ages": AgeBand.choices,
        "mobilities": Mobility.choices,
        "languages_main": languages[: len(first)],
        "languages_more": languages[len(first) :],
        "audiences": audiences,
    }


def _needs(request: HttpRequest, call: Call) -> dict[str, Any]:
    known, lang = vocabulary.current(), language()
    given = set(call.orientations.exclude(state=states.ENTERED_IN_ERROR).values_list("need", flat=True))
    asked = set(call.orientations.values_list("need", flat=True))
    return {
        "needs": [
            {
                "need": need,
                "code": need.term.code,
                "name": known.label("need", need.term.code, lang),
                "given": need.pk in given,
                "removable": need.pk not in asked,
                "withdrawable": need.pk in asked and need.status not in states.CLOSED_NEEDS,
            }
            for need in call.needs.select_related("term")
        ],
        "all_needs": [known.label("need", code, lang) for code in known.order.get("need", {})],
    }


def is_ones_own(one: Orientation, user) -> bool:
    """Written by this user, lately enough to be taken back by them."""
    return one.author_id == user.pk and timezone.now() <= one.created_at + timedelta(hours=states.ERROR_HOURS)


def _given(request: HttpRequest, call: Call) -> dict[str, Any]:
    known, lang = vocabulary.current(), language()
    rows = []
    files = TransmittedFile.objects.filter(orientation__call=call).defer("content", "answer_note")
    file_of = {file.orientation_id: file for file in files}
    for one in call.orientations.select_related("need__term").order_by("-pk"):
        rows.append(
            {
                "orientation": one,
                "file": file_of.get(one.pk),
                "name": name_of(one.snapshot),
                "need": known.label("need", one.need.term.code, lang),
                "may_undo": one.state != states.ENTERED_IN_ERROR
                and (
                    is_ones_own(one, request.user)
                    or selectors.holds(request.user, selectors.COORDINATE, one.team_id)
                ),
                "is_error": one.state == states.ENTERED_IN_ERROR,
            }
        )
    return {"given": rows}


def name_of(snapshot: dict[str, Any]) -> str:
    """The listing's name as it was given, in the reader's language when it has one."""
    return pick(snapshot["name"], language(), tuple(code for code, _label in settings.LANGUAGES))[0]


def quick_days(today: date) -> list[tuple[str, Any, datetime]]:
    """(key, words, moment) of the quick call-backs, at 10:00 of a working day."""

    def at(days: int) -> datetime:
        day = today + timedelta(days=days)
        while day.weekday() >= 5 or day in BELGIAN_HOLIDAYS:
            day += timedelta(days=1)
        return timezone.make_aware(datetime.combine(day, time(10, 0)))

    return [
        ("1", _("Tomorrow"), at(1)),
        ("2", _("In 3 days"), at(3)),
        ("3", _("Next week"), at(7)),
    ]


def _call_back(request: HttpRequest, call: Call) -> dict[str, Any]:
    pending = None
    if call.person_id:
        pending = (
            selectors.pending(selectors.follow_ups(request.user))
            .filter(person=call.person_id, kind=FollowUpKind.CALL_BACK, declined=None)
            .order_by("due_at")
            .first()
        )
    return {"set_for": pending, "quick": quick_days(timezone.localdate())}


def due(user) -> dict[str, Any]:
    """What is due for this agent up to the end of today: how much, and the first ones."""
    end = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time()))
    rows = selectors.pending(selectors.follow_ups(user)).filter(assignee=user, due_at__lt=end)
    rows = rows.exclude(kind=FollowUpKind.EXPIRY)
    first = list(rows.select_related("person").order_by("due_at")[:DUE_SHOWN])
    if first:
        access.note(action=AccessAction.LIST, kind="follow_up", count=len(first), team=first[0].team_id)
    return {"due": first, "due_count": rows.count(), "now": timezone.now()}


def whole(request: HttpRequest, call: Call, **more: Any) -> dict[str, Any]:
    """The context of the whole screen of a call."""
    return {
        "call": call,
        "is_open": call.ended_at is None,
        "noted_late": call.happened_at(timezone.now()),
        "panels": panels(request, call, *PANELS, **more),
        "reasons": reporting.REASONS,
        **due(request.user),
        **more,
    }
