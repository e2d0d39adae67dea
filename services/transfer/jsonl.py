"""Reads the fixtures' JSON Lines into drafts; refuses a wrong line with its number and reason and keeps the rest.

Dates may be relative to the day of loading ("+3d", "-20d"), so that the invented examples never go stale.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from services import codes
from services.errors import RowRefused
from services.opening_hours import osm, schedules
from services.records import Texts

from .drafts import ContactDraft, LocationDraft, NoticeDraft, OrganizationDraft, PhoneDraft, ServiceDraft

_RELATIVE = re.compile(r"([+-]\d{1,4})d")
_SOURCE_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class Refused(ValueError):
    """Why a value cannot be taken; the reader adds file and line."""


def read(
    path: Path, build: Callable[[dict, date], object], today: date
) -> Iterator[tuple[int, object | RowRefused]]:
    """(line number, draft or the RowRefused that says why not) of each line. Raises OSError, UnicodeDecodeError."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                values = json.loads(line)
                if not isinstance(values, dict):
                    raise Refused("a line is one JSON object")
                yield number, build(values, today)
            except (Refused, ValueError, KeyError, TypeError, AttributeError) as error:
                reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
                yield number, RowRefused(path.name, number, reason)


def _texts(values: dict, name: str, longest: int | None = None) -> Texts:
    texts = values.get(name) or {}
    if not isinstance(texts, dict):
        raise Refused(f'{name}: texts by language, such as {{"fr": "…"}}')
    for language, text in texts.items():
        if longest is not None and len(text) > longest:
            raise Refused(f"{name}.{language}: at most {longest} characters; got {len(text)}")
    return {language: text.strip() for language, text in texts.items() if text and text.strip()}


def _day(text: str | None, today: date, name: str) -> date | None:
    if not text:
        return None
    if match := _RELATIVE.fullmatch(text):
        return today + timedelta(days=int(match[1]))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f'{name}: "{text}" is no date (2026-11-22 or +3d)') from None


def _one(values: dict, name: str, choices, default: str = "") -> str:
    code = values.get(name) or default
    if code and code not in choices.values:
        raise Refused(f'{name}: unknown code "{code}"; one of {", ".join(choices.values)}')
    return code


def _several(values: dict, name: str, choices) -> list[str]:
    given = values.get(name) or []
    unknown = [code for code in given if code not in choices.values]
    if unknown:
        raise Refused(f"{name}: unknown code {', '.join(unknown)}")
    return list(dict.fromkeys(given))


def _hours(text: str | None, name: str) -> list[dict]:
    if not text:
        return []
    try:
        return schedules.to_schedule_rows(osm.parse(text))
    except ValueError as error:
        raise Refused(f"{name}: {error}") from None


def _phones(values: dict) -> list[PhoneDraft]:
    return [
        PhoneDraft(
            number=phone["number"],
            type=_one(phone, "type", codes.PhoneType, "voice"),
            description=_texts(phone, "description", 120),
            visibility=_one(phone, "visibility", codes.Visibility, "public"),
        )
        for phone in values.get("phones") or []
    ]


def _age(values: dict, name: str) -> int | None:
    age = values.get(name)
    if age is not None and not (isinstance(age, int) and 0 <= age <= 120):
        raise Refused(f"{name}: whole years from 0 to 120; got {age!r}")
    return age


def _source_date(values: dict) -> str:
    text = values.get("source_date") or ""
    if text and not _SOURCE_DATE.fullmatch(text):
        raise Refused(f'source_date: "{text}" is no year, month or day')
    return text


def organization(values: dict, today: date) -> OrganizationDraft:
    name = _texts(values, "name", 200)
    if not name:
        raise Refused("name: at least one language is needed")
    example = bool(values.get("example"))
    return OrganizationDraft(
        external_id=values["id"],
        scheme=values.get("scheme") or "fixture",
        name=name,
        alternate_name=_texts(values, "alternate_name", 400),
        description=_texts(values, "description"),
        organisation_type=values.get("organisation_type"),
        website=values.get("website") or "",
        email=values.get("email") or "",
        phones=_phones(values),
        is_example=example,
        source=values.get("source") or "",
        source_date=_source_date(values),
    )


