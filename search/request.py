"""A search as validated values, from the parameters of a page or of the API; it names what is wrong with them."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import get_args
from zoneinfo import ZoneInfo

from .engine import FACETS, Sort
from .vocabulary import Vocabulary

BRUSSELS = ZoneInfo("Europe/Brussels")
MAX_QUERY_LENGTH = 500
MAX_PLACE_LENGTH = 200
MAX_SIZE = 100
DEFAULT_SIZE = 20
MAX_RESULT = 10_000  # deepest result a page may reach
MAX_CODES = 60

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]+")
_POINT = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*,\s*([+-]?\d{1,3}(?:\.\d+)?)\s*")
_OPEN_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


class BadParameter(ValueError):
    """A value that cannot be used; `parameter` is its name and `detail` says what would be right."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(f"{parameter}: {detail}")
        self.parameter = parameter
        self.detail = detail


@dataclass(frozen=True)
class SearchRequest:
    q: str = ""
    lang: str = "fr"
    near_point: tuple[float, float] | None = None  # (lat, lon) WGS84
    near_text: str = ""
    radius_km: float | None = None
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    age: int | None = None
    open_now: bool = False
    open_at: datetime | None = None  # naive local time, Europe/Brussels; set for "now" too
    sort: Sort = "relevance"
    page: int = 1
    size: int = DEFAULT_SIZE
    literal: bool = False  # look for the words as they are typed
    relax: bool = False  # when nothing fits, let filters go
    explain: bool = False  # with the parsed query and each score's parts
    problems: tuple[BadParameter, ...] = ()  # of a lenient parse: what was left out

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


Parameters = Mapping[str, Sequence[str]]


class _Reader:
    """Takes parameters one by one; strict raises at the first that is wrong, lenient remembers and goes on."""

    def __init__(self, parameters: Parameters, strict: bool) -> None:
        self._parameters = parameters
        self._strict = strict
        self.problems: list[BadParameter] = []

    def wrong(self, parameter: str, detail: str) -> None:
        problem = BadParameter(parameter, detail)
        if self._strict:
            raise problem
        self.problems.append(problem)

    def text(self, name: str, longest: int) -> str:
        values = self._parameters.get(name) or [""]
        text = " ".join(_CONTROL.sub(" ", values[-1]).split())
        if len(text) > longest:
            self.wrong(name, f"at most {longest} characters; got {len(text)}")
            text = text[:longest]
        return text

    def whole(self, name: str, lowest: int, highest: int, default: int | None) -> int | None:
        text = self.text(name, 20)
        if not text:
            return default
        if not re.fullmatch(r"[+-]?\d{1,9}", text, re.ASCII) or not lowest <= int(text) <= highest:
            self.wrong(name, f"a whole number from {lowest} to {highest}; got {_shown(text)}")
            return default
        return int(text)

    def flag(self, name: str) -> bool:
        text = self.text(name, 10)
        if text not in ("", "0", "1"):
            self.wrong(name, f"0 or 1; got {_shown(text)}")
        return text == "1"

    def codes(self, name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
        given = [code for code in self._parameters.get(name) or () if code]
        if len(given) > MAX_CODES:
            self.wrong(name, f"at most {MAX_CODES} values; got {len(given)}")
            given = given[:MAX_CODES]
        known: dict[str, None] = {}
        for code in given:
            if vocabulary.knows(name, code):
                known[vocabulary.resolve(name, code)] = None
            elif vocabulary.is_retired(name, code):
                self.wrong(name, f"the code {_shown(code)} is retired and nothing replaces it")
            else:
                self.wrong(name, f"unknown code {_shown(code)}")
        return tuple(known)


def _shown(value: str) -> str:
    text = _CONTROL.sub("?", value)
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


def parse(
    parameters: Parameters,
    *,
    vocabulary: Vocabulary,
    languages: Sequence[str],
    default_language: str,
    now: datetime,
    strict: bool = True,
) -> SearchRequest:
    """The request in these parameters; `now` is naive local time. Strict raises BadParameter."""
    read = _Reader(parameters, strict)
    lang = read.text("lang", 20) or default_language
    if lang not in languages:
        read.wrong("lang", f"one of {', '.join(languages)}; got {_shown(lang)}")
        lang = default_language
    near_point, near_text = _near(read)
    open_now, open_at = _open(read, now)
    size = read.whole("size", 1, MAX_SIZE, DEFAULT_SIZE) or DEFAULT_SIZE
    page = read.whole("page", 1, 1_000_000, 1) or 1
    if page * size > MAX_RESULT:
        read.wrong("page", f"page × size is at most {MAX_RESULT}; narrow the search instead")
        page = 1
    sort = read.text("sort", 20) or "relevance"
    if sort not in get_args(Sort):
        read.wrong("sort", f"one of {', '.join(get_args(Sort))}; got {_shown(sort)}")
        sort = "relevance"
    q = read.text("q", MAX_QUERY_LENGTH)
    age = read.whole("age", 0, 120, None)
    radius_km = _radius(read)
    filters = {facet: codes for facet in FACETS if (codes := read.codes(facet, vocabulary))}
    if sort == "distance" and near_point is None and not near_text:
        read.wrong("sort", "distance needs a place in near")
        sort = "relevance"
    return SearchRequest(
        q=q,
        lang=lang,
        near_point=near_point,
        near_text=near_text,
        radius_km=radius_km,
        filters=filters,
        age=age,
        open_now=open_now,
        open_at=open_at,
        sort=sort,  # type: ignore[arg-type]
        page=page,
        size=size,
        literal=read.flag("literal"),
        relax=read.flag("relax"),
        explain=read.flag("explain"),
        problems=tuple(read.problems),
    )


def _near(read: _Reader) -> tuple[tuple[float, float] | None, str]:
    text = read.text("near", MAX_PLACE_LENGTH)
    match = _POINT.fullmatch(text)
    if match is None:
        return None, text
    lat, lon = float(match[1]), float(match[2])
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        read.wrong("near", f"lat,lon in degrees (-90 to 90, -180 to 180); got {_shown(text)}")
        return None, ""
    return (lat, lon), ""


def _radius(read: _Reader) -> float | None:
    text = read.text("radius_km", 20)
    if not text:
        return None
    try:
        radius = float(text.replace(",", "."))
    except ValueError:
        radius = math.nan
    if not (math.isfinite(radius) and radius > 0):
        read.wrong("radius_km", f"a number of kilometres above 0; got {_shown(text)}")
        return None
    return radius


def _open(read: _Reader, now: datetime) -> tuple[bool, datetime | None]:
    text = read.text("open", 30)
    if not text:
        return False, None
    if text == "now":
        return True, now
    if _OPEN_AT.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
            if abs(moment.year - now.year) <= 10:
                return False, moment
        except ValueError:
            pass
    read.wrong("open", f'"now" or a local date and time such as 2026-11-22T14:30; got {_shown(text)}')
    return False, None


def local_now() -> datetime:
    """Now as naive local time, to the minute."""
    return datetime.now(BRUSSELS).replace(second=0, microsecond=0, tzinfo=None)


def today() -> date:
    return datetime.now(BRUSSELS).date()
