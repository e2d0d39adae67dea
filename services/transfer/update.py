"""Writes an import's updates through the models themselves, so that each leaves a revision and stays reversible."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wagtail.models import ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from services.models import (
    CostOption,
    Location,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceAudience,
    TaxonomyTerm,
)
from services.models.base import Listed
from services.rules import phone_e164
from services.verification.actions import set_verified

from .create import Terms
from .csv_cells import split_box
from .csv_columns import DRAFT, LANGUAGES
from .csv_compare import PlaceUpdate, Update
from .csv_drafts import hours_rows
from .csv_projection import document_text, split_names

# Columns that are a field of the service, under the field's name.
PLAIN = {
    **{f"{name}_{code}": f"{name}_{code}" for name in ("name", "description") for code in LANGUAGES},
    "age_min": "minimum_age",
    "age_max": "maximum_age",
    "languages": "languages",
    "access_modes": "access_modes",
    "access_steps": "access_steps",
    "email": "email",
    "website": "website",
    "visibility": "visibility",
}
NOTES = {"fees_note": "fees_description", "eligibility_note": "eligibility_description"}


def publish(instance) -> None:
    """Save a revision and publish it: nobody's name stands on it but the actor's of the change log."""
    instance.save_revision(user=None).publish()


def rename_organization(pk: int, names: Mapping[str, str]) -> None:
    organization = Organization.objects.get(pk=pk)
    for column, name in names.items():
        setattr(organization, column, name)
    publish(organization)


def update_service(
    update: Update,
    terms: Terms,
    organizations: Mapping[tuple, int],
    *,
    placed: Callable[[Iterable[Listed]], None] = lambda instances: None,
) -> None:
    """Make the changes of one update; runs in the caller's transaction. `placed` is given each new place, unsaved."""
    # Wagtail would note what refers to what five times a listing, half of an update's time; once at its end is enough.
    with disable_reference_index_auto_update():
        _write(update, terms, organizations, placed)
    service = Service.objects.get(pk=update.pk)
    for instance in (service, *(link.location for link in service.service_at_locations.all())):
        ReferenceIndex.create_or_update_for_object(instance)


def _write(
    update: Update,
    terms: Terms,
    organizations: Mapping[tuple, int],
    placed: Callable[[Iterable[Listed]], None],
) -> None:
    service = Service.objects.get(pk=update.pk)
    if "verified_at" in update.service:  # no version holds it; the live row does, whatever is published below
        set_verified(service=service, on=update.service["verified_at"], channel="")
    for name, value in update.service.items():
        if name in PLAIN:
            setattr(service, PLAIN[name], list(value) if isinstance(value, tuple) else value)
        elif name in NOTES:
            _set_note(service, NOTES[name], value)
    if update.organization is not None:
        service.organization_id = organizations[update.organization]
    _set_lists(service, update.service, terms)
    if update.phones is not None:
        _set_phones(service, update.phones)
    if update.hours is not None:
        service.schedules = _schedules(update.hours)
    _set_places(service, update, terms, placed)
    status = update.service.get("status")
    if status and status != DRAFT:
        service.lifecycle = status
    if status == DRAFT:
        publish(service)
        service.refresh_from_db()
        service.unpublish()
    elif service.live or status:
        publish(service)
    else:  # a draft stays one
        service.save()
        service.save_revision(user=None)


def _set_note(service: Service, field: str, text: str) -> None:
    """The file has one language: that which it was exported in. Emptying it empties all."""
    if not text:
        for code in LANGUAGES:
            setattr(service, f"{field}_{code}", "")
        return
    setattr(service, f"{field}_{_told_in(service, field)}", text)


def _told_in(instance, field: str) -> str:
    return next((code for code in LANGUAGES if getattr(instance, f"{field}_{code}")), LANGUAGES[0])


def _set_lists(service: Service, values: Mapping[str, Any], terms: Terms) -> None:
    """Several values at once; what stays keeps what the file does not know (amounts, translations)."""
    if "needs" in values:
        wanted = [terms.term("need", code) for code in values["needs"]]
        service.needs = list(TaxonomyTerm.objects.filter(pk__in=wanted))
    if "organisation_type" in values:
        service.organisation_type_id = terms.term("organisation_type", values["organisation_type"])
    if "alternate_names" in values:
        _set_alternate_names(service, values["alternate_names"])
    if "audiences" in values:
        service.audiences = [
            ServiceAudience(term_id=terms.term("audience", code), welcome=welcome, sort_order=order)
            for order, (code, welcome) in enumerate(values["audiences"])
        ]
    if "costs" in values:
        options = {cost.option: cost for cost in reversed(service.cost_options.all())}
        service.cost_options = _in_order(
            [options.get(code) or CostOption(option=code) for code in values["costs"]]
        )
    if "documents" in values:
        known = {
            document_text(_texts(document, "document")): document
            for document in service.required_documents.all()
        }
        service.required_documents = _in_order(
            [
                known.get(text) or RequiredDocument(**{f"document_{LANGUAGES[0]}": text})
                for text in values["documents"]
            ]
        )


