"""What a caller reads out and confirms, in the order of the call: the published listing as lines of plain text."""

from dataclasses import dataclass
from dataclasses import field as with_default

from django.utils.timezone import localdate, localtime
from django.utils.translation import get_language, gettext

from services import codes
from services.codes import AddressVisibility, ConfirmedField, NoticeKind, PhoneType, Visibility
from services.models import Phone, Service
from services.opening_hours import UNKNOWN, Hours, state_at
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS
from services.opening_hours.closures import closure_rules
from services.opening_hours.schedules import ScheduleRowError, from_schedule_rows
from services.opening_hours.words import describe, describe_state
from services.rules import current_capacity, phone_forms
from services.selectors import SCHEDULE_COLUMNS

from .corrections import source_language


@dataclass(frozen=True)
class Number:
    """A number to dial: as people read it, as a telephone dials it ("" when it cannot), and who answers."""

    shown: str
    href: str
    about: str
    uuid: str = ""
    own: bool = True  # of the listing or its place; the organisation's is mended elsewhere


@dataclass(frozen=True)
class Line:
    """One thing to confirm. `texts`: what we say now, empty when we say nothing; `field`: where the full form has it."""

    code: str
    texts: list[str] = with_default(default_factory=list)
    field: str = ""

    @property
    def label(self) -> str:
        return str(ConfirmedField(self.code).label)


def numbers(service: Service, *, public: bool = False) -> list[Number]:
    """Numbers to dial: the listing's, those of its places, then the organisation's. `public`: what everybody sees."""
    found = [_number(phone) for phone in _dialled(service.phones.all(), public)]
    for link in service.service_at_locations.all():
        where = link.location.address_line if link.location_id and not public else ""
        found += [_number(phone, where) for phone in _dialled(link.phones.all(), public)]
    known = {number.href for number in found}
    for phone in _dialled(service.organization.phones.all(), public):
        number = _number(phone, str(service.organization), own=False)
        if number.href not in known:
            found.append(number)
    return found


def _dialled(phones, public: bool) -> list[Phone]:
    return [
        phone
        for phone in phones
        if phone.type != PhoneType.FAX and (not public or phone.visibility == Visibility.PUBLIC)
    ]


def _number(phone: Phone, where: str = "", *, own: bool = True) -> Number:
    shown, dialled = phone_forms(phone.number)
    kind = phone.get_type_display() if phone.type != PhoneType.VOICE else ""
    about = " · ".join(part for part in (phone.description, kind, where) if part)
    return Number(shown, f"tel:{dialled}" if dialled else "", about, str(phone.uuid), own)


def state_now(service: Service) -> tuple[str, str]:
    """("open" | "closed" | "unknown", in words) at this minute, of the listing's hours or the best of its places."""
    now = localtime().replace(tzinfo=None)
    best = ("unknown", "")
    for rows, notices in _sets(service):
        hours = _hours(rows)
        if not hours.known:
            continue
        closures = closure_rules(
            (notice.starts_on, notice.ends_on) for notice in notices if notice.kind == NoticeKind.CLOSURE
        )
        opening = state_at(Hours((*hours.rules, *closures)), now, BELGIAN_HOLIDAYS)
        if opening.open or best[0] == "unknown":
            best = ("open" if opening.open else "closed", describe_state(opening, now, _language(), gettext))
    return best


def _sets(service: Service):
    own = list(service.notices.all())
    yield list(service.schedules.all()), own
    for link in service.service_at_locations.all():
        yield list(link.schedules.all()), [*own, *link.notices.all()]


def _hours(rows) -> Hours:
    if not rows:
        return UNKNOWN
    try:
        return from_schedule_rows(
            {column: getattr(row, column) for column in SCHEDULE_COLUMNS} for row in rows
        )
    except ScheduleRowError:
        return UNKNOWN


def _language() -> str:
    return get_language() or "fr"


def _labels(choices, values) -> list[str]:
    known = dict(choices.choices)
    return [str(known.get(value, value)) for value in values]


def lines(service: Service, *, public: bool = False) -> list[Line]:
    """Everything there is to confirm, in the order of ConfirmedField. `public`: without what only professionals see."""
    links = [link for link in service.service_at_locations.all() if link.location_id]
    language = source_language(service)
    steps = ", ".join(_labels(codes.AccessStep, service.access_steps))
    spoken = ", ".join(_labels(codes.Language, service.languages))
    summary, told = (getattr(service, f"{name}_{language}") for name in ("summary", "description"))
    name = _some(getattr(service, f"name_{language}"), service.alternate_name)
    found = [
        Line(ConfirmedField.NAME, name, f"name_{language}"),
        Line(ConfirmedField.PHONE, [number.shown for number in numbers(service, public=public)], "phones"),
        Line(
            ConfirmedField.ADDRESS,
            [_address(link.location, public) for link in links],
            "service_at_locations",
        ),
        Line(ConfirmedField.HOURS, _hours_in_words(service, links, public), "schedules"),
        Line(ConfirmedField.ACCESS, _some(steps, service.application_process), "access_steps"),
        Line(ConfirmedField.AUDIENCE, _for_whom(service), "audiences"),
        Line(ConfirmedField.COST, _costs(service), "cost_options"),
        Line(ConfirmedField.LANGUAGES, _some(spoken), "languages"),
        Line(ConfirmedField.DESCRIPTION, _some(summary, told), f"summary_{language}"),
        Line(ConfirmedField.CAPACITY, _capacity(service), "capacity"),
    ]
    return [line for line in found if links or line.code != ConfirmedField.ADDRESS]


def _some(*texts: str | None) -> list[str]:
    return [text for text in texts if text]


def _address(location, public: bool) -> str:
    if public and location.address_visibility != AddressVisibility.PUBLIC:
        return str(location.get_address_visibility_display())
    text = " · ".join(
        part for part in (location.name, location.address_line, location.postcode, str(location.commune or ""))
        if part
    )  # fmt: skip
    if location.address_visibility == AddressVisibility.ADDRESS_HIDDEN:
        return f"{text} ({location.get_address_visibility_display()})"
    return text


def _hours_in_words(service: Service, links, public: bool) -> list[str]:
    found = _sentences(service.schedules.all())
    for link in links:
        said = _sentences(link.schedules.all())
        where = f"{_address(link.location, public)}: " if said and len(links) > 1 else ""
        found += [f"{where}{'; '.join(said)}"] if where else said
    return found


def _sentences(rows) -> list[str]:
    hours = _hours(list(rows))
    return describe(hours, _language(), gettext, today=localdate()) if hours.known else []


def _for_whom(service: Service) -> list[str]:
    found = [str(audience) for audience in service.audiences.all()]
    if service.minimum_age is not None or service.maximum_age is not None:
        low = "…" if service.minimum_age is None else service.minimum_age
        high = "…" if service.maximum_age is None else service.maximum_age
        found.append(gettext("Age: %(low)s to %(high)s") % {"low": low, "high": high})
    if service.eligibility_description:
        found.append(service.eligibility_description)
    return found or [gettext("Everybody is welcome")]


def _costs(service: Service) -> list[str]:
    found = []
    for cost in service.cost_options.all():
        amount = f"{cost.amount} €" if cost.amount is not None else ""
        found.append(" · ".join(part for part in (str(cost), amount, cost.amount_description) if part))
    return [*found, *_some(service.fees_description)]


def _capacity(service: Service) -> list[str]:
    known = current_capacity(service.capacity, service.capacity_updated_on, localdate())
    return [] if known == codes.Capacity.UNKNOWN else [str(codes.Capacity(known).label)]
