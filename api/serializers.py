"""Search results in the stable shapes of the search API."""

from urllib.parse import urlencode

from django.urls import reverse

from search.explaining import explanation
from search.finder import Found
from search.suggesting import Suggestion

from .facets import facets
from .hits import hits, minute


def answer(found: Found, *, explain: bool = False) -> dict:
    """The body of GET /api/v1/search, for orjson: hits and facets are JSON already."""
    request = found.request
    return {
        **({"explain": explanation(found)} if explain else {}),
        "total": found.result.total,
        "page": request.page,
        "size": request.size,
        "took_ms": round(found.took_ms, 1),
        "engine": found.engine,
        "degraded": found.degraded,
        "interpreted": {
            "text": found.understood.text,
            "place": _place(found),
            "open_at": minute(found.query.open_at),
            "open_until": minute(found.query.open_until),
            "corrections": [
                {"from": correction.typed, "to": correction.meant}
                for correction in found.understood.corrections
            ],
            "expansions": [
                {"words": expansion.words, "concept": concept.code, "to": concept.name(request.lang)}
                for expansion in found.understood.expansions
                for concept in expansion.concepts
            ],
            "filters": _said(found),
            "dropped": list(found.dropped),
            "did_you_mean": found.suggestion or None,
        },
        "hits": hits(found),
        "facets": facets(found),
    }


def _said(found: Found) -> list[dict]:
    """The filters that were read out of the words: {"parameter", "value", "words"}."""
    understood = found.understood
    said: list[dict] = [
        {"parameter": status.facet, "value": status.code, "words": status.words}
        for status in understood.statuses
    ]
    if understood.age is not None:
        said.append({"parameter": "age", "value": understood.age.age, "words": understood.age.words})
    if understood.time is not None:
        opens = minute(understood.time.open_at)
        said.append({"parameter": "open", "value": opens, "words": understood.time.words})
    return said


def _place(found: Found) -> dict | None:
    place = found.place
    if place is None:
        return None
    return {
        "kind": place.kind,
        "code": place.code,
        "label": place.label,
        "lat": place.lat,
        "lon": place.lon,
        "commune": {
            "nis5": place.nis5,
            "label": found.vocabulary.territory_name("commune", place.nis5, found.request.lang),
        }
        if place.nis5
        else None,
        "bassin": place.bassin,
    }


def suggestion(item: Suggestion, search_path: str) -> dict:
    """One completion with the page it leads to."""
    if item.kind == "service":
        url = reverse("listing", kwargs={"uuid": item.code})
    elif item.kind == "need":
        url = f"{search_path}?{urlencode({'need': item.code})}"
    elif item.kind == "place":
        url = f"{search_path}?{urlencode({'near': item.text})}"
    else:
        url = f"{search_path}?{urlencode({'q': item.text})}"
    return {"text": item.text, "kind": item.kind, "url": url}
