"""The facts that completeness looks at: from a record of the catalogue, or from a draft in an editor's hands."""

from django.conf import settings

from services.codes import AddressVisibility, Cost, Precision
from services.records import ListingRecord

from .completeness import Facts

_LANGUAGES = [code for code, _name in settings.LANGUAGES]


def of_record(record: ListingRecord) -> Facts:
    phones = record.phones or any(place.phones for place in record.locations)
    return Facts(
        named_in=frozenset(record.name),
        told_in=frozenset(record.summary) | frozenset(record.description),
        summary=bool(record.summary),
        description=bool(record.description),
        needs=bool(record.needs),
        reachable=bool(phones or record.email),
        hours=bool(record.schedules) or any(place.schedules for place in record.locations),
        somewhere=bool(record.locations or record.service_areas),
        pointed=all(
            _is_pointed(place.lat, place.precision, place.address_visibility) for place in record.locations
        ),
        access=bool(record.access_steps or record.application_process),
        cost=any(cost != Cost.UNKNOWN for cost in record.costs) or bool(record.fees_description),
        languages=bool(record.languages),
        web=bool(record.website),
    )


def of_service(service) -> Facts:
    """From a Service as it is in memory with its parts: a draft counts what it holds."""
    links = list(service.service_at_locations.all())
    places = [link.location for link in links if link.location_id]
    return Facts(
        named_in=_languages_of(service, "name"),
        told_in=_languages_of(service, "summary") | _languages_of(service, "description"),
        summary=bool(_languages_of(service, "summary")),
        description=bool(_languages_of(service, "description")),
        needs=bool(list(service.needs.all())),
        reachable=bool(service.email or list(service.phones.all()) or _any_part(links, "phones")),
        hours=bool(list(service.schedules.all()) or _any_part(links, "schedules")),
        somewhere=bool(links or list(service.service_areas.all())),
        pointed=all(_is_pointed(place.lat, place.precision, place.address_visibility) for place in places),
        access=bool(service.access_steps or _languages_of(service, "application_process")),
        cost=any(cost.option != Cost.UNKNOWN for cost in service.cost_options.all())
        or bool(_languages_of(service, "fees_description")),
        languages=bool(service.languages),
        web=bool(service.website),
    )


def _languages_of(service, name: str) -> frozenset[str]:
    return frozenset(code for code in _LANGUAGES if getattr(service, f"{name}_{code}"))


def _any_part(links, name: str) -> bool:
    return any(list(getattr(link, name).all()) for link in links)


def _is_pointed(lat: float | None, precision: str, visibility: str) -> bool:
    hidden = visibility == AddressVisibility.ADDRESS_HIDDEN
    return hidden or (lat is not None and precision == Precision.ADDRESS)
