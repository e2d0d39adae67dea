"""The catalogue's listings as the CSV format sees them: what an export writes and an import compares with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from services import selectors
from services.models import Service
from services.opening_hours import osm, schedules
from services.records import ListingRecord, LocationRecord, OrganizationRecord, PhoneRecord, Texts, pick
from services.rules import phone_e164

from .csv_cells import join_box
from .csv_columns import DRAFT, LANGUAGES, UUID_SCHEME


@dataclass(frozen=True)
class State:
    """What decides whether an import may write to a listing, beside its record."""

    live: bool
    locked: bool
    organization_id: int
    has_unpublished_changes: bool
    last_editor_id: int | None  # of the newest revision; an import's own have none

    @property
    def edited_by_hand(self) -> bool:
        """Somebody's changes wait for publication: a file must not publish or overwrite them."""
        return self.has_unpublished_changes and self.last_editor_id is not None


@dataclass
class ProjectedPlace:
    uuid: UUID
    values: dict[str, Any]  # ADDRESS_COLUMNS, phone, opening_hours
    address_visibility: str
    point_decides: bool  # its point decides its commune


@dataclass
class Projected:
    """One listing: values of the service's columns, of its places, and of a row when there is no place."""

    record: ListingRecord
    state: State
    service: dict[str, Any]
    places: list[ProjectedPlace]
    without_place: dict[str, Any]  # phone, opening_hours


def project_all(queryset: QuerySet, commune_names: dict[str, str]) -> Iterator[Projected]:
    """Every listing of the queryset, in order of primary key; `commune_names` by NIS5."""
    columns = ("live", "locked", "organization_id", "has_unpublished_changes", "latest_revision__user_id")
    states = {row[0]: State(*row[1:]) for row in queryset.values_list("pk", *columns)}
    for record in selectors.records(queryset):
        yield project(record, states[record.pk], commune_names)


def project(record: ListingRecord, state: State, commune_names: dict[str, str]) -> Projected:
    service: dict[str, Any] = {
        **{f"name_{code}": _text(record.name.get(code, "")) for code in LANGUAGES},
        **{f"description_{code}": _text(record.description.get(code, "")) for code in LANGUAGES},
        "alternate_names": alternate_names(record.alternate_name),
        "needs": tuple(record.needs),
        "organisation_type": record.organisation_type or "",
        "audiences": tuple(record.audiences),
        "age_min": record.minimum_age,
        "age_max": record.maximum_age,
        "languages": tuple(record.languages),
        "costs": tuple(dict.fromkeys(record.costs)),
        "access_modes": tuple(record.access_modes),
        "access_steps": tuple(record.access_steps),
        "email": record.email,
        "website": record.website,
        "fees_note": _text(pick(record.fees_description, LANGUAGES[0], LANGUAGES)[0]),
        "eligibility_note": _text(pick(record.eligibility_description, LANGUAGES[0], LANGUAGES)[0]),
        "documents": tuple(dict.fromkeys(document_text(texts) for texts in record.documents)),
        "visibility": record.visibility,
        "status": record.lifecycle if state.live else DRAFT,
        "verified_at": record.verified_on,
    }
    own_phones, own_hours = public_numbers(record.phones), hours_text(record.schedules)
    return Projected(
        record=record,
        state=state,
        service=service,
        places=[_place(place, own_phones, own_hours, commune_names) for place in record.locations],
        without_place={"phone": own_phones, "opening_hours": own_hours},
    )


def _place(
    place: LocationRecord, own_phones: tuple[str, ...], own_hours: str | None, commune_names: dict[str, str]
) -> ProjectedPlace:
    there = hours_text(place.schedules)
    return ProjectedPlace(
        uuid=place.uuid,
        values={
            "street": pick(place.street, LANGUAGES[0], LANGUAGES)[0].strip(),
            "house_number": join_box(place.house_number, place.box),
            "postcode": place.postcode,
            "commune": commune_names.get(place.nis5 or "", ""),
            "nis5": place.nis5 or "",
            "lat": None if place.lat is None else round(place.lat, 7),
            "lon": None if place.lon is None else round(place.lon, 7),
            "phone": united(own_phones, public_numbers(place.phones)),
            "opening_hours": own_hours if there == "" else there,
        },
        address_visibility=place.address_visibility,
        point_decides=place.lat is not None and place.precision in ("address", "street"),
    )


def _text(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def document_text(texts: Texts) -> str:
    """The separator of several values cannot stand inside one."""
    return pick(texts, LANGUAGES[0], LANGUAGES)[0].replace("|", "/").strip()


def alternate_names(texts: Texts) -> tuple[str, ...]:
    """Other names of all languages, each once; in the catalogue they are separated by semicolons."""
    found: dict[str, None] = {}
    for code in LANGUAGES:
        found.update(dict.fromkeys(split_names(texts.get(code, ""))))
    return tuple(found)


def split_names(text: str) -> list[str]:
    return [name for part in text.replace("|", ";").split(";") if (name := part.strip())]


def public_numbers(phones: list[PhoneRecord]) -> tuple[str, ...]:
    """The voice numbers that everybody may see; others are no part of the format and stay as they are."""
    found: dict[str, str] = {}
    for phone in phones:
        if phone.visibility == "public" and phone.type == "voice":
            found.setdefault(phone_e164(phone.number) or phone.number, phone.number)
    return tuple(found.values())


def united(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for number in (*first, *second):
        found.setdefault(phone_e164(number) or number, number)
    return tuple(found.values())


def hours_text(rows: list[dict]) -> str | None:
    """OSM syntax, in its one canonical spelling; None when an editor's rows are no hours that can be written."""
    try:
        return osm.format(schedules.from_schedule_rows(rows))
    except ValueError:
        return None


def public_id(record: ListingRecord) -> tuple[str, str]:
    """(scheme, identifier) under which a listing is exported."""
    if record.external_ids:
        return min(record.external_ids.items())
    return UUID_SCHEME, str(record.uuid)


def organization_id(organization: OrganizationRecord) -> tuple[str, str]:
    """The same for its organisation."""
    if organization.external_ids:
        return min(organization.external_ids.items())
    return UUID_SCHEME, str(organization.uuid)


def everything_live() -> QuerySet:
    return Service.objects.filter(live=True)
