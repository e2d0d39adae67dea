"""A listing as one HSDS 3.0 service with everything embedded: plain dicts, ready for JSON or for tables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services import codes
from services.records import Texts, pick
from services.transfer.csv_cells import join_box
from services.transfer.drafts import (
    ContactDraft,
    CostDraft,
    LocationDraft,
    NoticeDraft,
    OrganizationDraft,
    PhoneDraft,
    ServiceDraft,
)

from . import profile
from .known import LANGUAGES, KnownListing, KnownOrganization
from .profile import attribute, identifier

Entity = dict[str, Any]
Name = tuple[str, str]  # (taxonomy or territory kind, code)


@dataclass
class Style:
    """How an export is written: its language, whether hidden things go with it, and names of codes in that language."""

    language: str
    with_hidden: bool = False
    terms: Mapping[Name, str] = field(default_factory=dict)
    territories: Mapping[Name, str] = field(default_factory=dict)
    provinces: Mapping[str, str] = field(default_factory=dict)  # NIS5 → name of its province, or region

    def shows(self, visibility: str) -> bool:
        return self.with_hidden or visibility == codes.Visibility.PUBLIC


def service(listing: KnownListing, style: Style) -> Entity:
    """The whole listing: HSDS `service` with organization, places, phones and our attributes."""
    draft, owner = listing.draft, listing.uuid
    found: Entity = {"id": owner, "status": profile.STATUS[draft.lifecycle]}
    attributes: list[Entity] = [
        attribute(
            owner,
            "service",
            profile.PROFILE,
            profile.COMPLETE if style.with_hidden else profile.PUBLIC,
            style.language,
        )
    ]
    for name in (
        "name",
        "alternate_name",
        "description",
        "application_process",
        "fees_description",
        "eligibility_description",
    ):
        _tell(found, attributes, "service", owner, name, getattr(draft, name), style)
    _tell({}, attributes, "service", owner, "summary", draft.summary, style, plain=False)
    _put(found, "url", draft.website)
    _put(found, "email", draft.email)
    _put(found, "minimum_age", draft.minimum_age)
    _put(found, "maximum_age", draft.maximum_age)
    _put(found, "assured_date", draft.verified_on and draft.verified_on.isoformat())
    found["last_modified"] = listing.modified_at
    found["organization"] = organization(listing.organization, style)
    found["phones"] = phones(draft.phones, owner, style)
    found["schedules"] = schedules(draft.schedules, owner, style)
    found["contacts"] = contacts(draft.contacts, owner, style)
    found["languages"] = [
        {"id": identifier(owner, "language", code), "name": str(codes.Language(code).label), "code": code}
        for code in draft.languages
    ]
    found["cost_options"] = [
        _cost(cost, owner, number, style) for number, cost in enumerate(draft.cost_options)
    ]
    found["required_documents"] = [
        _document(texts, owner, number, style) for number, texts in enumerate(draft.documents)
    ]
    found["service_areas"] = [_area(kind, code, owner, style) for kind, code in draft.service_areas]
    found["service_at_locations"] = [_service_at_location(place, owner, style) for place in draft.locations]
    attributes += _codes(draft, owner, style)
    attributes += _external_ids(owner, "service", draft.other_ids)
    attributes += _notices(draft.notices, owner, "service")
    found["attributes"] = attributes
    return found


def organization(known: KnownOrganization, style: Style) -> Entity:
    draft, owner = known.draft, known.uuid
    found: Entity = {"id": owner}
    attributes: list[Entity] = []
    for name in ("name", "alternate_name", "description"):
        _tell(found, attributes, "organization", owner, name, getattr(draft, name), style)
    if "description" not in found:  # the standard wants one
        found["description"] = found.get("name", "")
        attributes.append(
            attribute(owner, "organization", profile.LANGUAGE_OF, "description", profile.NO_TEXT)
        )
    _put(found, "email", draft.email)
    _put(found, "website", draft.website)
    found["phones"] = phones(draft.phones, owner, style)
    found["contacts"] = contacts(draft.contacts, owner, style)
    found["organization_identifiers"] = [
        {
            "id": identifier(owner, profile.EXTERNAL_ID, scheme, value),
            "identifier_scheme": scheme,
            "identifier_type": scheme,
            "identifier": value,
        }
        for scheme, value in draft.other_ids
    ]
    if draft.organisation_type:
        attributes.append(
            _term(owner, "organization", codes.Taxonomy.ORGANISATION_TYPE, draft.organisation_type, style)
        )
    attributes += _origin(draft, owner, "organization", style)
    found["attributes"] = attributes
    return found


def phones(drafts: Sequence[PhoneDraft], owner: str, style: Style) -> list[Entity]:
    found = []
    for number, draft in enumerate(drafts):
        if not style.shows(draft.visibility):
            continue
        mine = identifier(owner, "phone", number)
        phone: Entity = {"id": mine, "number": draft.number, "type": draft.type}
        attributes: list[Entity] = []
        _tell(phone, attributes, "phone", mine, "description", draft.description, style)
        attributes += _visibility(draft.visibility, mine, "phone")
        found.append(_with(phone, attributes))
    return found


def contacts(drafts: Sequence[ContactDraft], owner: str, style: Style) -> list[Entity]:
    found = []
    for number, draft in enumerate(drafts):
        if not style.shows(draft.visibility):
            continue
        mine = identifier(owner, "contact", number)
        contact: Entity = {"id": mine}
        attributes: list[Entity] = []
        _put(contact, "name", draft.name)
        _tell(contact, attributes, "contact", mine, "title", draft.title, style)
        _put(contact, "email", draft.email)
        if draft.phone:
            contact["phones"] = [
                {"id": identifier(mine, "phone"), "number": draft.phone, "type": codes.PhoneType.VOICE.value}
            ]
        attributes.append(attribute(mine, "contact", "visibility", draft.visibility))
        found.append(_with(contact, attributes))
    return found


def schedules(rows: Sequence[Mapping[str, Any]], owner: str, style: Style) -> list[Entity]:
    """The rows as HSDS has them; holidays, closed days and dates of every year are attributes."""
    found = []
    for number, row in enumerate(rows):
        mine = identifier(owner, "schedule", number)
        schedule: Entity = {"id": mine}
        for name in ("valid_from", "valid_to", "dtstart", "until"):
            _put(schedule, name, row[name] and row[name].isoformat())
        for name in ("freq", "interval", "byday", "bymonthday", "opens_at", "closes_at"):
            _put(schedule, name, row[name])
        attributes: list[Entity] = []
        _tell(schedule, attributes, "schedule", mine, "notes", row["notes"], style)
        if row["on_holidays"] != codes.OnHolidays.REGULAR:
            attributes.append(attribute(mine, "schedule", "on_holidays", row["on_holidays"]))
        attributes += [attribute(mine, "schedule", name, "yes") for name in ("closed", "yearly") if row[name]]
        found.append(_with(schedule, attributes))
    return found


def _service_at_location(place: LocationDraft, service_id: str, style: Style) -> Entity:
    mine = identifier(service_id, "at", place.external_id)
    found: Entity = {"id": mine}
    attributes: list[Entity] = []
    _tell(found, attributes, "service_at_location", mine, "description", place.link_description, style)
    found["phones"] = phones(place.phones, mine, style)
    found["schedules"] = schedules(place.schedules, mine, style)
    found["location"] = location(place, style)
    attributes += _notices(place.notices, mine, "service_at_location")
    return _with(found, attributes)


def location(place: LocationDraft, style: Style) -> Entity:
    """A place; of one whose address is hidden nothing but its id, name and who may see it, unless asked for."""
    owner = place.external_id
    found: Entity = {"id": owner, "location_type": "physical"}
    attributes: list[Entity] = []
    _tell(found, attributes, "location", owner, "name", place.name, style)
    if place.address_visibility != codes.AddressVisibility.PUBLIC:
        attributes.append(attribute(owner, "location", "address_visibility", place.address_visibility))
    if style.with_hidden or place.address_visibility == codes.AddressVisibility.PUBLIC:
        _tell(found, attributes, "location", owner, "transportation", place.transportation, style)
        _put(found, "latitude", place.lat)
        _put(found, "longitude", place.lon)
        attributes += _address(found, place, owner, style)
    found["accessibility"] = [
        {
            "id": identifier(owner, "accessibility", code),
            "description": str(codes.Accessibility(code).label),
            "details": code,
        }
        for code in place.accessibility
    ]
    attributes += _external_ids(owner, "location", place.other_ids)
    return _with(found, attributes)


def _address(found: Entity, place: LocationDraft, owner: str, style: Style) -> list[Entity]:
    street, _language = pick(place.street, style.language, LANGUAGES)
    line = " ".join(part for part in (street, join_box(place.house_number, place.box)) if part)
    commune = style.territories.get(("commune", place.nis5 or ""), "")
    if line or place.postcode or commune:
        found["addresses"] = [
            {
                "id": identifier(owner, "address"),
                "address_1": line,
                "city": commune,
                "state_province": style.provinces.get(place.nis5 or "", ""),
                "postal_code": place.postcode,
                "country": "BE" if commune else "",
                "address_type": "physical",
            }
        ]
    attributes = [
        attribute(owner, "location", profile.TRANSLATION, f"street.{language}", text)
        for language, text in place.street.items()
    ]
    for name in ("house_number", "box", "postcode", "nis5"):
        if value := getattr(place, name):
            attributes.append(attribute(owner, "location", name, name, value))
    attributes.append(attribute(owner, "location", "precision", place.precision))
    return attributes


def _cost(cost: CostDraft, owner: str, number: int, style: Style) -> Entity:
    mine = identifier(owner, "cost", number)
    found: Entity = {"id": mine, "option": cost.option}
    if cost.amount is not None:
        found |= {"amount": float(cost.amount), "currency": "EUR"}
    attributes: list[Entity] = []
    _tell(found, attributes, "cost_option", mine, "amount_description", cost.amount_description, style)
    return _with(found, attributes)


def _document(texts: Texts, owner: str, number: int, style: Style) -> Entity:
    mine = identifier(owner, "document", number)
    found: Entity = {"id": mine}
    attributes: list[Entity] = []
    _tell(found, attributes, "required_document", mine, "document", texts, style)
    return _with(found, attributes)


def _area(kind: str, code: str, owner: str, style: Style) -> Entity:
    return {
        "id": identifier(owner, "area", kind, code),
        "name": style.territories.get((kind, code), code),
        "extent": f"{kind}:{code}",
        "extent_type": profile.TERRITORY,
    }


def _codes(draft: ServiceDraft, owner: str, style: Style) -> list[Entity]:
    """Attributes for what HSDS has no field for."""
    found = [_term(owner, "service", codes.Taxonomy.NEED, code, style) for code in draft.needs]
    found += [
        _term(owner, "service", codes.Taxonomy.AUDIENCE, code, style, value=welcome)
        for code, welcome in draft.audiences
    ]
    if draft.organisation_type:
        found.append(
            _term(owner, "service", codes.Taxonomy.ORGANISATION_TYPE, draft.organisation_type, style)
        )
    for name, several in (
        ("access_mode", draft.access_modes),
        ("access_step", draft.access_steps),
        ("mobilisable_by", draft.mobilisable_by),
    ):
        found += [attribute(owner, "service", name, code) for code in several]
    found += _visibility(draft.visibility, owner, "service")
    if draft.capacity != codes.Capacity.UNKNOWN or draft.capacity_updated_on:
        day = draft.capacity_updated_on.isoformat() if draft.capacity_updated_on else ""
        found.append(attribute(owner, "service", "capacity", draft.capacity, day))
    if draft.verification_channel:
        found.append(attribute(owner, "service", "verification_channel", draft.verification_channel))
    if draft.replaced_by:
        found.append(attribute(owner, "service", "replaced_by", "service", draft.replaced_by))
    return found + _origin(draft, owner, "service", style)


def _origin(draft: ServiceDraft | OrganizationDraft, owner: str, entity: str, style: Style) -> list[Entity]:
    found = [attribute(owner, entity, "example", "yes")] if draft.is_example else []
    names = ("source", "source_date", "data_note") if style.with_hidden else ("source", "source_date")
    return found + [
        attribute(owner, entity, name, name, value) for name in names if (value := getattr(draft, name))
    ]


def _term(owner: str, entity: str, taxonomy: str, code: str, style: Style, value: str = "") -> Entity:
    return attribute(owner, entity, taxonomy, code, value, name=style.terms.get((taxonomy, code), code))


def _external_ids(owner: str, entity: str, pairs: Sequence[Name]) -> list[Entity]:
    return [
        attribute(owner, entity, profile.EXTERNAL_ID, scheme, value, number=number)
        for number, (scheme, value) in enumerate(pairs)
    ]


def _notices(drafts: Sequence[NoticeDraft], owner: str, entity: str) -> list[Entity]:
    return [
        attribute(
            owner,
            entity,
            profile.NOTICE,
            notice.kind,
            json.dumps(
                {
                    "starts_on": notice.starts_on.isoformat(),
                    "ends_on": notice.ends_on and notice.ends_on.isoformat(),
                    "text": notice.text,
                },
                ensure_ascii=False,
            ),
            number=number,
        )
        for number, notice in enumerate(drafts)
    ]


def _visibility(visibility: str, owner: str, entity: str) -> list[Entity]:
    return (
        [] if visibility == codes.Visibility.PUBLIC else [attribute(owner, entity, "visibility", visibility)]
    )


def _tell(
    found: Entity,
    attributes: list[Entity],
    entity: str,
    owner: str,
    name: str,
    texts: Texts,
    style: Style,
    *,
    plain: bool = True,
) -> None:
    """Put a text under its name in the export's language, and its other languages into the attributes.

    A text that is not there in that language is shown in another, and an attribute says in which. With `plain` False
    HSDS has no such field: all languages are attributes.
    """
    shown, language = pick(texts, style.language, LANGUAGES)
    if plain and shown:
        found[name] = shown
        if language != style.language:
            attributes.append(attribute(owner, entity, profile.LANGUAGE_OF, name, language))
    attributes += [
        attribute(owner, entity, profile.TRANSLATION, f"{name}.{other}", text)
        for other, text in texts.items()
        if not plain or other != language
    ]


def _put(found: Entity, name: str, value: Any) -> None:
    if value not in ("", None):
        found[name] = value


def _with(found: Entity, attributes: list[Entity]) -> Entity:
    if attributes:
        found["attributes"] = attributes
    return found
