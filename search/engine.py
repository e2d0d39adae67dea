"""What every search engine takes, gives and raises. Pure: no Django, no engine's own types."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable

FACETS = (
    "need",
    "organisation_type",
    "audience",
    "language",
    "cost",
    "access_mode",
    "bassin",
    "commune",
)
Sort = Literal["relevance", "distance", "name", "verified"]
# A stretch of time ("Sunday morning") is looked at this often: no counter opens for less.
OPEN_STEP = timedelta(minutes=30)
LONG = timedelta(hours=6)  # beyond this, every hour


class EngineError(Exception):
    """Something is wrong with the index or its server; callers fall back or answer 503."""


class IndexMissing(EngineError):
    """There is no index yet, or it does not fit this version: rebuild it."""


class IndexBusy(EngineError):
    """Another process is writing; whoever holds the lock follows to the head of the log."""


class EngineUnavailable(EngineError):
    """The engine's server does not answer."""


@dataclass(frozen=True, slots=True)
class Point:
    """One place of a listing whose address everybody may see; degrees, WGS84."""

    lat: float
    lon: float


@dataclass(slots=True)
class IndexDocument:
    """A listing as it is indexed. Texts are already tokens; codes already include their parents."""

    pk: int
    uuid: str
    version: int
    exact: dict[str, list[str]]  # field → folded words, all languages
    stems: dict[str, dict[str, list[str]]]  # field → language → stems
    codes: dict[str, list[str]]  # facet → codes ("audience": those a filter keeps it for; see audience_open)
    audience_open: bool  # nobody is excluded: an audience filter keeps it whatever the code
    audience_named: list[str]  # audiences it is made for
    points: list[Point]
    areas: list[str]  # territories served, "commune:21004", "region:04000", "country:be"
    hours: list[bytes]  # packed opening hours: the service's own and each place's
    minimum_age: int
    maximum_age: int
    professional: bool  # for professionals only
    lifecycle: str
    capacity_full: bool
    verified: int  # proleptic day number, 0 when never
    name_keys: dict[str, str]  # language → folded name, to sort by
    card: dict[str, Any]  # what a results page shows, JSON


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word of the query: as typed, folded, and its stem in each language."""

    surface: str
    exact: str
    stems: tuple[tuple[str, str], ...]  # (language, stem)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What adjacent words of a query mean beside themselves: codes that listings are filed under, and other names.

    It covers words `start` to `start + length` of the query; a length of 0 stands for words that carry nothing by
    themselves ("rien du tout"). `optional`: a listing without it is found too, only later.
    """

    start: int
    length: int
    codes: tuple[tuple[str, str, float], ...] = ()  # (facet, code, share of the weight, 0 to 1)
    names: tuple[tuple[QueryWord, ...], ...] = ()  # other names; a listing has one when it has all its words
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """What a listing has or has not as a whole: adjacent words, or what they mean."""

    words: tuple[QueryWord, ...]
    meaning: Meaning | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class EngineQuery:
    words: tuple[QueryWord, ...] = ()
    meanings: tuple[Meaning, ...] = ()  # in order of their start; none covers another's words
    optional: frozenset[int] = frozenset()  # words, by position, that a listing need not have
    story: bool = False  # one of the meanings will do; those who have several come first
    language: str = "fr"
    filters: dict[str, frozenset[str]] = field(default_factory=dict)  # facet → any of these codes
    age: int | None = None
    near: tuple[float, float] | None = None  # (lat, lon)
    radius_m: float | None = None
    areas: tuple[str, ...] = ()  # territories that the asked place lies in, smallest first
    bassin: str | None = None  # the asked place's own
    open_at: datetime | None = None  # naive local time, Europe/Brussels
    open_until: datetime | None = None  # with it: open at some time from `open_at` to before this
    open_days: int = 1  # the same hours on so many days from then on
    today: int = 0  # proleptic day number
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20
    professional: bool = False  # the reader may see listings for professionals
    facets: tuple[str, ...] = FACETS

    def units(self) -> tuple[Unit, ...]:
        """Words and meanings in their order; one that nothing covers is a unit of its own."""
        found: list[Unit] = []
        position = 0
        for meaning in self.meanings:
            found += self._alone(position, meaning.start)
            position = meaning.start + meaning.length
            found.append(Unit(self.words[meaning.start : position], meaning, meaning.optional))
        return (*found, *self._alone(position, len(self.words)))

    def _alone(self, start: int, end: int) -> list[Unit]:
        return [Unit((self.words[at],), None, at in self.optional) for at in range(start, end)]

    def moments(self) -> tuple[datetime, ...]:
        """The moments at which a listing has to be open at least once; none when no time was asked."""
        if self.open_at is None:
            return ()
        lasts = (self.open_until or self.open_at) - self.open_at
        step = OPEN_STEP if lasts <= LONG else 2 * OPEN_STEP
        first = [self.open_at + number * step for number in range(max(1, -(-lasts // step)))]
        return tuple(moment + timedelta(days=day) for day in range(self.open_days) for moment in first)


@dataclass(slots=True)
class EngineHit:
    pk: int
    uuid: str
    score: float
    parts: dict[str, float]  # factor → value, for explain
    distance_m: float | None
    point: int | None  # which of the listing's points is the nearest
    card: dict[str, Any]


@dataclass(slots=True)
class EngineResult:
    total: int
    hits: list[EngineHit]
    facets: dict[str, dict[str, int]]
    all_words: bool = True  # False: nothing had every word, so some were let go
    degraded: bool = False  # the embedded index answered for a server that did not


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    language: str
    kind: Literal["service", "organization"]
    uuid: str


@runtime_checkable
class Engine(Protocol):
    """An index of listings. All methods raise EngineError and nothing of their own libraries."""

    name: str

    def search(self, query: EngineQuery) -> EngineResult: ...

    def complete(self, words: list[str], prefix: str, language: str, limit: int) -> list[Completion]:
        """Names with all `words` and a word that begins with `prefix` (all folded)."""
        ...

    def apply(self, documents: Iterable[IndexDocument], deleted: Iterable[int], cursor: int) -> None:
        """Replace these documents, drop those primary keys, and remember that the log was read up to `cursor`."""
        ...

    def rebuild(self, documents: Iterable[IndexDocument], cursor: int) -> int:
        """Build a new index beside the old and swap; returns how many documents. Searches go on meanwhile."""
        ...

    def cursor(self) -> int:
        """The last change applied; raises IndexMissing."""
        ...

    def versions(self) -> Iterator[tuple[int, int]]:
        """(pk, version) of every document, for reconcile."""
        ...

    def size(self) -> dict[str, int]:
        """{"documents": n, "bytes": on disk}."""
        ...
