"""What the admin's previews of organisations and locations show; the public sees these only as parts of listings."""

from dataclasses import dataclass

from services.codes import Accessibility
from services.models import Location, Organization

from .places import PhoneLine, phone_lines
from .texts import Said, labels, said_of


@dataclass(frozen=True)
class OrganizationPreview:
    name: Said
    alternate_name: Said
    kind: Said
    description: Said
    phones: list[PhoneLine]
    website: str
    email: str
    services: list[Said]


@dataclass(frozen=True)
class LocationPreview:
    name: Said
    address: str
    visibility: str
    bassin: Said
    neighbourhood: Said
    transportation: Said
    accessibility: list[str]
    lat: float | None
    lon: float | None


def organization_preview(organization: Organization) -> OrganizationPreview:
    services = organization.services.filter(live=True) if organization.pk else []
    return OrganizationPreview(
        name=said_of(organization, "name"),
        alternate_name=said_of(organization, "alternate_name"),
        kind=said_of(organization.organisation_type, "name") if organization.organisation_type else Said(),
        description=said_of(organization, "description"),
        phones=phone_lines(organization.phones.all(), professional=True),
        website=organization.website,
        email=organization.email,
        services=[said_of(service, "name") for service in services],
    )


def location_preview(location: Location) -> LocationPreview:
    street = " ".join(
        part for part in (said_of(location, "street").text, location.house_number, location.box) if part
    )
    commune = said_of(location.commune, "name").text if location.commune else ""
    town = " ".join(part for part in (location.postcode, commune) if part)
    return LocationPreview(
        name=said_of(location, "name"),
        address=", ".join(part for part in (street, town) if part),
        visibility=str(location.get_address_visibility_display()),
        bassin=said_of(location.bassin, "name") if location.bassin else Said(),
        neighbourhood=said_of(location.neighbourhood, "name") if location.neighbourhood else Said(),
        transportation=said_of(location, "transportation"),
        accessibility=labels(Accessibility, location.accessibility),
        lat=location.lat,
        lon=location.lon,
    )
