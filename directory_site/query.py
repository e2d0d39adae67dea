"""The address of a search: a request written back as a query string, with parts added or taken away."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import translation

from search.engine import FACETS
from search.request import DEFAULT_SIZE, SearchRequest

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Query:
    """Parameters in a fixed order, without what is empty or the default; the page number is dropped by any change."""

    pairs: Pairs

    @classmethod
    def of(cls, request: SearchRequest) -> "Query":
        """The query that asks for the same search: only values that were understood are in it."""
        pairs: list[tuple[str, str]] = []
        if request.q:
            pairs.append(("q", request.q))
        if near := near_value(request):
            pairs.append(("near", near))
        if request.radius_km:
            pairs.append(("radius_km", f"{request.radius_km:g}"))
        for facet in FACETS:
            pairs += [(facet, code) for code in request.filters.get(facet, ())]
        if request.age is not None:
            pairs.append(("age", str(request.age)))
        if request.open_now:
            pairs.append(("open", "now"))
        elif request.open_at is not None:
            pairs.append(("open", request.open_at.strftime("%Y-%m-%dT%H:%M")))
        if request.sort != "relevance":
            pairs.append(("sort", request.sort))
        if request.literal:
            pairs.append(("literal", "1"))
        if request.size != DEFAULT_SIZE:
            pairs.append(("size", str(request.size)))
        return cls(tuple(pairs))

    def without(self, name: str, value: str | None = None) -> "Query":
        """Without this value of a parameter, or without the parameter."""
        return Query(
            tuple(pair for pair in self.pairs if pair[0] != name or (value is not None and pair[1] != value))
        )

    def replaced(self, name: str, values: Iterable[str]) -> "Query":
        return Query((*self.without(name).pairs, *((name, value) for value in values)))

    def page(self, number: int) -> "Query":
        return self.replaced("page", [str(number)] if number > 1 else [])

    def __str__(self) -> str:
        return urlencode(self.pairs)

    def url(self, language: str | None = None) -> str:
        """The search page with this query, in the active language or another."""
        if language is None:
            path = reverse("search")
        else:
            with translation.override(language):
                path = reverse("search")
        return f"{path}?{self}" if self.pairs else path


def near_value(request: SearchRequest) -> str:
    """What stood in `near`: words, or "lat,lon" with four decimals (about 10 m)."""
    if request.near_point is not None:
        return "{:.4f},{:.4f}".format(*request.near_point)
    return request.near_text
