"""What is done in a call. To the page's script each answers with the panels that changed and a sentence (`acting`)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from referrals import holding, references, selectors, situation, states
from referrals.actions import calls, follow_ups, openings, orientations, persons
from referrals.actions.follow_ups import LATEST
from referrals.codes import Mode
from referrals.errors import (
    BadValue,
    Closed,
    NationalNumber,
    NotListed,
)
from referrals.models import Call, Need, Person
from services.models import Service
from services.reports import actions as reports
from services.reports.errors import NotReportable

from . import forms, pages, reporting
from .acting import WRONG, Refused, act, in_words


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


@act
def keep(request: HttpRequest, call: Call) -> dict[str, Any]:
    """Keep situation, note and direction as typed. A part that cannot be kept is named, and the others are kept."""
    lang, wrong = pages.language(), None
    values: dict[str, Any] = {"note": request.POST.get("note", "")}
    try:
        values["situation"] = forms.situation(request.POST, lang)
    except BadValue as error:
        wrong = error
        place = {name: call.situation[name] for name in ("postcode", "nis5") if name in call.situation}
        values["situation"] = place | forms.situation_typed(request.POST)
    if "direction" in request.POST:
        values["direction"] = request.POST["direction"]
    version = _version(request)
    try:
        with transaction.atomic():
            call = calls.keep(call=call, by=request.user, version=version, **values)
    except (NationalNumber, BadValue) as error:
        if error.field != "note":
            raise
        del values["note"]
        call, wrong = calls.keep(call=call, by=request.user, version=version, **values), error
    if wrong is None:
        return {"said": gettext("Saved"), "version": call.version}
    refused = in_words(wrong)
    return {"said": refused.said, "field": refused.field, "version": call.version, "refused": True}


@act
def who(request: HttpRequest, call: Call) -> dict[str, Any]:
    """Look a reference or a number up in the call's team; one person found is the caller."""
    text = request.POST.get("who", "").strip()[:60]
    reference = references.parse(text)
    try:
        found = openings.look_up(text=text, by=request.user, team=call.team)
    except BadValue:
        raise Refused(str(WRONG["phone"]), field="who") from None
    found = [one for one in found if one.team_id == call.team_id]
    chosen = request.POST.get("person", "")
    if chosen:
        found = [one for one in found if str(one.uuid) == chosen]
    if len(found) == 1:
        return _set_person(request, call, found[0])
    if found:
        said = gettext("Several people have this number: choose one.")
        return {
            "said": said,
            "choices": [{"uuid": str(one.uuid), "reference": one.reference} for one in found],
        }
    if reference:
        # No exception: the row that says who looked it up is kept.
        return {"said": gettext("No file of your team has this reference."), "field": "who", "status": 422}
    said = gettext("Nobody in your team is known by this number. Enter makes a new file with it.")
    return {"said": said, "offer": True}


@act
def new_person(request: HttpRequest, call: Call) -> dict[str, Any]:
    """A person without a name, with a number to call back when one was typed. Pressed twice it is one."""
    if call.person_id:
        return _set_person(request, call, call.person)
    number = request.POST.get("who", "").strip()[:60]
    locked = holding.held(Call.objects.filter(pk=call.pk)).get()
    if locked.person_id:
        return _set_person(request, call, locked.person)
    on = timezone.localdate(call.happened_at(timezone.now()))
    person = persons.begin(team=call.team, by=request.user, situation=call.situation, on=on)
    if number:
        persons.add_phone(person=person, number=number, by=request.user)
    return _set_person(request, call, person)


@act
def oppose(request: HttpRequest, call: Call) -> dict[str, Any]:
    """The person on the phone wants no more calls: what is pending is cancelled with it."""
    if call.person is None:
        raise Refused(gettext("Say first who is calling."), field="who")
    persons.oppose(person=call.person, by=request.user)
    return {
        "said": gettext("Noted: this person is not contacted any more."),
        "panels": pages.panels(request, call, "who", "call_back"),
    }


