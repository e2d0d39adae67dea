"""From an EngineQuery to the body of one search: what matches, what filters, what counts, in which order."""

from search.engine import EngineQuery

from . import scoring
from .schema import CLOSED_FOR_GOOD, LANGUAGES, SHOWN, sort_field

MOST_CODES = 2000  # of a facet; Belgium has 565 communes
# The server throws out what is clearly outside; its own distances differ from ours by less than this.
CIRCLE_MARGIN = 1.001
CIRCLE_MARGIN_M = 5.0


def body(query: EngineQuery, text: dict | None, names: dict | None) -> dict:
    """The search. `text` scores and matches the words (None: no words); `names` is true where a name has them all."""
    keep = {facet: facet_filter(facet, codes) for facet, codes in query.filters.items() if codes}
    return {
        "query": {"bool": {"must": [_scored(query, text, names)], "filter": _eligible(query, names)}},
        "post_filter": {"bool": {"filter": list(keep.values())}},
        "aggs": {facet: _counted(facet, keep) for facet in query.facets},
        "sort": _order(query),
        "from": query.offset,
        "size": query.limit,
        "track_scores": True,
        "track_total_hits": True,
        "_source": list(SHOWN),
        "script_fields": {"factors": {"script": scoring.factors(query)}},
    }


def facet_filter(facet: str, codes) -> dict:
    wanted = {"terms": {facet: sorted(codes)}}
    if facet != "audience":
        return wanted
    # Only an exclusive audience keeps others out.
    return {"bool": {"should": [wanted, {"term": {"audience_open": True}}]}}


def _scored(query: EngineQuery, text: dict | None, names: dict | None) -> dict:
    if text is None:
        return {"match_all": {}}
    return {
        "function_score": {
            "query": text,
            "functions": [
                {"filter": names, "script_score": {"script": scoring.whole_name(len(query.words))}}
            ],
            "boost_mode": "multiply",
        }
    }


def _eligible(query: EngineQuery, names: dict | None) -> list[dict]:
    """What this reader may get at all: visibility, closed for good, age, circle, opening."""
    not_closed = {"range": {"lifecycle": {"lt": CLOSED_FOR_GOOD}}}
    filters: list[dict] = [
        not_closed if names is None else {"bool": {"should": [not_closed, names]}},
    ]
    if not query.professional:
        filters.append({"term": {"professional": False}})
    if query.age is not None:
        filters.append({"range": {"minimum_age": {"lte": query.age}}})
        filters.append({"range": {"maximum_age": {"gte": query.age}}})
    if query.near is not None and query.radius_m is not None:
        lat, lon = query.near
        roughly = query.radius_m * CIRCLE_MARGIN + CIRCLE_MARGIN_M
        filters.append(
            {"geo_distance": {"distance": f"{roughly:.2f}m", "location": {"lat": lat, "lon": lon}}}
        )
        filters.append({"script": {"script": scoring.inside(query)}})
    if query.open_at is not None:
        filters.append({"exists": {"field": "hours"}})
        filters.append({"script": {"script": scoring.opening(query)}})
    return filters


def _counted(facet: str, keep: dict[str, dict]) -> dict:
    """Listings by code with every other facet's filter applied."""
    others = [kept for other, kept in keep.items() if other != facet]
    field = "named" if facet == "audience" else facet
    return {
        "filter": {"bool": {"filter": others}},
        "aggs": {"codes": {"terms": {"field": field, "size": MOST_CODES}}},
    }


def _order(query: EngineQuery) -> list[dict]:
    """Ties fall to the nearer, then to the older listing; as embedded/ranking.py orders."""
    by_score = {"_script": {"type": "number", "order": "desc", "script": scoring.score(query)}}
    by_pk = {"pk": {"order": "asc"}}
    if query.sort == "name":
        language = query.language if query.language in LANGUAGES else LANGUAGES[0]
        return [{sort_field(language): {"order": "asc"}}, by_pk]
    if query.sort == "verified":
        return [{"verified": {"order": "desc"}}, by_score, by_pk]
    if query.near is None:
        return [by_score, by_pk]
    by_distance = {"_script": {"type": "number", "order": "asc", "script": scoring.metres(query)}}
    if query.sort == "distance":
        return [by_distance, by_score, by_pk]
    return [by_score, by_distance, by_pk]


def completion_body(field: str, words: list[str], prefix: str, language: str, size: int) -> dict:
    """Names with all the words and one that begins with `prefix`: those that begin so first, then the shortest."""
    begins = words[0] if words else prefix
    return {
        "query": {
            "bool": {
                "filter": [
                    *({"term": {field: word}} for word in words),
                    {"prefix": {field: {"value": prefix}}},
                    {"term": {"professional": False}},
                    {"range": {"lifecycle": {"lt": CLOSED_FOR_GOOD}}},
                ],
                "should": [
                    {
                        "constant_score": {
                            "filter": {"prefix": {sort_field(language): {"value": begins}}},
                            "boost": 1.0,
                        }
                    }
                ],
            }
        },
        "sort": [{"_score": {"order": "desc"}}, {"name_words": {"order": "asc"}}, {"pk": {"order": "asc"}}],
        "size": size,
        "track_total_hits": False,
        "_source": ["card.name", "card.uuid", "card.organization"],
    }
