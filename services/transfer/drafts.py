"""What an import wants the catalogue to hold, as plain values, before anything is written. Pure."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.records import Texts


@dataclass
class PhoneDraft:
    number: str
    type: str = "voice"
    description: Texts = field(default_factory=dict)
    visibility: str = "public"


@dataclass
class NoticeDraft:
    kind: str
    text: Texts
    starts_on: date
    ends_on: date | None = None


@dataclass
class ContactDraft:
    name: str = ""
    title: Texts = field(default_factory=dict)
    email: str = ""
    phone: str = ""
    visibility: str = "professionals"


@dataclass
class CostDraft:
    option: str
    amount: Decimal | None = None  # euro
    amount_description: Texts = field(default_factory=dict)


@dataclass
class LocationDraft:
    external_id: str  # empty: it has none
    name: Texts = field(default_factory=dict)
    street: Texts = field(default_factory=dict)
    house_number: str = ""
    box: str = ""
    postcode: str = ""
    nis5: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: str = "address"
    address_visibility: str = "public"
    accessibility: list[str] = field(default_factory=list)
    transportation: Texts = field(default_factory=dict)
    schedules: list[dict] = field(default_factory=list)  # `notes` are Texts, or empty
    phones: list[PhoneDraft] = field(default_factory=list)
    notices: list[NoticeDraft] = field(default_factory=list)
    link_description: Texts = field(default_factory=dict)  # what is different here
    other_ids: list[tuple[str, str]] = field(default_factory=list)  # (scheme, identifier), beside external_id


@dataclass
class OrganizationDraft:
    external_id: str
    scheme: str
    name: Texts
    alternate_name: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    organisation_type: str | None = None
    website: str = ""
    email: str = ""
    phones: list[PhoneDraft] = field(default_factory=list)
    contacts: list[ContactDraft] = field(default_factory=list)
    other_ids: list[tuple[str, str]] = field(default_factory=list)  # (scheme, identifier), beside external_id
    is_example: bool = False
    source: str = ""
    source_date: str = ""
    data_note: str = ""


@dataclass
class ServiceDraft:
    external_id: str
    scheme: str
    organization: Hashable  # its external id, or whatever key the writer is told of
    name: Texts
    alternate_name: Texts = field(default_factory=dict)
    summary: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    eligibility_description: Texts = field(default_factory=dict)
    application_process: Texts = field(default_factory=dict)
    fees_description: Texts = field(default_factory=dict)
    organisation_type: str | None = None
    needs: list[str] = field(default_factory=list)
    audiences: list[tuple[str, str]] = field(default_factory=list)  # (code, welcome)
    minimum_age: int | None = None
    maximum_age: int | None = None
    languages: list[str] = field(default_factory=list)
    access_modes: list[str] = field(default_factory=list)
    access_steps: list[str] = field(default_factory=list)
    mobilisable_by: list[str] = field(default_factory=list)
    costs: list[str] = field(default_factory=list)
    cost_options: list[CostDraft] = field(default_factory=list)  # beside `costs`: with amounts
    documents: list[Texts] = field(default_factory=list)
    phones: list[PhoneDraft] = field(default_factory=list)
    contacts: list[ContactDraft] = field(default_factory=list)
    website: str = ""
    email: str = ""
    schedules: list[dict] = field(default_factory=list)
    locations: list[LocationDraft] = field(default_factory=list)
    service_areas: list[tuple[str, str]] = field(default_factory=list)  # (territory kind, code)
    notices: list[NoticeDraft] = field(default_factory=list)
    capacity: str = "unknown"
    capacity_updated_on: date | None = None
    lifecycle: str = "published"
    replaced_by: str | None = None
    visibility: str = "public"
    verified_on: date | None = None
    verification_channel: str = ""
    is_example: bool = False
    source: str = ""
    source_date: str = ""
    data_note: str = ""
    other_ids: list[tuple[str, str]] = field(default_factory=list)  # (scheme, identifier), beside external_id
    live: bool = True  # False: an unpublished draft
