"""The places of a listing as its reader may see them; a hidden address has no street, no postcode and no point."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import pgettext

from services.codes import Accessibility, AddressVisibility, PhoneType, Precision
from services.models import Location, Notice, ServiceAtLocation
from services.rules import phone_display, phone_e164

from .hours import HoursBlock, hours_block
from .notices import NoticeLine, notice_lines
from .texts import Said, labels, said_of


@dataclass(frozen=True)
class PhoneLine:
    number: str
    href: str  # empty when it cannot be dialled
    about: Said
    professional: bool


@dataclass(frozen=True)
class Place:
    hours: HoursBlock
    phones: list[PhoneLine]
    notices: list[NoticeLine]
    about: Said
    hidden: bool = True
    professional: bool = False  # only professionals see this address
    name: Said = field(default_factory=Said)
    street: Said = field(default_factory=Said)
    town: str = ""
    transportation: Said = field(default_factory=Said)
    accessibility: list[str] = field(default_factory=list)
    lat: float | None = None
    lon: float | None = None
    precision: str = ""
    route_url: str = ""

    @property
    def rough(self) -> bool:
        return self.precision != Precision.ADDRESS

    @property
    def has_point(self) -> bool:
        return self.lat is not None and self.lon is not None


def phone_lines(phones, professional: bool) -> list[PhoneLine]:
    """Voice numbers that this reader may see; text and fax numbers are named as such."""
    lines = []
    for phone in phones:
        if phone.visibility != "public" and not professional:
            continue
        number = phone_e164(phone.number)
        dialled = phone.type == PhoneType.VOICE
        about = said_of(phone, "description")
        if not dialled:
            about = Said(
                " · ".join(part for part in (phone.get_type_display(), about.text) if part),
                about.lang,
                about.note,
            )
        href = f"tel:{number}" if number and dialled else ""
        lines.append(PhoneLine(phone_display(phone.number), href, about, phone.visibility != "public"))
    return lines


def places(service, *, professional: bool, now: datetime, lang: str) -> list[Place]:
    links = [link for link in service.service_at_locations.all() if link.location_id and link.location.live]
    everywhere = list(
        service.notices.all()
    )  # a service that is closed for a time is closed at all its places
    return [_place(link, everywhere, service.lifecycle, professional, now, lang) for link in links]


def _place(
    link: ServiceAtLocation,
    of_the_service: list[Notice],
    lifecycle: str,
    professional: bool,
    now: datetime,
    lang: str,
) -> Place:
    location = link.location
    notices = list(link.notices.all())
    everywhere = {
        "hours": hours_block(link.schedules.all(), [*of_the_service, *notices], lifecycle, now, lang),
        "phones": phone_lines(link.phones.all(), professional),
    }
    visible = location.address_visibility == AddressVisibility.PUBLIC or (
        professional and location.address_visibility == AddressVisibility.PROFESSIONALS
    )
    if not visible:
        # What is said about the place, its notices and its access could give it away.
        return Place(**everywhere, notices=[], about=Said())
    return Place(
        **everywhere,
        notices=notice_lines(notices, now.date()),
        about=said_of(link, "description"),
        hidden=False,
        professional=location.address_visibility != AddressVisibility.PUBLIC,
        name=said_of(location, "name"),
        street=_street(location),
        town=_town(location),
        transportation=said_of(location, "transportation"),
        accessibility=labels(Accessibility, location.accessibility),
        lat=location.lat,
        lon=location.lon,
        precision=location.precision,
        route_url=_route(location),
    )


def _street(location: Location) -> Said:
    street = said_of(location, "street")
    line = " ".join(part for part in (street.text, location.house_number) if part)
    if line and location.box:
        line += " " + pgettext("address", "box %(box)s") % {"box": location.box}
    return Said(line, street.lang)


def _town(location: Location) -> str:
    commune = said_of(location.commune, "name").text if location.commune else ""
    return " ".join(part for part in (location.postcode, commune) if part)


def _route(location: Location) -> str:
    """Where "show the way" leads; opened only when somebody asks for it."""
    if location.point is None or location.precision not in (Precision.ADDRESS, Precision.STREET):
        return ""
    return "https://www.openstreetmap.org/directions?to={:.5f}%2C{:.5f}".format(*location.point)
