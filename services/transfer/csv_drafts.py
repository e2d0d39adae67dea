"""A new service from what a CSV file says of it."""

from functools import lru_cache
from typing import Any

from services.codes import AddressVisibility, Lifecycle, Visibility
from services.opening_hours import osm, schedules
from services.rules import phone_e164

from .csv_cells import split_box
from .csv_columns import DRAFT, LANGUAGES
from .csv_wanted import Wanted, WantedPlace
from .drafts import LocationDraft, PhoneDraft, ServiceDraft


def service_draft(wanted: Wanted, organization: tuple, *, source: str) -> ServiceDraft:
    """`organization` is the key under which the writer will find its primary key."""
    values = wanted.service
    status = values.get("status") or Lifecycle.PUBLISHED.value
    places = wanted.places
    shared, own = share_phones([row.values.get("phone", ()) for row in places or wanted.rows])
    draft = ServiceDraft(
        external_id=wanted.identifier,
        scheme=wanted.scheme,
        organization=organization,
        name=_texts(values, "name"),
        description=_texts(values, "description"),
        alternate_name=_first_language(joined_names(values.get("alternate_names", ()))),
        eligibility_description=_first_language(values.get("eligibility_note", "")),
        fees_description=_first_language(values.get("fees_note", "")),
        organisation_type=values.get("organisation_type") or None,
        needs=list(values.get("needs", ())),
        audiences=list(values.get("audiences", ())),
        minimum_age=values.get("age_min"),
        maximum_age=values.get("age_max"),
        languages=list(values.get("languages", ())),
        access_modes=list(values.get("access_modes", ())),
        access_steps=list(values.get("access_steps", ())),
        costs=list(values.get("costs", ())),
        documents=[{LANGUAGES[0]: text} for text in values.get("documents", ())],
        phones=[PhoneDraft(number) for number in shared],
        website=values.get("website", ""),
        email=values.get("email", ""),
        visibility=values.get("visibility") or Visibility.PUBLIC.value,
        lifecycle=Lifecycle.PUBLISHED.value if status == DRAFT else status,
        live=status != DRAFT,
        verified_on=values.get("verified_at"),
        source=source,
    )
    if places:
        draft.locations = [location_draft(row, numbers) for row, numbers in zip(places, own, strict=True)]
    elif wanted.rows:
        draft.schedules = hours_rows(wanted.rows[0].values.get("opening_hours") or "")
    return draft


def location_draft(row: WantedPlace, numbers: list[str]) -> LocationDraft:
    values = row.values
    house_number, box = split_box(values.get("house_number", ""))
    street = values.get("street", "")
    return LocationDraft(
        external_id="",
        street={LANGUAGES[0]: street} if street else {},
        house_number=house_number,
        box=box,
        postcode=values.get("postcode", ""),
        nis5=values.get("nis5") or None,
        lat=values.get("lat"),
        lon=values.get("lon"),
        address_visibility=row.address_visibility or AddressVisibility.PUBLIC.value,
        schedules=hours_rows(values.get("opening_hours") or ""),
        phones=[PhoneDraft(number) for number in numbers],
    )


def hours_rows(text: str) -> list[dict[str, Any]]:
    return [dict(row) for row in _hours_rows(text)] if text else []


@lru_cache(maxsize=5_000)  # many listings open at the same hours
def _hours_rows(text: str) -> tuple[dict[str, Any], ...]:
    return tuple(schedules.to_schedule_rows(osm.parse(text)))


def joined_names(names: tuple[str, ...]) -> str:
    return "; ".join(names)


def share_phones(numbers_of_rows: list[tuple[str, ...]]) -> tuple[list[str], list[list[str]]]:
    """(numbers of the whole service, numbers of each row): the service's are those that every row has."""
    if not numbers_of_rows:
        return [], []
    keys = [{phone_e164(number) for number in numbers} for numbers in numbers_of_rows]
    common = set.intersection(*keys)
    shared = [number for number in numbers_of_rows[0] if phone_e164(number) in common]
    return shared, [
        [number for number in numbers if phone_e164(number) not in common] for numbers in numbers_of_rows
    ]


def _texts(values: dict[str, Any], name: str) -> dict[str, str]:
    return {code: values[f"{name}_{code}"] for code in LANGUAGES if values.get(f"{name}_{code}")}


def _first_language(text: str) -> dict[str, str]:
    return {LANGUAGES[0]: text} if text else {}
