"""The conditions of a search that the database can tell: who may see a listing, ages, codes, and the asked place."""

from math import cos, radians

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from search.engine import EngineQuery
from search.vocabulary import Vocabulary
from services import selectors
from services.models import CostOption, Service, ServiceArea, ServiceAtLocation, ServiceAudience

METRES_A_DEGREE = 111_000.0
# Without a radius distance never excludes; listings this near are only taken first.
NEARBY_METRES = 3000.0


def filtered(query: EngineQuery, known: Vocabulary) -> QuerySet:
    """The listings that the reader may see and no filter excludes; opening hours are left to the index of them."""
    found = selectors.listed()
    if not query.professional:
        found = found.filter(visibility="public")
    if query.age is not None:
        found = found.filter(
            Q(minimum_age=None) | Q(minimum_age__lte=query.age),
            Q(maximum_age=None) | Q(maximum_age__gte=query.age),
        )
    for facet, codes in query.filters.items():
        if codes:
            found = _with_codes(found, facet, set(codes), known)
    if query.near is not None and query.radius_m is not None:
        found = found.filter(_around(query.near, query.radius_m))
    return found


def near(query: EngineQuery) -> list[Q]:
    """The condition of standing near the asked place, if there is one."""
    return [] if query.near is None else [_around(query.near, NEARBY_METRES)]


def _around(point: tuple[float, float], metres: float) -> Q:
    lat, lon = point
    high = metres / METRES_A_DEGREE
    wide = high / max(0.01, cos(radians(lat)))
    places = _shown().filter(
        location__lat__range=(lat - high, lat + high), location__lon__range=(lon - wide, lon + wide)
    )
    return Q(pk__in=places.values("service"))


def _shown() -> QuerySet:
    """Links to places whose address everybody may see."""
    return ServiceAtLocation.objects.filter(location__live=True, location__address_visibility="public")


def _with_codes(found: QuerySet, facet: str, codes: set[str], known: Vocabulary) -> QuerySet:
    codes = codes | {old for old, new in known.replaced.get(facet, {}).items() if new in codes}
    if facet == "need":
        held = Service.needs.through._default_manager.filter(
            Q(taxonomyterm__code__in=codes) | Q(taxonomyterm__parent__code__in=codes)
        )
        return found.filter(pk__in=held.values("service"))
    if facet == "organisation_type":
        own = Q(organisation_type__code__in=codes)
        return found.filter(own | Q(organisation_type=None, organization__organisation_type__code__in=codes))
    if facet == "audience":  # only an exclusive audience keeps others out
        exclusive = ServiceAudience.objects.filter(welcome="exclusive").values("service")
        named = ServiceAudience.objects.filter(term__code__in=codes).values("service")
        return found.filter(~Q(pk__in=exclusive) | Q(pk__in=named))
    if facet == "cost":
        return found.filter(pk__in=CostOption.objects.filter(option__in=codes).values("service"))
    if facet in ("language", "access_mode"):  # a JSON array: SQLite has no operator that looks into it
        column = {"language": "languages", "access_mode": "access_modes"}[facet]
        condition = Q(pk__in=[])
        for code in codes:
            condition |= Q(**{f"{facet}_codes__contains": f'"{code}"'})
        return found.annotate(**{f"{facet}_codes": Cast(column, TextField())}).filter(condition)
    return found.filter(_in_territories(facet, codes, known))


def _in_territories(kind: str, codes: set[str], known: Vocabulary) -> Q:
    """In a commune or bassin: by a public address there, or by an area that lies in it or that it lies in."""
    if kind == "commune":
        communes = codes
        bassins = {known.commune_bassin[code] for code in codes if code in known.commune_bassin}
    else:
        communes = {nis5 for code in codes for nis5 in known.bassin_communes.get(code, [])}
        bassins = codes
    places = _shown().filter(**{f"location__{kind}__code__in": codes})
    areas = ServiceArea.objects.filter(
        Q(territory__kind="commune", territory__code__in=communes)
        | Q(territory__kind="bassin", territory__code__in=bassins)
    )
    return Q(pk__in=places.values("service")) | Q(pk__in=areas.values("service"))
