"""A result as an agent reads it out: the number first, today's hours, room, how sure it is. Two queries for a page."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.timezone import localdate

from directory_site.presenters.cards import Card, cards
from search.engine import EngineHit
from search.finder import Found
from search.results import shown_place, unpacked
from services.codes import Capacity, PhoneType, Visibility
from services.models import Phone
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS
from services.opening_hours.evaluate import intervals_on
from services.rules import phone_forms

from .reporting import open_reports

DAY = 24 * 60  # minutes


@dataclass(frozen=True)
class Number:
    number: str
    dial: str  # E.164, "" when it is none
    about: str = ""
    professional: bool = False


@dataclass(frozen=True)
class Row:
    card: Card
    today: str  # "9:00–12:00, 13:00–16:00", "" when hours are not known
    capacity: str
    full: bool
    numbers: list[Number]
    reports: list[str] = field(default_factory=list)


def rows(found: Found, *, professional: bool) -> list[Row]:
    hits = found.result.hits
    pks = [hit.pk for hit in hits]
    own = professionals_numbers(pks) if professional else {}
    reported = open_reports(pks)
    return [
        Row(
            card=card,
            today=today_in_words(hit, localdate()),
            capacity=_capacity(card.view.capacity),
            full=card.view.capacity in (Capacity.NO_CAPACITY, Capacity.WAITLIST),
            numbers=_numbers(card.view.phones, own.get(hit.pk, [])),
            reports=reported.get(hit.pk, []),
        )
        for card, hit in zip(cards(found), hits, strict=True)
    ]


def _capacity(code: str) -> str:
    if code not in Capacity.values or code == Capacity.UNKNOWN:
        return ""
    return str(Capacity(code).label)


def _numbers(public: Iterable[dict], own: list[Number]) -> list[Number]:
    """The line for professionals first: it is there so that agents need not queue with everybody."""
    found = {number.dial or number.number: number for number in own}
    for phone in public:
        found.setdefault(
            phone["e164"] or phone["number"], Number(phone["number"], phone["e164"] or "", phone["about"])
        )
    return list(found.values())


def professionals_numbers(pks: list[int]) -> dict[int, list[Number]]:
    """Service → its numbers for professionals, which no index holds: one query for the service's, one for its places'."""
    found: dict[int, list[Number]] = defaultdict(list)
    for path in ("service", "service_at_location__service"):
        phones = Phone.objects.filter(
            visibility=Visibility.PROFESSIONALS, type=PhoneType.VOICE, **{f"{path}__in": pks}
        )
        for service, number, about in phones.order_by("pk").values_list(path, "number", "description"):
            shown, dialled = phone_forms(number)
            found[service].append(Number(shown, dialled or "", about, professional=True))
    return found


def today_in_words(hit: EngineHit, day: date) -> str:
    """Of the shown place, else of the service: today's hours, holidays counted; "" when nothing is known or nothing opens."""
    place = shown_place(hit)
    packed = (place or {}).get("hours") or hit.card["hours"]
    if not packed or hit.card["lifecycle"] != "published":
        return ""
    spans = intervals_on(unpacked(packed), day, BELGIAN_HOLIDAYS)
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in spans)


def _clock(minute: int) -> str:
    return "24:00" if minute == DAY else f"{minute % DAY // 60}:{minute % 60:02d}"
