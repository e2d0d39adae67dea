"""A published listing as plain values: what search indexes, exports and partners read, without the ORM."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

# A text by language code; a language without a text has no key.
Texts = dict[str, str]


def pick(texts: Texts, language: str, order: tuple[str, ...]) -> tuple[str, str]:
    """(text, its language) in `language`, else in the first language of `order` that has one, else ("", language)."""
    if language in texts:
        return texts[language], language
    for other in order:
        if other in texts:
            return texts[other], other
    for other, text in texts.items():
        return text, other
    return "", language


@dataclass(slots=True)
class PhoneRecord:
    number: str
    type: str
    description: Texts
    visibility: str


@dataclass(slots=True)
class NoticeRecord:
    kind: str
    text: Texts
    starts_on: date
    ends_on: date | None


@dataclass(slots=True)
class OrganizationRecord:
    uuid: UUID
    name: Texts
    alternate_name: Texts
    organisation_type: str | None
    external_ids: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class LocationRecord:
    """One place of a service. Coordinates WGS84; `schedules` are HSDS rows (services.opening_hours.schedules)."""

    uuid: UUID
    name: Texts
    street: Texts
    house_number: str
    box: str
    postcode: str
    lat: float | None
    lon: float | None
    precision: str
    address_visibility: str
    nis5: str | None
    neighbourhood: str | None
    bassin: str | None
    bassin_status: str
    accessibility: list[str]
    external_ids: dict[str, str] = field(default_factory=dict)
    schedules: list[dict] = field(default_factory=list)
    phones: list[PhoneRecord] = field(default_factory=list)
    notices: list[NoticeRecord] = field(default_factory=list)


@dataclass(slots=True)
class ListingRecord:
    pk: int
    uuid: UUID
    external_ids: dict[str, str]
    organization: OrganizationRecord
    name: Texts
    alternate_name: Texts
    summary: Texts
    description: Texts
    eligibility_description: Texts
    application_process: Texts
    fees_description: Texts
    organisation_type: str | None
    needs: list[str]
    audiences: list[tuple[str, str]]  # (code, welcome)
    minimum_age: int | None
    maximum_age: int | None
    languages: list[str]
    access_modes: list[str]
    access_steps: list[str]
    mobilisable_by: list[str]
    costs: list[str]
    documents: list[Texts]
    service_areas: list[tuple[str, str]]  # (territory kind, code)
    website: str
    email: str
    lifecycle: str
    visibility: str
    capacity: str
    capacity_updated_on: date | None
    verified_on: date | None
    verification_channel: str
    is_example: bool
    source: str
    source_date: str
    modified_at: datetime
    schedules: list[dict] = field(default_factory=list)
    phones: list[PhoneRecord] = field(default_factory=list)
    notices: list[NoticeRecord] = field(default_factory=list)
    locations: list[LocationRecord] = field(default_factory=list)
    rhythm_days: int = 365  # how long a verification lasts (services.care)
