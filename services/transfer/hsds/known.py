"""The catalogue's listings as drafts: what an export writes, and what an import compares with."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from services import selectors
from services.models import (
    Contact,
    CostOption,
    ExternalIdentifier,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
)
from services.records import ListingRecord, LocationRecord, NoticeRecord, PhoneRecord, Texts
from services.transfer.csv_projection import State
from services.transfer.drafts import (
    ContactDraft,
    CostDraft,
    LocationDraft,
    NoticeDraft,
    OrganizationDraft,
    PhoneDraft,
    ServiceDraft,
)

UUID_SCHEME = "uuid"
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
CHUNK = 500


@dataclass
class KnownOrganization:
    pk: int
    uuid: str
    draft: OrganizationDraft


@dataclass
class KnownListing:
    """One listing. Its places are in the order of `draft.locations`, whose external ids are their uuids."""

    pk: int
    uuid: str
    draft: ServiceDraft
    state: State
    organization: KnownOrganization
    modified_at: str  # ISO
    location_pks: list[int] = field(default_factory=list)


def listings(queryset: QuerySet) -> Iterator[KnownListing]:
    """Every listing of the queryset, in order of primary key; some twenty queries a CHUNK."""
    pks = list(queryset.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), CHUNK):
        yield from _chunk(pks[start : start + CHUNK])


def _chunk(pks: list[int]) -> Iterator[KnownListing]:
    chunk = Service.objects.filter(pk__in=pks)
    columns = ("live", "locked", "organization_id", "has_unpublished_changes", "latest_revision__user_id")
    states = {row[0]: State(*row[1:]) for row in chunk.values_list("pk", *columns)}
    extras = _Extras(pks)
    known = organizations({state.organization_id for state in states.values()})
    for record in selectors.records(chunk):
        state = states[record.pk]
        yield KnownListing(
            pk=record.pk,
            uuid=str(record.uuid),
            draft=_service(record, extras),
            state=state,
            organization=known[state.organization_id],
            modified_at=record.modified_at.isoformat(),
            location_pks=[extras.location_pks[str(place.uuid)] for place in record.locations],
        )


def _texts(row: dict, name: str) -> Texts:
    return {code: text for code in LANGUAGES if (text := row[f"{name}_{code}"])}


def _named(*names: str) -> list[str]:
    return [f"{name}_{code}" for name in names for code in LANGUAGES]


def _rows(model, owner: str, pks, *columns: str) -> dict[int, list[dict]]:
    found: dict[int, list[dict]] = defaultdict(list)
    rows = (
        QuerySet(model).filter(**{f"{owner}__in": pks}).order_by("sort_order", "pk").values(owner, *columns)
    )
    for row in rows:
        found[row[owner]].append(row)
    return found


def _identifiers(owner: str, pks) -> dict[int, list[tuple[str, str]]]:
    """All of them: what was merged has several of one scheme, which the records do not show."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = QuerySet(ExternalIdentifier).filter(**{f"{owner}__in": pks}).order_by("scheme", "identifier")
    for pk, scheme, identifier in rows.values_list(owner, "scheme", "identifier"):
        found[pk].append((scheme, identifier))
    return found


class _Extras:
    """What the plain records leave out, for some services."""

    def __init__(self, pks: list[int]) -> None:
        self.services = {
            row["pk"]: row
            for row in QuerySet(Service)
            .filter(pk__in=pks)
            .values("pk", "organisation_type__code", "data_note", "replaced_by__uuid")
        }
        self.contacts = _rows(
            Contact, "service", pks, "name", "email", "phone", "visibility", *_named("title")
        )
        self.costs = _rows(CostOption, "service", pks, "option", "amount", *_named("amount_description"))
        self.notes = _rows(Schedule, "service", pks, *_named("notes"))
        links = list(
            QuerySet(ServiceAtLocation)
            .filter(service__in=pks, location__live=True)
            .values("pk", "service", "location", "location__uuid", *_named("description"))
        )
        self.links = {(row["service"], str(row["location__uuid"])): row for row in links}
        self.location_pks = {str(row["location__uuid"]): row["location"] for row in links}
        self.identifiers = _identifiers("service", pks)
        self.location_identifiers = _identifiers("location", set(self.location_pks.values()))
        self.link_notes = _rows(
            Schedule, "service_at_location", [row["pk"] for row in links], *_named("notes")
        )
        self.transportation = {
            str(row["uuid"]): _texts(row, "transportation")
            for row in QuerySet(Location)
            .filter(pk__in={row["location"] for row in links})
            .values("uuid", *_named("transportation"))
        }


