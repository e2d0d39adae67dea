"""A suggested service becomes a draft: its organisation found or begun, its place, its texts; an editor goes on from there."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.db import transaction
from django.db.models import Q

from accounts.models import Team
from audit.actor import acting
from geo.placing import place
from geo.selectors import territory_ids
from services import rights
from services.codes import SuggestionState
from services.models import Location, Organization, Phone, Service, ServiceAtLocation, Suggestion
from services.rules import phone_e164
from services.transfer.csv_cells import split_box

from .actions import place_named
from .deciding import close, taken
from .fields import TEXT_LENGTH

_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
_NUMBER_AT_END = re.compile(
    r"(?P<street>.*?[^\d\s,]),?\s+(?P<number>\d+\s?[a-zA-Z]?(?:\s+(?:bte|boîte|bus|box)\.?\s*\w+)?)"
)


@transaction.atomic
def make_draft(*, suggestion: Suggestion, by, answer: str) -> Service:
    """A draft with what was suggested, in the sender's language; the suggestion is accepted and points to it.

    What does not fit its field (a phone that is none, a site without an address) goes into the editors' note, so that
    nothing is lost. Raises AlreadyDecided, PermissionDenied.
    """
    suggestion = taken(suggestion, by)
    values = {change["field"]: change["after"] for change in suggestion.changes}
    team = _team(suggestion, by)
    language = suggestion.language if suggestion.language in _LANGUAGES else _LANGUAGES[0]
    with acting(by):
        left: list[str] = []
        service = Service(
            organization=_organization(values, language, team, by),
            steward=team,
            live=False,
            website=_checked(URLValidator(), _with_scheme(values.get("website", "")), left),
            email=_checked(EmailValidator(), values.get("email", ""), left),
            **{f"name_{language}": values.get("name", "")[:200]},
            **{f"description_{language}": values.get("description", "")[:TEXT_LENGTH]},
        )
        service.phones = _phones(values.get("phones", ""), left)
        location = _location(values, language, team)
        if location is not None:
            service.service_at_locations = [ServiceAtLocation(location=location)]
        service.data_note = "\n".join(left)
        service.save()
        service.save_revision(user=by, log_action=True)
        suggestion.service = service
        changes = [{**change, "state": "accepted"} for change in suggestion.changes]
        close(suggestion, changes=changes, state=SuggestionState.ACCEPTED, answer=answer, by=by)
    return service


@transaction.atomic
def refuse_service(*, suggestion: Suggestion, by, answer: str) -> None:
    """No draft is made of it; the sender gets the answer. Raises AlreadyDecided, PermissionDenied."""
    suggestion = taken(suggestion, by)
    changes = [{**change, "state": "refused"} for change in suggestion.changes]
    with acting(by):
        close(suggestion, changes=changes, state=SuggestionState.REFUSED, answer=answer, by=by)


def _team(suggestion: Suggestion, by) -> Team | None:
    """The suggestion's team, where this user may write for it, else the first team of theirs."""
    teams = rights.teams_writing(by, Service)
    if not teams:
        raise PermissionDenied
    return suggestion.steward if suggestion.steward in teams else teams[0]


def _organization(values: Mapping[str, str], language: str, team, by) -> Organization:
    """The organisation of this very name, else a new draft of it; without a name that of the service stands for it."""
    name = (values.get("organization") or values.get("name", ""))[:200]
    same = Q()
    for code in _LANGUAGES:
        same |= Q(**{f"name_{code}__iexact": name})
    found = rights.visible(Organization.objects.filter(same), by).order_by("-live", "pk").first()
    if found is not None:
        return found
    made = Organization(steward=team, live=False, **{f"name_{language}": name})
    made.save()
    made.save_revision(user=by, log_action=True)
    return made


def _location(values: Mapping[str, str], language: str, team) -> Location | None:
    where, street = values.get("postcode", ""), values.get("street", "").strip()
    if not where.strip() and not street:
        return None
    match = _NUMBER_AT_END.fullmatch(street)
    number, box = split_box(match["number"].strip()) if match else ("", "")
    named = place_named(where)
    [placement] = place(**named)
    location = Location(
        live=True,  # shown by the listings that are given there, of which there is only the draft
        steward=team,
        house_number=number,
        box=box,
        postcode=named["postcodes"][0] or "",
        commune_id=territory_ids().get(("commune", placement.nis5 or "")),
        **{f"street_{language}": (match["street"].rstrip(" ,") if match else street)[:200]},
    )
    location.save()
    return location


def _phones(text: str, left: list[str]) -> list[Phone]:
    found = []
    for number in filter(None, (part.strip() for part in re.split(r"[\n;,]| / ", text))):
        if len(number) <= 40 and phone_e164(number):
            found.append(Phone(number=number, sort_order=len(found)))
        else:
            left.append(number)
    return found


def _with_scheme(text: str) -> str:
    text = text.strip()
    return text if not text or "://" in text else f"https://{text}"


def _checked(validator, text: str, left: list[str]) -> str:
    if not text:
        return ""
    try:
        validator(text)
    except ValidationError:
        left.append(text)
        return ""
    return text