def _set_person(request: HttpRequest, call: Call, person: Person) -> dict[str, Any]:
    """The page's version stays its own: only when it had read the newest does it learn the next."""
    ours = _version(request)
    before = call.version
    call = calls.set_person(call=call, person=person, by=request.user)
    known = situation.of(person)
    if {"postcode", "nis5"} & set(call.situation):
        known = {name: value for name, value in known.items() if name not in ("postcode", "nis5")}
    known = {name: value for name, value in known.items() if name not in call.situation}
    names = ["who", "needs", "given", "call_back"]
    if known:
        call = calls.keep(call=call, by=request.user, situation=call.situation | known)
        names.append("situation")
    call.person = person
    return {
        "said": gettext("The call is about %(reference)s.") % {"reference": person.reference},
        "version": call.version if ours in (None, before) else ours,
        "panels": pages.panels(request, call, *names),
    }


@act
def add_need(request: HttpRequest, call: Call) -> dict[str, Any]:
    text = request.POST.get("need_text", "")
    term = forms.need(text, pages.language())
    if term is None:
        raise Refused(str(WRONG["need"]), field="need_text")
    need = calls.add_need(call=call, term=term, by=request.user)
    return {
        "said": gettext("Need noted"),
        "panels": pages.panels(request, call, "needs", chosen=need.uuid),
        "search": True,
    }


def _need(request: HttpRequest, call: Call, name: str = "need") -> Need | None:
    try:
        uuid = UUID(request.POST.get(name, ""))
    except ValueError:
        return None
    return selectors.needs(request.user).filter(call=call, uuid=uuid).first()


@act
def remove_need(request: HttpRequest, call: Call) -> dict[str, Any]:
    need = _need(request, call, "remove")
    if need is not None:
        calls.remove_need(need=need, by=request.user)
    return {
        "said": gettext("Need taken away"),
        "panels": pages.panels(request, call, "needs"),
        "search": True,
    }


@act
def orient(request: HttpRequest, call: Call) -> dict[str, Any]:
    """Send the chosen need (or the only one, or what the words were read as) to a service."""
    mode = request.POST.get("mode") or Mode.DETAILS_GIVEN
    appointment, happened = None, call.happened_at(timezone.now())
    if mode == Mode.APPOINTMENT_MADE:
        appointment = _moment(request.POST.get("appointment_at", ""), field="appointment_at", after=happened)
    service = _service(request)
    key = _key(request)
    if call.ended_at is not None:
        raise Closed("the call has ended")
    if mode == Mode.FILE_TRANSMITTED and call.person_id is None:
        raise Refused(gettext("Say first who is calling: a file is about somebody."), field="who")
    need = _need_meant(request, call)
    if (
        mode == Mode.FILE_TRANSMITTED
    ):  # it has a page of its own: words to read out, what is told, the consent
        return {"said": "", "go": reverse("desk:send_file", args=[need.uuid, service.uuid])}
    made = orientations.give(
        need=need,
        service=service,
        mode=mode,
        by=request.user,
        key=key,
        at=happened,
        appointment_at=appointment,
    )
    names = {"service": pages.name_of(made.snapshot), "mode": Mode(made.mode).label}
    return {
        "said": gettext("%(mode)s: %(service)s") % names,
        "panels": pages.panels(request, call, "needs", "given", chosen=need.uuid),
    }


def _need_meant(request: HttpRequest, call: Call) -> Need:
    if (chosen := _need(request, call)) is not None:
        return chosen
    noted = list(call.needs.all()[:2])
    if len(noted) == 1:
        return noted[0]
    term = None
    if not noted and (code := request.POST.get("read_as", "")):
        term = forms.need_of(code)
    if term is None:
        raise Refused(gettext("Say first which need this is for."), field="need_text")
    return calls.add_need(call=call, term=term, by=request.user)


