"""What every search engine takes, gives and raises. Pure: no Django, no engine's own types."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
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
class EngineQuery:
    words: tuple[QueryWord, ...] = ()
    language: str = "fr"
    filters: dict[str, frozenset[str]] = field(default_factory=dict)  # facet → any of these codes
    age: int | None = None
    near: tuple[float, float] | None = None  # (lat, lon)
    radius_m: float | None = None
    areas: tuple[str, ...] = ()  # territories that the asked place lies in, smallest first
    bassin: str | None = None  # the asked place's own
    open_at: datetime | None = None  # naive local time, Europe/Brussels
    today: int = 0  # proleptic day number
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20
    professional: bool = False  # the reader may see listings for professionals
    facets: tuple[str, ...] = FACETS


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