def _location(values: dict) -> LocationDraft:
    lat, lon = values.get("lat"), values.get("lon")
    if (lat is None) != (lon is None) or (lat is not None and not (-90 <= lat <= 90 and -180 <= lon <= 180)):
        raise Refused(f"lat, lon: both, in degrees; got {lat!r}, {lon!r}")
    return LocationDraft(
        external_id=values["id"],
        name=_texts(values, "name", 200),
        street=_texts(values, "street", 200),
        house_number=str(values.get("house_number") or ""),
        box=str(values.get("box") or ""),
        postcode=str(values.get("postcode") or ""),
        nis5=values.get("nis5"),
        lat=lat,
        lon=lon,
        precision=_one(values, "precision", codes.Precision, "address"),
        address_visibility=_one(values, "visibility", codes.AddressVisibility, "public"),
        accessibility=_several(values, "accessibility", codes.Accessibility),
        transportation=_texts(values, "transportation", 400),
        schedules=_hours(values.get("hours"), "hours"),
        phones=_phones(values),
    )


def _audience(text: str) -> tuple[str, str]:
    code, _colon, welcome = text.partition(":")
    return code, _one({"welcome": welcome}, "welcome", codes.Welcome, "preferential")


def _area(text: str) -> tuple[str, str]:
    kind, colon, code = text.partition(":")
    if not colon:
        raise Refused(f'service_areas: "{text}" is not kind:code')
    return kind, code


def _notice(values: dict, today: date) -> NoticeDraft:
    starts_on = _day(values.get("starts_on"), today, "notices.starts_on")
    if starts_on is None:
        raise Refused("notices.starts_on is missing")
    return NoticeDraft(
        kind=_one(values, "kind", codes.NoticeKind, "message"),
        text=_texts(values, "text", 400),
        starts_on=starts_on,
        ends_on=_day(values.get("ends_on"), today, "notices.ends_on"),
    )


def _data_note(note) -> str:
    return note if isinstance(note, str) else "\n".join(note.values()) if note else ""


def service(values: dict, today: date) -> ServiceDraft:
    name = _texts(values, "name", 200)
    if not name:
        raise Refused("name: at least one language is needed")
    capacity = values.get("capacity") or {}
    return ServiceDraft(
        external_id=values["id"],
        scheme=values["scheme"],
        organization=values["organization"],
        name=name,
        alternate_name=_texts(values, "alternate_name", 400),
        summary=_texts(values, "summary", 200),
        description=_texts(values, "description"),
        eligibility_description=_texts(values, "eligibility_description"),
        application_process=_texts(values, "application_process"),
        fees_description=_texts(values, "fees_description"),
        organisation_type=values.get("organisation_type"),
        needs=list(values.get("needs") or []),
        audiences=[_audience(text) for text in values.get("audiences") or []],
        minimum_age=_age(values, "minimum_age"),
        maximum_age=_age(values, "maximum_age"),
        languages=_several(values, "languages", codes.Language),
        access_modes=_several(values, "access_modes", codes.AccessMode),
        access_steps=_several(values, "access_steps", codes.AccessStep),
        mobilisable_by=_several(values, "mobilisable_by", codes.MobilisableBy),
        costs=_several(values, "costs", codes.Cost),
        documents=[
            _texts({"document": texts}, "document", 200) for texts in values.get("required_documents") or []
        ],
        phones=_phones(values),
        contacts=[
            ContactDraft(
                name=contact.get("name") or "",
                title=_texts(contact, "title", 120),
                email=contact.get("email") or "",
                phone=contact.get("phone") or "",
                visibility=_one(contact, "visibility", codes.Visibility, "professionals"),
            )
            for contact in values.get("contacts") or []
        ],
        website=values.get("website") or "",
        email=values.get("email") or "",
        schedules=_hours(values.get("hours"), "hours"),
        locations=[_location(place) for place in values.get("locations") or []],
        service_areas=[_area(text) for text in values.get("service_areas") or []],
        notices=[_notice(notice, today) for notice in values.get("notices") or []],
        capacity=_one(capacity, "status", codes.Capacity, "unknown"),
        capacity_updated_on=_day(capacity.get("updated_on"), today, "capacity.updated_on"),
        lifecycle=_one(values, "lifecycle", codes.Lifecycle, "published"),
        replaced_by=values.get("replaced_by"),
        visibility=_one(values, "visibility", codes.Visibility, "public"),
        verified_on=_day(values.get("verified_on"), today, "verified_on"),
        verification_channel=_one(values, "verification_channel", codes.VerificationChannel),
        is_example=bool(values.get("example")),
        source=values.get("source") or "",
        source_date=_source_date(values),
        data_note=_data_note(values.get("data_note")),
    )
