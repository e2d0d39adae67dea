"""What a reader sees of one hit: names in their language, opening, distance, and why it was found."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import override, pgettext

from services.opening_hours import vectorised
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS
from services.opening_hours.evaluate import OpenState, state_at
from services.opening_hours.values import Hours
from services.records import Texts, pick
from services.rules import STALE_AFTER_DAYS, current_capacity, notice_state

from .cards import PerCard
from .engine import EngineHit
from .finder import Found, hit_points
from .reasons import why
from .request import today
from .vocabulary import Vocabulary


@dataclass(frozen=True)
class Labelled:
    code: str
    label: str


@dataclass(frozen=True)
class Text:
    """A text and the language it is in; `foreign` when that is not the reader's."""

    text: str
    language: str
    foreign: bool


@dataclass(frozen=True)
class PlaceView:
    name: str
    address: str
    postcode: str
    commune: Labelled | None
    lat: float | None
    lon: float | None
    precision: str


@dataclass(frozen=True)
class NoticeView:
    kind: str
    text: str
    language: str
    starts_on: date
    ends_on: date | None
    state: str


@dataclass(frozen=True)
class HitView:
    uuid: str
    slug: str
    name: Text
    organization: Text
    organization_uuid: str
    summary: Text
    place: PlaceView | None
    other_places: int
    hidden_address: bool
    bassin: Labelled | None
    distance_m: float | None
    distance_is_rough: bool
    opening: OpenState | None  # None when nothing is known
    phones: list[dict]
    needs: list[Labelled]
    languages: list[str]
    costs: list[Labelled]
    access_modes: list[Labelled]
    capacity: str
    lifecycle: str
    notices: list[NoticeView]
    verified_on: date | None
    rhythm_days: int  # how long a verification lasts
    example: bool
    source_date: str
    external_ids: dict[str, str]
    score: float
    parts: dict[str, float]
    why: list[str]


@lru_cache(maxsize=20_000)
def unpacked(packed: str) -> Hours:
    return vectorised.unpack(b64decode(packed))


@lru_cache(maxsize=20_000)
def _state(packed: str, minute: datetime) -> OpenState:
    return state_at(unpacked(packed), minute, BELGIAN_HOLIDAYS)


@lru_cache(maxsize=1)
def _order() -> tuple[str, ...]:
    return tuple(code for code, _name in settings.LANGUAGES)


def text_in(texts: Texts, lang: str) -> Text:
    text, language = pick(texts, lang, _order())
    return Text(text, language, bool(text) and language != lang)


def opening(card: dict, place: dict | None, moment: datetime) -> OpenState | None:
    """The state at the shown place, else of the service itself; None when no hours are known."""
    if card["lifecycle"] != "published":
        return None
    packed = (place or {}).get("hours") or card["hours"]
    if packed is None:
        packed = (
            next((other["hours"] for other in card["locations"] if other["hours"]), None)
            if place is None
            else None
        )
    return _state(packed, moment) if packed else None


def shown_place(hit: EngineHit) -> dict | None:
    """Of the card's locations that everybody may see: the nearest to the asked place, else the first."""
    if hit.point is not None:
        points = hit_points(hit)
        if hit.point < len(points):
            return points[hit.point]
    return next((place for place in hit.card["locations"] if not place.get("hidden")), None)


def views(found: Found) -> list[HitView]:
    """Each hit of this search as its reader sees it."""
    return [view(hit, found) for hit in found.result.hits]


def view(hit: EngineHit, found: Found) -> HitView:
    lang, day = found.request.lang, today()
    kept = _kept.of(hit.card, found.vocabulary)
    place = shown_place(hit)
    lasting = kept.get((lang, hit.point, day))
    if lasting is None:
        with override(lang):
            lasting = kept[lang, hit.point, day] = _lasting(hit.card, place, lang, found.vocabulary, day)
    return HitView(
        **lasting,
        distance_m=hit.distance_m,
        opening=opening(hit.card, place, found.now),
        score=hit.score,
        parts=hit.parts,
        why=why(hit, found),
    )


# Of a card: (language, which of its places is shown, day) → what is the same in every search. Nobody writes to it.
_kept: PerCard[dict[tuple[str, int | None, date], dict[str, Any]]] = PerCard(lambda card, known: {})


def _lasting(card: dict, place: dict | None, lang: str, known: Vocabulary, day: date) -> dict[str, Any]:
    shown = [place for place in card["locations"] if not place.get("hidden")]
    notices = card["notices"] + (place["notices"] if place else [])

    def labelled(facet: str, codes) -> list[Labelled]:
        return [Labelled(code, known.label(facet, code, lang)) for code in codes]

    bassin = place["bassin"] if place else None
    return {
        "uuid": card["uuid"],
        "slug": pick(card["slugs"], lang, _order())[0],
        "name": text_in(card["name"], lang),
        "organization": text_in(card["organization"]["name"], lang),
        "organization_uuid": card["organization"]["uuid"],
        "summary": text_in(card["summary"], lang),
        "place": _place(place, lang, known) if place else None,
        "other_places": max(0, len(shown) - 1),
        "hidden_address": any(place.get("hidden") for place in card["locations"]),
        "bassin": Labelled(bassin, known.label("bassin", bassin, lang)) if bassin else None,
        "distance_is_rough": bool(place) and place.get("precision") != "address",
        "phones": [
            {
                "number": phone["number"],
                "e164": phone["e164"],
                "about": pick(phone["about"], lang, _order())[0],
            }
            for phone in [*(place["phones"] if place else []), *card["phones"]]
        ],
        "needs": labelled("need", card["needs"]),
        "languages": card["languages"],
        "costs": labelled("cost", card["costs"]),
        "access_modes": labelled("access_mode", card["access_modes"]),
        "capacity": current_capacity(card["capacity"], _date(card["capacity_on"]), day),
        "lifecycle": card["lifecycle"],
        "notices": _current_notices(notices, lang, day),
        "verified_on": _date(card["verified_on"]),
        "rhythm_days": card.get("rhythm", STALE_AFTER_DAYS),  # an index from before has none
        "example": card["example"],
        "source_date": card["source_date"],
        "external_ids": card["external_ids"],
    }


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _place(place: dict, lang: str, known) -> PlaceView:
    street = pick(place["street"], lang, _order())[0]
    line = " ".join(part for part in (street, place["number"]) if part)
    if place["box"]:
        line += " " + pgettext("address", "box %(box)s") % {"box": place["box"]}
    nis5 = place["nis5"]
    commune = Labelled(nis5, known.territory_name("commune", nis5, lang)) if nis5 else None
    return PlaceView(
        name=pick(place["name"], lang, _order())[0],
        address=line,
        postcode=place["postcode"],
        commune=commune,
        lat=place["lat"],
        lon=place["lon"],
        precision=place["precision"],
    )


def _current_notices(notices: list[dict], lang: str, day: date) -> list[NoticeView]:
    """Current ones first, then those that begin soon."""
    found = []
    for notice in notices:
        starts_on, ends_on = date.fromisoformat(notice["from"]), _date(notice["to"])
        state = notice_state(starts_on, ends_on, day)
        if state in ("current", "incoming"):
            text, language = pick(notice["text"], lang, _order())
            found.append(NoticeView(notice["kind"], text, language, starts_on, ends_on, state))
    return sorted(found, key=lambda notice: (notice.state != "current", notice.starts_on))