def _service(record: ListingRecord, extras: _Extras) -> ServiceDraft:
    row = extras.services[record.pk]
    return ServiceDraft(
        external_id=str(record.uuid),
        scheme=UUID_SCHEME,
        organization=str(record.organization.uuid),
        name=record.name,
        alternate_name=record.alternate_name,
        summary=record.summary,
        description=record.description,
        eligibility_description=record.eligibility_description,
        application_process=record.application_process,
        fees_description=record.fees_description,
        organisation_type=row["organisation_type__code"],
        needs=record.needs,
        audiences=record.audiences,
        minimum_age=record.minimum_age,
        maximum_age=record.maximum_age,
        languages=record.languages,
        access_modes=record.access_modes,
        access_steps=record.access_steps,
        mobilisable_by=record.mobilisable_by,
        cost_options=[
            CostDraft(cost["option"], cost["amount"], _texts(cost, "amount_description"))
            for cost in extras.costs.get(record.pk, [])
        ],
        documents=record.documents,
        phones=_phones(record.phones),
        contacts=[
            ContactDraft(
                contact["name"],
                _texts(contact, "title"),
                contact["email"],
                contact["phone"],
                contact["visibility"],
            )
            for contact in extras.contacts.get(record.pk, [])
        ],
        website=record.website,
        email=record.email,
        schedules=_schedules(record.schedules, extras.notes.get(record.pk, [])),
        locations=[_location(place, record, extras) for place in record.locations],
        service_areas=record.service_areas,
        notices=_notices(record.notices),
        capacity=record.capacity,
        capacity_updated_on=record.capacity_updated_on,
        lifecycle=record.lifecycle,
        replaced_by=None if row["replaced_by__uuid"] is None else str(row["replaced_by__uuid"]),
        visibility=record.visibility,
        verified_on=record.verified_on,
        verification_channel=record.verification_channel,
        is_example=record.is_example,
        source=record.source,
        source_date=record.source_date,
        data_note=row["data_note"],
        other_ids=extras.identifiers.get(record.pk, []),
    )


def _location(place: LocationRecord, record: ListingRecord, extras: _Extras) -> LocationDraft:
    uuid = str(place.uuid)
    link = extras.links[record.pk, uuid]
    return LocationDraft(
        external_id=uuid,
        name=place.name,
        street=place.street,
        house_number=place.house_number,
        box=place.box,
        postcode=place.postcode,
        nis5=place.nis5,
        lat=place.lat,
        lon=place.lon,
        precision=place.precision,
        address_visibility=place.address_visibility,
        accessibility=place.accessibility,
        transportation=extras.transportation[uuid],
        schedules=_schedules(place.schedules, extras.link_notes.get(link["pk"], [])),
        phones=_phones(place.phones),
        notices=_notices(place.notices),
        link_description=_texts(link, "description"),
        other_ids=extras.location_identifiers.get(extras.location_pks[uuid], []),
    )


def _phones(found: list[PhoneRecord]) -> list[PhoneDraft]:
    return [PhoneDraft(phone.number, phone.type, phone.description, phone.visibility) for phone in found]


def _notices(found: list[NoticeRecord]) -> list[NoticeDraft]:
    return [NoticeDraft(notice.kind, notice.text, notice.starts_on, notice.ends_on) for notice in found]


def _schedules(rows: list[dict], notes: list[dict]) -> list[dict[str, Any]]:
    """Records and notes come in the same order."""
    return [{**row, "notes": _texts(note, "notes")} for row, note in zip(rows, notes, strict=True)]


def organizations(pks: set[int]) -> dict[int, KnownOrganization]:
    identifiers = _identifiers("organization", pks)
    texts = ("name", "alternate_name", "description")
    contacts = _rows(Contact, "organization", pks, "name", "email", "phone", "visibility", *_named("title"))
    phones = _rows(Phone, "organization", pks, "number", "type", "visibility", *_named("description"))
    rows = (
        QuerySet(Organization)
        .filter(pk__in=pks)
        .values(
            "pk",
            "uuid",
            "website",
            "email",
            "organisation_type__code",
            "is_example",
            "source",
            "source_date",
            "data_note",
            *_named(*texts),
        )
    )
    return {
        row["pk"]: KnownOrganization(
            row["pk"],
            str(row["uuid"]),
            OrganizationDraft(
                external_id=str(row["uuid"]),
                scheme=UUID_SCHEME,
                **{name: _texts(row, name) for name in texts},
                organisation_type=row["organisation_type__code"],
                website=row["website"],
                email=row["email"],
                phones=[
                    PhoneDraft(
                        phone["number"], phone["type"], _texts(phone, "description"), phone["visibility"]
                    )
                    for phone in phones.get(row["pk"], [])
                ],
                contacts=[
                    ContactDraft(
                        contact["name"],
                        _texts(contact, "title"),
                        contact["email"],
                        contact["phone"],
                        contact["visibility"],
                    )
                    for contact in contacts.get(row["pk"], [])
                ],
                other_ids=identifiers.get(row["pk"], []),
                is_example=row["is_example"],
                source=row["source"],
                source_date=row["source_date"],
                data_note=row["data_note"],
            ),
        )
        for row in rows
    }