def _service(request: HttpRequest) -> Service:
    try:
        uuid = UUID(request.POST.get("service", ""))
    except ValueError as error:
        raise Refused(gettext("Choose a service first."), field="q") from error
    found = (
        Service.objects.select_related("organization")
        .prefetch_related("phones", "service_at_locations__location", "service_at_locations__phones")
        .filter(uuid=uuid)
        .first()
    )
    if found is None:
        raise NotListed(str(uuid))
    return found


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _moment(text: str, *, field: str, after: datetime | None = None) -> datetime:
    """A local date and time to come ("2026-11-24T10:00"), or `after` that moment, aware."""
    found, now = forms.moment(text), timezone.now()
    if found is None or not (after or now) < found < now + LATEST:
        raise Refused(str(WRONG["at"]), field=field)
    return found


@act
def withdraw_need(request: HttpRequest, call: Call) -> dict[str, Any]:
    """The person does not need it any more; said in the call or after it."""
    need = _need(request, call, "withdraw")
    if need is not None:
        orientations.withdraw(need=need, by=request.user)
    return {
        "said": gettext("Noted: not needed any more"),
        "panels": pages.panels(request, call, "needs", "given"),
    }


@act
def undo(request: HttpRequest, call: Call) -> dict[str, Any]:
    """An orientation of this call was entered in error; its author may say so for a day, then a coordinator of the team."""
    try:
        uuid = UUID(request.POST.get("orientation", ""))
    except ValueError as error:
        raise Closed("no such orientation") from error
    one = selectors.orientations(request.user).filter(call=call, uuid=uuid).first()
    if one is None:
        raise Closed("no such orientation")
    kind = states.AGENT if pages.is_ones_own(one, request.user) else states.COORDINATOR
    if kind == states.COORDINATOR and not selectors.holds(request.user, selectors.COORDINATE, one.team_id):
        kind = states.AGENT  # who may not, is told so
    orientations.move(orientation=one, to=states.ENTERED_IN_ERROR, by=request.user, by_kind=kind)
    return {
        "said": gettext("Taken back: entered in error"),
        "panels": pages.panels(request, call, "needs", "given"),
    }


@act
def call_back(request: HttpRequest, call: Call) -> dict[str, Any]:
    """Call this person back: at one of the quick moments (1, 2, 3), or at a date and time."""
    quick = {key: at for key, _words, at in pages.quick_days(timezone.localdate())}
    at = quick.get(request.POST.get("quick", "")) or _moment(request.POST.get("at", ""), field="at")
    if call.person_id is None:
        raise Refused(gettext("Say first who is called back: a number is enough."), field="who")
    made = follow_ups.set_call_back(call=call, at=at, by=request.user)
    day = date_format(timezone.localtime(made.due_at), "l j F H:i")
    return {
        "said": gettext("Call back on %(day)s") % {"day": day},
        "panels": pages.panels(request, call, "call_back"),
    }


@act
def report(request: HttpRequest, call: Call) -> dict[str, Any]:
    """What is wrong with a listing, at once to every agent."""
    service, reason = _service(request), request.POST.get("reason", "")
    if reason not in reporting.REASONS:
        raise Refused(gettext("This could not be reported."), field="reason")
    try:
        day = timezone.localdate(call.happened_at(timezone.now()))
        reports.report(service=service, reason=reason, by=request.user, team=call.team, day=day)
    except (NotReportable, Service.DoesNotExist) as error:
        raise NotListed(str(service.uuid)) from error
    return {"said": gettext("Reported: thank you"), "search": True}


@act
def close(request: HttpRequest, call: Call) -> dict[str, Any]:
    """End the call. Twice is once."""
    calls.close(call=call, by=request.user)
    return {"said": gettext("The call is closed"), "go": reverse("desk:screen")}


@act
def reopen(request: HttpRequest, call: Call) -> dict[str, Any]:
    """Something was forgotten: the closed call can be written in again."""
    calls.reopen(call=call, by=request.user)
    return {"said": gettext("The call is open again"), "go": reverse("desk:call", args=[call.uuid])}