def _texts(instance, field: str) -> dict[str, str]:
    return {code: text for code in LANGUAGES if (text := getattr(instance, f"{field}_{code}"))}


def _in_order(children: list) -> list:
    for order, child in enumerate(children):
        child.sort_order = order
    return children


def _set_alternate_names(service: Service, wanted: tuple[str, ...]) -> None:
    """Names keep their language; new ones go to the site's first."""
    known: set[str] = set()
    for code in LANGUAGES:
        kept = [
            name for name in split_names(getattr(service, f"alternate_name_{code}") or "") if name in wanted
        ]
        known.update(kept)
        setattr(service, f"alternate_name_{code}", "; ".join(kept))
    field = f"alternate_name_{LANGUAGES[0]}"
    fresh = [name for name in wanted if name not in known]
    setattr(service, field, "; ".join([*split_names(getattr(service, field)), *fresh]))


def _is_in_format(phone: Phone) -> bool:
    return phone.visibility == "public" and phone.type == "voice"


def _set_phones(owner, numbers: list[str]) -> None:
    """Public voice numbers become these; a number that stays keeps its description, other phones are not touched."""
    present = list(owner.phones.all())
    known = {phone_e164(phone.number): phone for phone in present if _is_in_format(phone)}
    wanted = [known.get(phone_e164(number)) or Phone(number=number) for number in numbers]
    owner.phones = _in_order([*wanted, *(phone for phone in present if not _is_in_format(phone))])


def _schedules(text: str) -> list[Schedule]:
    return [
        Schedule(
            **{name: value for name, value in row.items() if name != "notes" and value is not None},
            sort_order=order,
        )
        for order, row in enumerate(hours_rows(text))
    ]


def _set_places(
    service: Service, update: Update, terms: Terms, placed: Callable[[Iterable[Listed]], None]
) -> None:
    if not update.places and not update.removed:
        return
    links = list(service.service_at_locations.all())
    by_uuid = {link.location.uuid: link for link in links}
    for change in update.places:
        if change.uuid is None:
            link = ServiceAtLocation(location=_new_location(change, service, terms, placed))
            links.append(link)
        else:
            link = by_uuid[change.uuid]
            if change.address:
                link.location = _changed_location(link.location, change.address, service, terms)
        if change.hours is not None or change.uuid is None:
            _set_hours(service, link, change.row.values.get("opening_hours") or "")
        if change.phones is not None:
            _set_phones(link, change.phones)
    service.service_at_locations = _in_order(
        [link for link in links if link.location.uuid not in update.removed]
    )


def _set_hours(service: Service, link: ServiceAtLocation, text: str) -> None:
    """A place without hours shows those of the service, so emptying the cell empties both."""
    link.schedules = _schedules(text)
    if not text:
        service.schedules = []


def _write_address(location: Location, values: Mapping[str, Any], terms: Terms) -> None:
    if "street" in values:
        told_in = _told_in(location, "street")
        for code in LANGUAGES:  # the other languages named the old street
            setattr(location, f"street_{code}", values["street"] if code == told_in else "")
    if "house_number" in values:
        location.house_number, location.box = split_box(values["house_number"])
    if "postcode" in values:
        location.postcode = values["postcode"]
    if values.get("nis5"):
        location.commune_id = terms.territory("commune", values["nis5"])
    if "lat" in values or "lon" in values:
        location.lat, location.lon = values.get("lat", location.lat), values.get("lon", location.lon)
        location.precision = "address"
    if values.get("address_visibility"):
        location.address_visibility = values["address_visibility"]


def _new_location(
    change: PlaceUpdate, service: Service, terms: Terms, placed: Callable[[Iterable[Listed]], None]
) -> Location:
    location = Location(is_example=service.is_example, source=service.source, live=True)
    _write_address(
        location, {**change.row.values, "address_visibility": change.row.address_visibility}, terms
    )
    placed([location])
    location.save()
    return location


def _changed_location(
    location: Location, values: Mapping[str, Any], service: Service, terms: Terms
) -> Location:
    """The location with these changes; a copy when other services stand there too, for they have not moved."""
    if location.service_at_locations.exclude(service=service.pk).exists():
        location = _copy(location)
        _write_address(location, values, terms)
        location.save()
        return location
    _write_address(location, values, terms)
    publish(location)
    return Location.objects.get(pk=location.pk)


_COPIED = "house_number box postcode lat lon precision address_visibility accessibility commune_id is_example source steward_id"


def _copy(location: Location) -> Location:
    texts = [f"{field}_{code}" for field in ("name", "street", "transportation") for code in LANGUAGES]
    return Location(live=True, **{name: getattr(location, name) for name in [*_COPIED.split(), *texts]})
