"""The results page: what was asked and understood, the filters, the results, and what to do when there are none."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from search.finder import Found
from search.query.analysis import folded
from search.request import MAX_RESULT, SearchRequest

from ..query import Query, near_value
from .cards import Card, cards
from .facets import RADII_KM, TITLES, Facet, facets
from .nothing import Nothing, nothing, shortened
from .words import day_text

SORTS = {
    "relevance": _("What fits best"),
    "distance": _("The nearest"),
    "name": _("By name"),
    "verified": _("Checked lately"),
}


@dataclass(frozen=True)
class Chip:
    """A part of the search that can be taken away. `kind`: place, words, filter or time."""

    kind: str
    text: str
    url: str


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
    chips = _chips(found, query)
    shown = cards(found)
    return SearchPage(
        found=found,
        query=query,
        near=near_value(request),
        title=_title(found),
        count=_count(found),
        problems=problems_in_words(request),
        chips=chips,
        facets=facets(found, query),
        cards=shown,
        pages=_pages(found, query),
        nothing=None if found.result.total else nothing(found, professional=professional),
        radii=[(f"{km}", _kilometres(km), request.radius_km == km) for km in RADII_KM],
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


def place_name(found: Found) -> str:
    """The asked place in words: its name, or for a point the commune it lies in."""
    place = found.place
    if place is None:
        return ""
    if place.label:
        return place.label
    if place.nis5 is None:
        return gettext("the point you chose")
    commune = found.vocabulary.territory_name("commune", place.nis5, found.request.lang)
    return gettext("your position (%(commune)s)") % {"commune": commune}


def _count(found: Found) -> str:
    total = found.result.total
    if total == 0:
        return gettext("Nothing fits the whole question")
    text = ngettext("%(count)d service", "%(count)d services", total) % {"count": total}
    if found.request.sort == "distance":
        return gettext("%(services)s, the nearest first") % {"services": text}
    return text


def _chips(found: Found, query: Query) -> list[Chip]:
    request, chips = found.request, []
    if found.place is not None:
        chips.append(
            Chip(
                "place",
                gettext("Around %(place)s") % {"place": place_name(found)},
                _without_place(found, query).without("radius_km").url(),
            )
        )
    if request.radius_km and found.place is not None:
        text = gettext("within %(distance)s") % {"distance": _kilometres(request.radius_km)}
        chips.append(Chip("filter", text, query.without("radius_km").url()))
    if found.understood.text:
        text = gettext("“%(words)s”") % {"words": shortened(found.understood.text)}
        chips.append(Chip("words", text, _without_words(found, query).url()))
    for correction in found.understood.corrections:
        said = {"meant": correction.meant, "typed": shortened(correction.typed)}
        text = gettext("“%(typed)s” read as “%(meant)s”") % said
        chips.append(Chip("words", text, query.replaced("q", [_without_word(found, correction.typed)]).url()))
    if request.open_now:
        chips.append(Chip("time", gettext("open now"), query.without("open").url()))
    elif request.open_at is not None:
        said = {"day": day_text(request.open_at.date()), "time": request.open_at.strftime("%H:%M")}
        chips.append(Chip("time", gettext("open on %(day)s at %(time)s") % said, query.without("open").url()))
    for facet in TITLES:
        for code in request.filters.get(facet, ()):
            label = found.vocabulary.label(facet, code, request.lang)
            chips.append(Chip("filter", label, query.without(facet, code).url()))
    if request.age is not None:
        text = ngettext("%(age)d year old", "%(age)d years old", request.age) % {"age": request.age}
        chips.append(Chip("filter", text, query.without("age").url()))
    return chips


def _without_place(found: Found, query: Query) -> Query:
    """Without the place, wherever it was said: in its own field or among the words."""
    if found.understood.place is None:
        return query.without("near")
    return query.replaced("q", [found.understood.text] if found.understood.text else [])


def _without_words(found: Found, query: Query) -> Query:
    """Without the words that carry the need; a place that was said among them stays."""
    place = found.understood.place
    kept = query.without("q")
    return kept if place is None or found.place is None else kept.replaced("near", [found.place.label])


def _without_word(found: Found, typed: str) -> str:
    return " ".join(word for word in found.request.q.split() if folded(word) != folded(typed))


def _kilometres(distance: float) -> str:
    if distance < 1:
        return f"{distance * 1000:.0f} m"
    return (
        shortened(number_format(distance, 0 if distance == int(distance) else 1), 12) + "\N{NO-BREAK SPACE}km"
    )


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
