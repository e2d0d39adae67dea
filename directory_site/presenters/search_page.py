"""The results page: what was asked and understood, the filters, the results, and what to do when there are none."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from search.finder import Found
from search.request import MAX_RESULT, SearchRequest

from ..query import Query, near_value
from .cards import Card, cards
from .chips import Chip, Hints, chips, hints, kilometres, place_name, relaxed_in_words
from .explained import Explained, explained
from .facets import RADII_KM, Facet, facets
from .nothing import Nothing, nothing, shortened

SORTS = {
    "relevance": _("What fits best"),
    "distance": _("The nearest"),
    "name": _("By name"),
    "verified": _("Checked lately"),
}


@dataclass(frozen=True)
class Pages:
    number: int
    last: int
    previous_url: str
    next_url: str


@dataclass(frozen=True)
class SearchPage:
    found: Found
    query: Query
    near: str
    title: str
    count: str
    problems: list[str]
    chips: list[Chip]
    relaxed: str  # what was let go so that something fits, in a sentence; empty when nothing was
    hints: Hints
    explained: Explained | None
    facets: list[Facet]
    cards: list[Card]
    pages: Pages
    nothing: Nothing | None
    radii: list[tuple[str, str, bool]]
    sorts: list[tuple[str, object, bool]]
    clear_url: str

    @property
    def filter_count(self) -> int:
        return sum(facet.chosen for facet in self.facets)


def search_page(found: Found, *, professional: bool) -> SearchPage:
    request = found.request
    query = Query.of(request)
    shown = cards(found)
    return SearchPage(
        found=found,
        query=query,
        near=near_value(request),
        title=_title(found),
        count=_count(found),
        problems=problems_in_words(request),
        chips=chips(found, query),
        relaxed=relaxed_in_words(found),
        hints=hints(found, query),
        explained=explained(found) if request.explain else None,
        facets=facets(found, query),
        cards=shown,
        pages=_pages(found, query),
        nothing=None if found.result.total else nothing(found, professional=professional),
        radii=[(f"{km}", kilometres(km), request.radius_km == km) for km in RADII_KM],
        sorts=[
            (code, label, code == request.sort)
            for code, label in SORTS.items()
            if code != "distance" or found.place
        ],
        clear_url=_kept_words(query).url(),
    )


def _kept_words(query: Query) -> Query:
    """Only the words and the place: every filter taken away."""
    return Query(tuple(pair for pair in query.pairs if pair[0] in ("q", "near")))


def _title(found: Found) -> str:
    parts = [found.request.q, place_name(found)]
    known, lang = found.vocabulary, found.request.lang
    parts += [known.label("need", code, lang) for code in found.request.filters.get("need", ())[:2]]
    said = " · ".join(part for part in parts if part)
    return said or gettext("All services")


def _count(found: Found) -> str:
    total = found.result.total
    if total == 0:
        return gettext("Nothing fits the whole question")
    text = ngettext("%(count)d service", "%(count)d services", total) % {"count": total}
    if found.request.sort == "distance":
        return gettext("%(services)s, the nearest first") % {"services": text}
    return text


def _pages(found: Found, query: Query) -> Pages:
    request = found.request
    last = max(1, -(-min(found.result.total, MAX_RESULT) // request.size))
    number = request.page
    return Pages(
        number=number,
        last=last,
        previous_url=query.page(min(number - 1, last)).url() if number > 1 else "",
        next_url=query.page(number + 1).url() if number < last else "",
    )


_PARAMETERS = {
    "radius_km": _("the distance"),
    "open": _("the opening time"),
    "sort": _("the order"),
    "page": _("the page number"),
    "size": _("the number of results"),
    "age": _("the age"),
}


def problems_in_words(request: SearchRequest) -> list[str]:
    """What of the address could not be used, each said once."""
    found: dict[str, None] = {}
    for problem in request.problems:
        if problem.parameter == "near" and request.near_text:
            text = gettext(
                "We do not know the place “%(place)s”. Try a postcode or the name of a commune. For now we look everywhere."
            ) % {"place": shortened(request.near_text)}
        elif problem.parameter == "near":
            text = gettext("That point is not on the map. For now we look everywhere.")
        elif problem.parameter == "q":
            text = gettext("Your question is very long. Only its beginning was used.")
        elif problem.parameter in _PARAMETERS:
            what = _PARAMETERS[problem.parameter]
            text = gettext("We did not understand %(what)s, and left it out.") % {"what": what}
        else:
            text = gettext("We do not know one of the filters, and left it out.")
        found[text] = None
    return list(found)
