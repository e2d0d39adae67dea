"""When nothing fits: what would be found if less were asked, each with its number, and where else to turn."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext

from search import finder
from search.finder import Found
from search.request import SearchRequest

from ..query import Query, near_value
from .facets import TITLES
from .home_page import NeedRow, home_page

MAX_TRIES = 7  # each costs one search


@dataclass(frozen=True)
class Removal:
    """What the search would find without one of its parts."""

    text: str
    url: str
    count: int


@dataclass(frozen=True)
class Nothing:
    removals: list[Removal]
    cpas_url: str
    needs: list[NeedRow]


def nothing(found: Found, *, professional: bool) -> Nothing:
    """One part is taken away at a time; when that is not enough, one part is kept and the others go."""
    tries = _without_one(found)
    removals = _that_help(tries[:MAX_TRIES], professional)
    if not removals:
        removals = _that_help(_with_one(found)[:MAX_TRIES], professional)
    return Nothing(removals, _welfare_centres(found), home_page(found.request.lang).first)


def _that_help(tries: list[tuple[str, SearchRequest]], professional: bool) -> list[Removal]:
    helpful = []
    for text, request in tries:
        one = replace(request, page=1, size=1, relax=False)
        total = finder.find(one, strict=False, professional=professional).result.total
        if total:
            helpful.append(Removal(text, Query.of(request).url(), total))
    return helpful


def _labels(found: Found, facet: str) -> str:
    request = found.request
    return ", ".join(found.vocabulary.label(facet, code, request.lang) for code in request.filters[facet])


def _without_one(found: Found) -> list[tuple[str, SearchRequest]]:
    request = replace(found.request, page=1)
    tries = []
    if request.open_at is not None:
        tries.append((gettext("also what is closed then"), replace(request, open_at=None, open_now=False)))
    if request.radius_km and found.place is not None:
        tries.append((gettext("also further away"), replace(request, radius_km=None)))
    if request.age is not None:
        tries.append((gettext("for every age"), replace(request, age=None)))
    parts = [(_labels(found, facet), facet) for facet in TITLES if facet in request.filters]
    for label, facet in parts:
        left = {name: codes for name, codes in request.filters.items() if name != facet}
        tries.append(
            (gettext("without “%(filter)s”") % {"filter": shortened(label)}, replace(request, filters=left))
        )
    if request.q and (request.filters or found.place):
        tries.append(
            (gettext("without “%(filter)s”") % {"filter": shortened(request.q)}, replace(request, q=""))
        )
    return tries


def _with_one(found: Found) -> list[tuple[str, SearchRequest]]:
    request = replace(
        found.request, page=1, open_at=None, open_now=False, radius_km=None, age=None, filters={}, q=""
    )
    tries = []
    if found.request.q:
        tries.append((_only(found.request.q), replace(request, q=found.request.q)))
    for facet in TITLES:
        if facet in found.request.filters:
            kept = {facet: found.request.filters[facet]}
            tries.append((_only(_labels(found, facet)), replace(request, filters=kept)))
    return tries


def _only(part: str) -> str:
    return gettext("only “%(filter)s”") % {"filter": shortened(part)}


def shortened(text: str, longest: int = 60) -> str:
    """The text, or its beginning where it is too long for a line."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _welfare_centres(found: Found) -> str:
    """The CPAS/OCMW, the nearest to the asked place first: they help with everything."""
    if not found.vocabulary.knows("organisation_type", "cpas"):
        return ""
    near = [("near", near_value(found.request))] if found.place else []
    return Query((*near, ("organisation_type", "cpas"))).url()
