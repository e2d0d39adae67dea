"""Reads of the catalogue. Bulk reads name the language columns and give plain records; pages get one object."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from modeltranslation.translator import translator

from .care.rules import rhythm_days
from .codes import Lifecycle
from .models import (
    Contact,
    CostOption,
    ExternalIdentifier,
    Location,
    Notice,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    TaxonomyTerm,
    VerificationRhythm,
)
from .records import ListingRecord, LocationRecord, NoticeRecord, OrganizationRecord, PhoneRecord, Texts
from .rules import LISTED_LIFECYCLES

CHUNK = 1000
SCHEDULE_COLUMNS = (
    "freq byday opens_at closes_at valid_from valid_to yearly on_holidays closed dtstart until interval bymonthday"
).split()


def listed() -> QuerySet:
    """The services that people may find: published, and not archived."""
    return Service.objects.filter(live=True, lifecycle__in=LISTED_LIFECYCLES)


def merged_into(uuid: UUID) -> UUID | None:
    """The listed one that stands for an archived one today, through as many merges as there were; None without."""
    seen: set[UUID] = set()
    found: UUID | None = uuid
    while found is not None and found not in seen:
        seen.add(found)
        if found != uuid and listed().filter(uuid=found).exists():
            return found
        archived = Service.objects.filter(uuid=found, lifecycle=Lifecycle.ARCHIVED, live=True)
        found = archived.values_list("replaced_by__uuid", flat=True).first()
    return None


def services_touched_by(entity: str, pks: Sequence[int]) -> set[int]:
    """Primary keys of the services whose listing shows one of these objects."""
    if entity == "service":
        return set(pks)
    if entity == "organization":
        found = Service.objects.filter(organization__in=pks)
    elif entity == "location":
        found = Service.objects.filter(service_at_locations__location__in=pks)
    elif entity == "taxonomy_term":
        found = Service.objects.filter(
            Q(needs__in=pks)
            | Q(needs__parent__in=pks)
            | Q(audiences__term__in=pks)
            | Q(organisation_type__in=pks)
            | Q(organization__organisation_type__in=pks)
        )
    else:
        raise ValueError(f"no catalogue entity is called {entity!r}")
    return set(found.values_list("pk", flat=True))


def taxonomy(name: str) -> QuerySet:
    return TaxonomyTerm.objects.filter(taxonomy=name)


@cache
def _text_columns(model) -> dict[str, list[tuple[str, str]]]:
    """{"name": [("fr", "name_fr"), …], …} of a translated model."""
    return {
        name: [(code, f"{name}_{code}") for code, _label in settings.LANGUAGES]
        for name in translator.get_options_for_model(model).fields
    }


@cache
def _columns(model) -> list[str]:
    return [column for pairs in _text_columns(model).values() for _code, column in pairs]


def _texts(model, row: dict, name: str) -> Texts:
    return {code: row[column] for code, column in _text_columns(model)[name] if row[column]}


def _by(rows: Iterable[dict], key: str) -> dict[int, list[dict]]:
    grouped: dict[int, list[dict]] = defaultdict(list)
    for row in rows:
        grouped[row[key]].append(row)
    return grouped


def records(queryset: QuerySet | None = None) -> Iterator[ListingRecord]:
    """Every listing of `queryset` (default: all that are listed) as records, in order of primary key.

    Some fifteen queries a thousand listings, whatever they hold.
    """
    queryset = listed() if queryset is None else queryset
    # A draft without an organisation is no listing yet.
    pks = list(queryset.exclude(organization=None).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), CHUNK):
        yield from _chunk(pks[start : start + CHUNK])


def _plain(model) -> QuerySet:
    """The model's rows without modeltranslation's rewriting, which costs more than the query: columns are named here."""
    return QuerySet(model)


def _among(column: str, pks: Collection[int]) -> Q:
    """Rows with one of these keys. Keys that stand close together are asked for as a range: binding a thousand
    parameters costs more than the few rows that are not wanted, and callers look rows up by key."""
    if not pks:
        return Q(pk__in=[])
    lowest, highest = min(pks), max(pks)
    if highest - lowest < 4 * len(pks):
        return Q(**{f"{column}__gte": lowest, f"{column}__lte": highest})
    return Q(**{f"{column}__in": list(pks)})


def _identifiers(owner: str, pks) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in (
        _plain(ExternalIdentifier).filter(_among(owner, pks)).values_list(owner, "scheme", "identifier")
    ):
        found[row[0]][row[1]] = row[2]
    return found


def _phones(rows: list[dict]) -> list[PhoneRecord]:
    return [
        PhoneRecord(row["number"], row["type"], _texts(Phone, row, "description"), row["visibility"])
        for row in rows
    ]


def _notices(rows: list[dict]) -> list[NoticeRecord]:
    return [
        NoticeRecord(row["kind"], _texts(Notice, row, "text"), row["starts_on"], row["ends_on"])
        for row in rows
    ]


def _schedules(rows: list[dict]) -> list[dict]:
    return [{column: row[column] for column in SCHEDULE_COLUMNS} for row in rows]


def _parts(model, columns: Iterable[str], owner: str, pks) -> dict[int, list[dict]]:
    rows = _plain(model).filter(_among(owner, pks)).order_by("sort_order", "pk").values(owner, *columns)
    return _by(rows, owner)


def _owned(owner: str, pks) -> tuple[dict, dict, dict]:
    """Phones, schedules and notices of these owners."""
    return (
        _parts(Phone, ["number", "type", "visibility", *_columns(Phone)], owner, pks),
        _parts(Schedule, SCHEDULE_COLUMNS, owner, pks),
        _parts(Notice, ["kind", "starts_on", "ends_on", *_columns(Notice)], owner, pks),
    )


def _organizations(pks) -> dict[int, OrganizationRecord]:
    identifiers = _identifiers("organization", pks)
    rows = (
        _plain(Organization)
        .filter(_among("pk", pks))
        .values("pk", "uuid", "organisation_type__code", *_columns(Organization))
    )
    return {
        row["pk"]: OrganizationRecord(
            uuid=row["uuid"],
            name=_texts(Organization, row, "name"),
            alternate_name=_texts(Organization, row, "alternate_name"),
            organisation_type=row["organisation_type__code"],
            external_ids=identifiers.get(row["pk"], {}),
        )
        for row in rows
    }


_LOCATION_COLUMNS = (
    "uuid house_number box postcode lat lon precision address_visibility bassin_status accessibility "
    "commune__code neighbourhood__code bassin__code"
).split()


def _locations(service_pks) -> dict[int, list[LocationRecord]]:
    links = list(
        _plain(ServiceAtLocation)
        .filter(_among("service", service_pks), location__live=True)
        .order_by("sort_order", "pk")
        .values("pk", "service", "location")
    )
    phones, schedules, notices = _owned("service_at_location", [link["pk"] for link in links])
    location_pks = {link["location"] for link in links}
    identifiers = _identifiers("location", location_pks)
    rows = {
        row["pk"]: row
        for row in _plain(Location)
        .filter(_among("pk", location_pks))
        .values("pk", *_LOCATION_COLUMNS, *_columns(Location))
    }
    found: dict[int, list[LocationRecord]] = defaultdict(list)
    for link in links:
        row = rows[link["location"]]
        found[link["service"]].append(
            LocationRecord(
                uuid=row["uuid"],
                name=_texts(Location, row, "name"),
                street=_texts(Location, row, "street"),
                house_number=row["house_number"],
                box=row["box"],
                postcode=row["postcode"],
                lat=row["lat"],
                lon=row["lon"],
                precision=row["precision"],
                address_visibility=row["address_visibility"],
                nis5=row["commune__code"],
                neighbourhood=row["neighbourhood__code"],
                bassin=row["bassin__code"],
                bassin_status=row["bassin_status"],
                accessibility=row["accessibility"],
                external_ids=identifiers.get(link["location"], {}),
                schedules=_schedules(schedules.get(link["pk"], [])),
                phones=_phones(phones.get(link["pk"], [])),
                notices=_notices(notices.get(link["pk"], [])),
            )
        )
    return found


_SERVICE_COLUMNS = (
    "uuid organization minimum_age maximum_age languages access_modes access_steps mobilisable_by website email "
    "lifecycle visibility capacity capacity_updated_on verified_on verification_channel is_example source source_date "
    "modified_at"
).split()


_KIND_COLUMNS = (
    "pk",
    "organisation_type__code",
    "organisation_type",
    "organization__organisation_type",
    "verify_every_days",
)


def rhythms() -> dict[int | None, int]:
    """{primary key of a kind of organisation: days}; under None the default, when there is one."""
    return dict(VerificationRhythm.objects.values_list("kind", "days"))


def rhythm_of(service: Service) -> int:
    """How many days a verification of this listing lasts."""
    known = rhythms()
    kind = service.organisation_type_id or service.organization.organisation_type_id
    return rhythm_days(service.verify_every_days, known.get(kind) if kind else None, known.get(None))


def _chunk(pks: list[int]) -> Iterator[ListingRecord]:
    wanted = set(pks)
    found = (
        _plain(Service)
        .filter(_among("pk", pks))
        .order_by("pk")
        .values(*_KIND_COLUMNS, *_SERVICE_COLUMNS, *_columns(Service))
    )
    rows = [row for row in found if row["pk"] in wanted]
    organizations = _organizations({row["organization"] for row in rows})
    locations = _locations(pks)
    identifiers = _identifiers("service", pks)
    phones, schedules, notices = _owned("service", pks)
    needs: dict[int, list[str]] = defaultdict(list)
    for service, code in (
        _plain(Service.needs.through)
        .filter(_among("service", pks))
        .order_by("pk")
        .values_list("service", "taxonomyterm__code")
    ):
        needs[service].append(code)
    audiences = _parts(ServiceAudience, ["term__code", "welcome"], "service", pks)
    costs = _parts(CostOption, ["option"], "service", pks)
    documents = _parts(RequiredDocument, _columns(RequiredDocument), "service", pks)
    areas = _parts(ServiceArea, ["territory__kind", "territory__code"], "service", pks)
    known = rhythms()
    for row in rows:
        pk = row["pk"]
        organization = organizations[row["organization"]]
        values = {name: row[name] for name in _SERVICE_COLUMNS if name != "organization"}
        values |= {name: _texts(Service, row, name) for name in _text_columns(Service)}
        yield ListingRecord(
            pk=pk,
            external_ids=identifiers.get(pk, {}),
            organization=organization,
            organisation_type=row["organisation_type__code"] or organization.organisation_type,
            needs=needs.get(pk, []),
            audiences=[(part["term__code"], part["welcome"]) for part in audiences.get(pk, [])],
            costs=[part["option"] for part in costs.get(pk, [])],
            documents=[_texts(RequiredDocument, part, "document") for part in documents.get(pk, [])],
            service_areas=[(part["territory__kind"], part["territory__code"]) for part in areas.get(pk, [])],
            schedules=_schedules(schedules.get(pk, [])),
            phones=_phones(phones.get(pk, [])),
            notices=_notices(notices.get(pk, [])),
            locations=locations.get(pk, []),
            rhythm_days=rhythm_days(
                row["verify_every_days"],
                known.get(row["organisation_type"] or row["organization__organisation_type"] or 0),
                known.get(None),
            ),
            **values,
        )


def contacts_for(service: Service, *, professional: bool) -> list[Contact]:
    """The contacts this reader may see."""
    found = list(service.contacts.all())
    return found if professional else [contact for contact in found if contact.visibility == "public"]
