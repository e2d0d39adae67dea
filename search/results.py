"""What a reader sees of one hit: names in their language, opening, distance, and why it was found."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, pgettext

from services.opening_hours import vectorised
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS
from services.opening_hours.evaluate import OpenState, state_at
from services.opening_hours.values import Hours
from services.records import Texts, pick
from services.rules import current_capacity, notice_state

from .engine import EngineHit, QueryWord
from .finder import Found, hit_points
from .query.analysis import analysed_name
from .request import today


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


def views(found: Found) -> list[HitView]:
    """Each hit of this search as its reader sees it."""
    return [view(hit, found) for hit in found.result.hits]


def view(hit: EngineHit, found: Found) -> HitView:
    card, lang, known = hit.card, found.request.lang, found.vocabulary
    points = hit_points(hit)
    shown = [place for place in card["locations"] if not place.get("hidden")]
    place = (
        points[hit.point]
        if hit.point is not None and hit.point < len(points)
        else (shown[0] if shown else None)
    )
    day = today()
    notices = card["notices"] + (place["notices"] if place else [])

    def labelled(facet: str, codes) -> list[Labelled]:
        return [Labelled(code, known.label(facet, code, lang)) for code in codes]

    bassin = place["bassin"] if place else None
    return HitView(
        uuid=card["uuid"],
        slug=pick(card["slugs"], lang, _order())[0],
        name=text_in(card["name"], lang),
        organization=text_in(card["organization"]["name"], lang),
        organization_uuid=card["organization"]["uuid"],
        summary=text_in(card["summary"], lang),
        place=_place(place, lang, known) if place else None,
        other_places=max(0, len(shown) - 1),
        hidden_address=any(place.get("hidden") for place in card["locations"]),
        bassin=Labelled(bassin, known.label("bassin", bassin, lang)) if bassin else None,
        distance_m=hit.distance_m,
        distance_is_rough=bool(place) and place.get("precision") != "address",
        opening=opening(card, place, found.now),
        phones=[
            {
                "number": phone["number"],
                "e164": phone["e164"],
                "about": pick(phone["about"], lang, _order())[0],
            }
            for phone in [*(place["phones"] if place else []), *card["phones"]]
        ],
        needs=labelled("need", card["needs"]),
        languages=card["languages"],
        costs=labelled("cost", card["costs"]),
        access_modes=labelled("access_mode", card["access_modes"]),
        capacity=current_capacity(card["capacity"], _date(card["capacity_on"]), day),
        lifecycle=card["lifecycle"],
        notices=_current_notices(notices, lang, day),
        verified_on=_date(card["verified_on"]),
        example=card["example"],
        source_date=card["source_date"],
        external_ids=card["external_ids"],
        score=hit.score,
        parts=hit.parts,
        why=why(hit, found),
    )


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


def why(hit: EngineHit, found: Found) -> list[str]:
    """The reasons, in the reader's words: where each word was found, how near, open at the asked time."""
    card, lang, known = hit.card, found.request.lang, found.vocabulary
    reasons = []
    for word in found.words:
        where = _where(word, card, known, all_words=found.result.all_words)
        if where is not None:
            reasons.append(
                gettext("“%(word)s” in %(where)s") % {"word": word.surface, "where": gettext(where)}
            )
    if hit.distance_m is not None and found.place is not None:
        where = found.place.label or gettext("the place you gave")
        reasons.append(
            gettext("%(distance)s from %(place)s")
            % {"distance": distance_text(hit.distance_m), "place": where}
        )
    elif found.place is not None and set(card["areas"]) & set(found.place.areas):
        reasons.append(gettext("serves the place you gave"))
    if found.request.open_now:
        reasons.append(gettext("open now"))
    elif found.request.open_at is not None:
        reasons.append(gettext("open at the time you asked"))
    for facet, codes in found.request.filters.items():
        if facet == "audience":
            named = {code for code, _welcome in card["audiences"]}
            reasons += [known.label(facet, code, lang) for code in codes if code in named]
    return reasons


def _where(word: QueryWord, card: dict, known, *, all_words: bool) -> str | None:
    """Where in the listing this word stands (a message id), the most telling place first."""
    stems = dict(word.stems)

    def stands_in(texts: Texts) -> bool:
        for language, text in texts.items():
            folded, stemmed = analysed_name(text, language)
            if word.exact in folded or stems.get(language) in stemmed:
                return True
        return False

    places = [place for place in card["locations"] if not place.get("hidden")]
    if stands_in(card["name"]):
        return gettext_noop("the name")
    if stands_in(card["alternate"]) or any(stands_in(place["name"]) for place in places):
        return gettext_noop("another name")
    needs, parents = known.labels.get("need", {}), known.parents.get("need", {})
    codes = [*card["needs"], *(parents[code] for code in card["needs"] if code in parents)]
    kind = known.labels.get("organisation_type", {}).get(card["type"] or "", {})
    if any(stands_in(needs.get(code, {})) for code in codes) or stands_in(kind):
        return gettext_noop("the needs")
    if stands_in(card["organization"]["name"]):
        return gettext_noop("the organisation")
    for place in places:
        commune = known.territory_names.get(("commune", place["nis5"]), {})
        if word.exact == place["postcode"] or stands_in(place["street"]) or stands_in(commune):
            return gettext_noop("the address")
    # The description is not on the card; when every word matched and this one stands nowhere else, it is there.
    return gettext_noop("the description") if all_words or stands_in(card["summary"]) else None


def distance_text(metres: float) -> str:
    """ "800 m", "2,4 km": as people say it, in the active language's decimal sign."""
    from django.utils.formats import number_format

    if metres < 950:
        return f"{max(50, round(metres / 50) * 50)} m"
    return f"{number_format(round(metres / 1000, 1), 1)} km"
