"""A person's page: what is known, how to be in touch, what was agreed to, what happened; identity only when asked for."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from referrals import access, consent_words, details, selectors
from referrals.actions import consents, merging, openings, persons
from referrals.codes import AccessAction, ConsentKind, ContactPreference
from referrals.errors import BadValue, ReferralError
from referrals.models import Call, Orientation, Person, PersonIdentity
from services.models import Service
from services.rules import phone_display

from .reading import TEMPLATES, opening_of, recorded, shown, team_of
from .wording import sentence

HISTORY = 50


@recorded()
@require_GET
def person(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _page(request, shown(request, uuid))


def _page(
    request: HttpRequest, found: Person, *, identity: bool = False, error: str = "", status: int = 200
) -> HttpResponse:
    opening = opening_of(request, found)
    context: dict[str, Any] = {
        "person": found,
        "opening": opening,
        "writes": opening is None,
        "phones": [(one, phone_display(one.number)) for one in found.phones.order_by("pk")],
        "consents": _consents(found),
        "preferences": ContactPreference.choices,
        "kinds": [(code, label, consent_words.words(code)) for code, label in ConsentKind.choices],
        "coordinates": selectors.holds(request.user, selectors.COORDINATE, found.team_id),
        "has_identity": PersonIdentity.objects.filter(person=found).exists(),
        "error": error,
    }
    if identity:
        context["identity"] = PersonIdentity.objects.filter(person=found).first() or PersonIdentity()
        context["shows_identity"] = True
    if opening is None:
        context["calls"] = (
            Call.objects.filter(person=found)
            .select_related("agent")
            .prefetch_related("needs__term")
            .order_by("-started_at")[:HISTORY]
        )
        given = Orientation.objects.filter(person=found).select_related("need__term", "assignee")
        lang = get_language() or settings.LANGUAGE_CODE
        named = [
            (one, details.named(one.snapshot["name"], lang))
            for one in given.order_by("-created_at")[:HISTORY]
        ]
        context["orientations"] = named
        context["due"] = (
            selectors.pending(found.follow_ups.all()).select_related("assignee").order_by("due_at")
        )
        context["twins"] = selectors.same_number(found).defer("contact_safety")[:5]
        context["services"] = {str(one.service_uuid): name for one, name in named}
    return render(request, f"{TEMPLATES}person.html", context, status=status)


def _consents(found: Person) -> list[dict[str, Any]]:
    rows = list(found.consents.select_related("recorded_by").order_by("withdrawn_at", "-given_at"))
    uuids = [row.service_uuid for row in rows if row.service_uuid]
    names = {one.uuid: one.name for one in Service.objects.filter(uuid__in=uuids)}
    return [{"row": row, "service": names.get(row.service_uuid, "")} for row in rows]


@recorded()
@require_POST
def identity(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The name and the address, because somebody asked for them; a row of its own."""
    found = shown(request, uuid)
    opening = opening_of(request, found)
    access.note(
        action=AccessAction.VIEW,
        kind="identity",
        uuid=found.uuid,
        team=found.team_id,
        reason=access.OPENED if opening else "",
    )
    return _page(request, found, identity=True)


def _change(request: HttpRequest, uuid: UUID, act) -> HttpResponse:
    """Do it and show the page; what is refused is said there, and nothing is written."""
    found = shown(request, uuid, change=True)
    try:
        act(found)
    except ReferralError as error:
        return _page(request, found, error=sentence(error), status=422)
    return redirect("desk:person", uuid=found.uuid)


@recorded()
@require_POST
def keep_identity(request: HttpRequest, uuid: UUID) -> HttpResponse:
    values = {name: request.POST[name] for name in persons.IDENTITY if name in request.POST}
    return _change(request, uuid, lambda found: persons.identify(person=found, by=request.user, **values))


@recorded()
@require_POST
def contact(request: HttpRequest, uuid: UUID) -> HttpResponse:
    sent = request.POST
    return _change(
        request,
        uuid,
        lambda found: consents.set_contact(
            person=found,
            by=request.user,
            preference=sent.get("preference", ""),
            safety=sent.get("safety", ""),
            opposed=bool(sent.get("do_not_contact")),
        ),
    )


@recorded()
@require_POST
def give_consent(request: HttpRequest, uuid: UUID) -> HttpResponse:
    def act(found: Person) -> None:
        service = request.POST.get("service", "")
        given = found.orientations.filter(service_uuid=service).first() if _is_uuid(service) else None
        consents.give(
            person=found,
            kind=request.POST.get("kind", ""),
            by=request.user,
            script_version=consent_words.VERSION,
            service_uuid=given.service_uuid if given else None,
        )

    return _change(request, uuid, act)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@recorded()
@require_POST
def withdraw_consent(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    def act(found: Person) -> None:
        row = found.consents.filter(pk=number).first()
        if row is not None:
            consents.withdraw(consent=row, by=request.user)

    return _change(request, uuid, act)


@recorded()
@require_POST
def add_phone(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _change(
        request,
        uuid,
        lambda found: persons.add_phone(person=found, number=request.POST.get("phone", ""), by=request.user),
    )


@recorded()
@require_POST
def mark_phone(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    def act(found: Person) -> None:
        row = found.phones.filter(pk=number).first()
        if row is not None:
            consents.mark_phone(phone=row, bad=request.POST.get("bad") == "1", by=request.user)

    return _change(request, uuid, act)


@recorded()
@require_POST
def merge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take another file of the team into this one, named by its reference."""

    def act(found: Person) -> None:
        other = request.POST.get("other", "")
        rows = openings.look_up(text=other, by=request.user, team=found.team)
        own = [row for row in rows if row.team_id == found.team_id]
        if len(own) != 1:
            raise BadValue("other", "no other file of the team")
        merging.merge(kept=found, other=own[0], by=request.user)

    return _change(request, uuid, act)


@recorded()
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """By exact reference or number. With a reason, in other teams too; without one they might not exist."""
    text, context = request.POST.get("query", "").strip(), {}
    team = team_of(request, selectors.VIEW)
    opens = selectors.teams_holding(request.user, selectors.OTHER)
    status = 200
    if request.method == "POST":
        context = {"query": text, "asked": True, "may_open": bool(opens)}
        try:
            if "reason" in request.POST and opens:
                across = team_of(request, selectors.OTHER)
                made = openings.open_other(
                    text=text, reason=request.POST["reason"], by=request.user, team=across
                )
                found = [one.person for one in made]
            else:
                found = openings.look_up(text=text, by=request.user, team=team)
            if len(found) == 1:
                return redirect("desk:person", uuid=found[0].uuid)
            context["found"] = found
        except ReferralError as error:
            context["error"], status = sentence(error), 429 if isinstance(error, openings.TooMany) else 422
    return render(request, f"{TEMPLATES}find.html", context, status=status)
