"""What a listing says now, field by field, and what of it somebody outside is shown to correct."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from services.codes import AddressVisibility, PhoneType
from services.models import Phone, Service, ServiceAtLocation
from services.models.parts import HOURS_COLUMNS
from services.opening_hours import osm, schedules
from services.transfer.csv_cells import join_box

from .fields import ADDRESS, BY_CODE, Field

_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
# In the order of the page: who and how to reach, where, when, how to get in, then the texts.
_OF_THE_SERVICE = ("access", "audience", "cost", "languages", "description", "website", "email")


@dataclass(frozen=True)
class Offered:
    """One field of a listing that somebody may correct. `shown` is what they read; `before` what the field itself holds
    (a phone of the organisation is shown where the service has none)."""

    field: Field
    shown: Any
    before: Any
    language: str | None = None
    part: str | None = None
    place: str = ""  # which place, where there are several

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{self.field.code}_{self.part}" if self.part else self.field.code


class PlaceGone(LookupError):
    """The place that a change speaks of is no longer one of the listing's."""


def link_of(service: Service, part: str) -> ServiceAtLocation:
    """The place of a change, as the object that a save of this version writes. Raises PlaceGone."""
    for link in service.service_at_locations.get_object_list():
        if str(link.uuid) == part:
            return link
    raise PlaceGone(part)


def now_of(service: Service, change: dict) -> Any:
    """What this version of the listing says where the change speaks of. Raises PlaceGone."""
    field = BY_CODE[change["field"]]
    link = link_of(service, change["part"]) if change["part"] else None
    return value_of(field, service, link, change["language"])


def value_of(field: Field, service: Service, link: ServiceAtLocation | None, language: str | None) -> Any:
    owner = link if link is not None else service
    if field.kind == "numbers":
        return [phone.number for phone in owner.phones.all() if is_public_voice(phone)]
    if field.kind in ("hours", "words"):
        return hours_text(owner)
    if field.code == "house_number":
        return join_box(link.location.house_number, link.location.box) if link is not None else ""
    source = link.location if field.of_place and link is not None else service
    value = getattr(source, f"{field.column}_{language}" if field.translated else field.column)
    return list(value) if field.kind == "codes" else value or ""


def fingerprint(value: Any) -> str:
    """16 characters that differ when the value does: what somebody had before their eyes."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def is_public_voice(phone: Phone) -> bool:
    return phone.visibility == "public" and phone.type == PhoneType.VOICE


def hours_text(owner: Service | ServiceAtLocation) -> str:
    """The hours in OSM syntax; "" when there are none, or none that can be written so."""
    rows = [{name: getattr(row, name) for name in HOURS_COLUMNS} for row in owner.schedules.all()]
    try:
        return osm.format(schedules.from_schedule_rows(rows))
    except ValueError:
        return ""


def offered(service: Service, language: str) -> list[Offered]:
    """What the public page of this listing shows and may be corrected, texts in `language` or in the one they have.

    Nothing that the public does not see: no hidden address, no number for professionals only.
    """
    links = [link for link in service.service_at_locations.all() if link.location.live]
    several = len(links) > 1
    found = [_text("name", service, None, language)]
    numbers = [phone.number for phone in service.phones.all() if is_public_voice(phone)]
    of_places = {link.pk: value_of(BY_CODE["phones"], service, link, None) for link in links}
    organization = service.organization
    if numbers or not any(of_places.values()):
        shown = numbers
        if not shown and organization is not None:
            shown = [phone.number for phone in organization.phones.all() if is_public_voice(phone)]
        found.append(Offered(BY_CODE["phones"], shown, numbers))
    own_hours = service.schedules.all()
    if own_hours or not any(link.schedules.all() for link in links):
        found.append(_hours(service, None, ""))
    for number, link in enumerate(links, 1):
        hidden = link.location.address_visibility != AddressVisibility.PUBLIC
        name = (f"{number}. {'' if hidden else link.location}".strip()) if several else ""
        found += _of_place(service, link, language, name, hidden, of_places[link.pk])
    found += [_plain(code, service, language) for code in _OF_THE_SERVICE]
    return found


def _of_place(service, link, language, name, hidden, numbers) -> Iterator[Offered]:
    part = str(link.uuid)
    if not hidden:
        for code in ADDRESS:
            field = BY_CODE[code]
            if field.translated:
                yield _text(code, service, link, language, name)
            else:
                value = value_of(field, service, link, None)
                yield Offered(field, value, value, part=part, place=name)
    if numbers:
        yield Offered(BY_CODE["phones"], numbers, numbers, part=part, place=name)
    if link.schedules.all():
        yield _hours(service, link, name)


def _hours(service: Service, link: ServiceAtLocation | None, name: str) -> Offered:
    value = hours_text(link or service)
    return Offered(BY_CODE["hours"], value, value, part=str(link.uuid) if link else None, place=name)


def _plain(code: str, service: Service, language: str) -> Offered:
    field = BY_CODE[code]
    if field.translated:
        return _text(code, service, None, language)
    before = value_of(field, service, None, None)
    shown = before
    if code in ("website", "email") and not before and service.organization is not None:
        shown = getattr(service.organization, code)
    return Offered(field, shown, before)


def _text(code: str, service, link, language: str, place: str = "") -> Offered:
    """In the reader's language; a text that is only there in another one is corrected in that one."""
    field = BY_CODE[code]
    source = link.location if link is not None else service
    told_in = next(
        (code for code in (language, *_LANGUAGES) if getattr(source, f"{field.column}_{code}", None)),
        language,
    )
    value = value_of(field, service, link, told_in)
    return Offered(field, value, value, told_in, str(link.uuid) if link is not None else None, place)
