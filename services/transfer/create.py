"""Writes drafts as new catalogue objects, many at once, through the one door of services.changes.

A draft that is wrong is refused with its reason and the others are written. Nothing existing is changed here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.timezone import now
from django.utils.translation import gettext_noop as noop

from geo.selectors import territory_ids
from services import changes
from services.models import (
    Change,
    ExternalIdentifier,
    Location,
    Organization,
    RequiredDocument,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    TaxonomyTerm,
)
from services.models.base import Listed
from services.placement import place_locations
from services.reasons import of

from .create_parts import (
    DraftRefused,
    checked,
    columns,
    contacts,
    cost_options,
    identifiers,
    notices,
    phones,
    schedules,
    texts_as_columns,
)
from .drafts import (
    LocationDraft,
    OrganizationDraft,
    ServiceDraft,
)

BATCH = 500
ORGANIZATION_SCHEME = "fixture"


@dataclass
class Written:
    created: int = 0
    existing: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)  # (position in the drafts, reason)
    made: dict[int, tuple[int, UUID]] = field(default_factory=dict)  # position → (primary key, uuid)


class Terms:
    """Codes of taxonomies and territories to primary keys; an unknown code is refused by name."""

    def __init__(self) -> None:
        rows = TaxonomyTerm.objects.values_list("taxonomy", "code", "pk", "replaced_by_id")
        self._terms = {(taxonomy, code): replaced or pk for taxonomy, code, pk, replaced in rows}
        self._territories = territory_ids()

    def term(self, taxonomy: str, code: str | None) -> int | None:
        if not code:
            return None
        if (taxonomy, code) not in self._terms:
            raise DraftRefused(noop('unknown code "%(code)s"'), {"code": code}, under=taxonomy)
        return self._terms[taxonomy, code]

    def territory(self, kind: str, code: str) -> int:
        if (kind, code) not in self._territories:
            raise DraftRefused(
                noop('unknown territory "%(code)s"'), {"code": f"{kind}:{code}"}, under="service_areas"
            )
        return self._territories[kind, code]


def existing_ids(owner: str, scheme: str, identifiers: Iterable[str]) -> dict[str, int]:
    """Identifier → primary key of the objects that have it already."""
    found: dict[str, int] = {}
    wanted = list(identifiers)
    for start in range(0, len(wanted), BATCH):
        found |= dict(
            ExternalIdentifier.objects.filter(
                scheme=scheme, identifier__in=wanted[start : start + BATCH], **{f"{owner}__isnull": False}
            ).values_list("identifier", f"{owner}_id")
        )
    return found


def _live(model, **values):
    moment = now()
    return model(live=True, first_published_at=moment, last_published_at=moment, **values)


def create_organizations(
    drafts: Sequence[OrganizationDraft],
    *,
    prepared: Callable[[Iterable[Listed]], None] = lambda instances: None,
) -> Written:
    """Create the organisations whose external id is new; `prepared` as for `create_services`."""
    written, terms = Written(), Terms()
    by_scheme: dict[str, list[str]] = defaultdict(list)
    for draft in drafts:
        by_scheme[draft.scheme].append(draft.external_id)
    known = {scheme: set(existing_ids("organization", scheme, ids)) for scheme, ids in by_scheme.items()}
    built: list[tuple[Organization, list]] = []
    positions: list[int] = []
    for position, draft in enumerate(drafts):
        if draft.external_id in known[draft.scheme]:
            written.existing += 1
            continue
        try:
            organization = checked(
                _live(
                    Organization,
                    organisation_type_id=terms.term("organisation_type", draft.organisation_type),
                    website=draft.website,
                    email=draft.email,
                    is_example=draft.is_example,
                    source=draft.source,
                    source_date=draft.source_date,
                    data_note=draft.data_note,
                    **columns(draft, "name", "alternate_name", "description"),
                )
            )
            parts = [
                *identifiers(
                    [(draft.scheme, draft.external_id), *draft.other_ids], organization=organization
                ),
                *phones(draft.phones, organization=organization),
                *contacts(draft.contacts, organization=organization),
            ]
        except DraftRefused as refusal:
            written.refused.append((position, of(refusal)))
            continue
        known[draft.scheme].add(draft.external_id)
        built.append((organization, parts))
        positions.append(position)
    prepared(organization for organization, _parts in built)
    for start in range(0, len(built), BATCH):
        chunk = built[start : start + BATCH]
        with changes.bulk_recording() as rows:
            Organization.objects.bulk_create([organization for organization, _parts in chunk])
            _create_parts([part for _organization, parts in chunk for part in parts])
            rows += [_created(organization) for organization, _parts in chunk]
    written.created = len(built)
    written.made = {
        position: (one.pk, one.uuid) for position, (one, _parts) in zip(positions, built, strict=True)
    }
    return written


def _created(instance) -> tuple:
    return (type(instance), instance.pk, instance.uuid, Change.Verb.CREATED)


def _create_parts(parts: Iterable) -> None:
    """Insert children of saved parents, model by model."""
    by_model: dict[type, list] = defaultdict(list)
    for part in parts:
        for relation in part._meta.fields:
            if relation.is_relation and relation.is_cached(part):  # the parent has a primary key only now
                setattr(part, relation.attname, getattr(part, relation.name).pk)
        by_model[type(part)].append(part)
    for model, found in by_model.items():
        model.objects.bulk_create(found, batch_size=BATCH)


def build_location(
    draft: LocationDraft, terms: Terms, *, is_example: bool, source: str, source_date: str
) -> Location:
    """An unsaved location. Raises DraftRefused."""
    return checked(
        _live(
            Location,
            house_number=draft.house_number,
            box=draft.box,
            postcode=draft.postcode,
            lat=draft.lat,
            lon=draft.lon,
            precision=draft.precision,
            address_visibility=draft.address_visibility,
            accessibility=draft.accessibility,
            commune_id=terms.territory("commune", draft.nis5) if draft.nis5 else None,
            is_example=is_example,
            source=source,
            source_date=source_date,
            **columns(draft, "name", "street", "transportation"),
        ),
        "location: ",
    )


@dataclass
class _BuiltService:
    service: Service
    locations: list[Location]
    links: list[ServiceAtLocation]
    parts: list  # children of service and links
    needs: list[int]
    replaced_by: str | None


@dataclass
class Places:
    """Locations that several services of one import stand at: one row each, found by (scheme, external id)."""

    existing: Mapping[tuple[str, str], int] = field(default_factory=dict)  # primary keys in the catalogue
    new: dict[tuple[str, str], Location] = field(default_factory=dict)


def build_service(
    draft: ServiceDraft, organization_id: int, terms: Terms, places: Places | None = None
) -> _BuiltService:
    """The service and all its parts, unsaved. With `places`, locations of one external id are one. Raises DraftRefused."""
    places = places or Places()
    service = checked(
        _live(
            Service,
            organization_id=organization_id,
            organisation_type_id=terms.term("organisation_type", draft.organisation_type),
            minimum_age=draft.minimum_age,
            maximum_age=draft.maximum_age,
            languages=draft.languages,
            access_modes=draft.access_modes,
            access_steps=draft.access_steps,
            mobilisable_by=draft.mobilisable_by,
            website=draft.website,
            email=draft.email,
            lifecycle=draft.lifecycle,
            visibility=draft.visibility,
            capacity=draft.capacity,
            capacity_updated_on=draft.capacity_updated_on,
            verified_on=draft.verified_on,
            verification_channel=draft.verification_channel,
            is_example=draft.is_example,
            source=draft.source,
            source_date=draft.source_date,
            data_note=draft.data_note,
            **columns(
                draft,
                "name",
                "alternate_name",
                "summary",
                "description",
                "eligibility_description",
                "application_process",
                "fees_description",
            ),
        )
    )
    if not draft.live:
        service.live, service.has_unpublished_changes = False, True
        service.first_published_at = service.last_published_at = None
    if (
        draft.minimum_age is not None
        and draft.maximum_age is not None
        and draft.minimum_age > draft.maximum_age
    ):
        raise DraftRefused(noop("minimum_age is above maximum_age"))
    parts: list = [*identifiers([(draft.scheme, draft.external_id), *draft.other_ids], service=service)]
    parts += phones(draft.phones, service=service)
    parts += schedules(draft.schedules, service=service)
    parts += [
        ServiceAudience(
            service=service, term_id=terms.term("audience", code), welcome=welcome, sort_order=order
        )
        for order, (code, welcome) in enumerate(draft.audiences)
    ]
    parts += cost_options(draft, service=service)
    parts += [
        RequiredDocument(service=service, sort_order=order, **texts_as_columns("document", texts))
        for order, texts in enumerate(draft.documents)
    ]
    parts += [
        ServiceArea(service=service, territory_id=terms.territory(kind, code), sort_order=order)
        for order, (kind, code) in enumerate(draft.service_areas)
    ]
    parts += notices(draft.notices, service=service)
    parts += contacts(draft.contacts, service=service)
    origin = {"is_example": draft.is_example, "source": draft.source, "source_date": draft.source_date}
    locations, links = [], []
    fresh: dict[tuple[str, str], Location] = {}
    for order, place in enumerate(draft.locations):
        key = (draft.scheme, place.external_id)
        link = ServiceAtLocation(
            service=service, sort_order=order, **texts_as_columns("description", place.link_description)
        )
        if place.external_id and key in places.existing:
            link.location_id = places.existing[key]
        elif place.external_id and (key in places.new or key in fresh):
            link.location = places.new.get(key) or fresh[key]
        else:
            link.location = location = build_location(place, terms, **origin)
            locations.append(location)
            ids = [*([key] if place.external_id else []), *place.other_ids]
            parts += identifiers(ids, location=location)
            if place.external_id:
                fresh[key] = location
        links.append(link)
        parts += phones(place.phones, service_at_location=link)
        parts += schedules(place.schedules, service_at_location=link)
        parts += notices(place.notices, service_at_location=link)
    needs = [pk for code in dict.fromkeys(draft.needs) if (pk := terms.term("need", code)) is not None]
    places.new |= fresh  # only now: a service that is refused leaves no location
    return _BuiltService(service, locations, links, parts, needs, draft.replaced_by)


def create_services(
    drafts: Sequence[ServiceDraft],
    *,
    organization_scheme: str = ORGANIZATION_SCHEME,
    organizations: Mapping[object, int] | None = None,
    places: Places | None = None,
    prepared: Callable[[Iterable[Listed]], None] = lambda instances: None,
) -> Written:
    """Create the services whose external id is new, with their locations; organisations must exist.

    `organizations` gives the primary key for each draft's `organization`; without it that is an id in
    `organization_scheme`. `prepared` is given the unsaved services and locations before they are written (an import
    says which team is in charge).
    """
    written, terms = Written(), Terms()
    if organizations is None:
        organizations = existing_ids(
            "organization", organization_scheme, {draft.organization for draft in drafts}
        )
    by_scheme: dict[str, list[ServiceDraft]] = defaultdict(list)
    for draft in drafts:
        by_scheme[draft.scheme].append(draft)
    known: dict[tuple[str, str], int] = {}
    for scheme, group in by_scheme.items():
        ids = existing_ids("service", scheme, [draft.external_id for draft in group])
        known |= {(scheme, identifier): pk for identifier, pk in ids.items()}
    built: list[tuple[ServiceDraft, _BuiltService]] = []
    positions: list[int] = []
    seen = set(known)
    for position, draft in enumerate(drafts):
        key = (draft.scheme, draft.external_id)
        if key in seen:
            written.existing += 1
            continue
        try:
            if draft.organization not in organizations:
                raise DraftRefused(
                    noop('unknown "%(code)s"'), {"code": str(draft.organization)}, under="organization"
                )
            built.append((draft, build_service(draft, organizations[draft.organization], terms, places)))
            positions.append(position)
        except DraftRefused as refusal:
            written.refused.append((position, of(refusal)))
            continue
        seen.add(key)
    prepared(instance for _draft, one in built for instance in (one.service, *one.locations))
    for start in range(0, len(built), BATCH):
        chunk = built[start : start + BATCH]
        _insert([one for _draft, one in chunk])
        known |= {(draft.scheme, draft.external_id): one.service.pk for draft, one in chunk}
    _link_replacements(built, known)
    written.created = len(built)
    written.made = {
        position: (one.service.pk, one.service.uuid)
        for position, (_draft, one) in zip(positions, built, strict=True)
    }
    return written


def _insert(chunk: list[_BuiltService]) -> None:
    locations = [location for one in chunk for location in one.locations]
    place_locations(locations)
    with changes.bulk_recording() as rows:
        Location.objects.bulk_create(locations)
        Service.objects.bulk_create([one.service for one in chunk])
        _create_parts(link for one in chunk for link in one.links)
        _create_parts(part for one in chunk for part in one.parts)
        through = Service.needs.through
        through.objects.bulk_create(
            [through(service_id=one.service.pk, taxonomyterm_id=pk) for one in chunk for pk in one.needs],
            batch_size=BATCH,
        )
        rows += [_created(location) for location in locations] + [_created(one.service) for one in chunk]


def _link_replacements(
    built: list[tuple[ServiceDraft, _BuiltService]], known: dict[tuple[str, str], int]
) -> None:
    for draft, one in built:
        successor = known.get((draft.scheme, draft.replaced_by)) if draft.replaced_by else None
        if successor is not None:
            service = Service.objects.get(pk=one.service.pk)
            service.replaced_by_id = successor
            service.save()
