"""Tiny local builders: a listing in a few words, and a query as a person types it."""

from datetime import datetime
from itertools import count

from search.documents import NO_AGE_LIMIT, Tokens
from search.engine import EngineQuery, IndexDocument, Point
from search.query.reading import query_words
from services.opening_hours import osm, vectorised

_numbers = count(1)

# Real squares, as (lat, lon).
SCHUMAN = (50.8427, 4.3827)
FLAGEY = (50.8274, 4.3720)
BOURSE = (50.8482, 4.3497)
GENT = (51.0543, 3.7174)


def listing(name: str, **values) -> IndexDocument:
    """A published listing called `name` (fr), with what else is given.

    Texts: nl, alternate, topic, organization, body, place. Codes: need, cost … as lists. at: (lat, lon) or a list of
    them; areas; hours (OSM); exclusive, named (audiences); ages (lowest, highest); closed, professional, full.
    """
    pk = values.get("pk") or next(_numbers)
    tokens = Tokens()
    tokens.add("name", {"fr": name})
    names = {"fr": name}
    if "nl" in values:
        tokens.add("name", {"nl": values["nl"]})
        names["nl"] = values["nl"]
    for field in ("alternate", "topic", "organization", "body", "place"):
        if field in values:
            tokens.add(field, {"fr": values[field]})
    at = values.get("at", [])
    points = [Point(*place) for place in ([at] if isinstance(at, tuple) else at)]
    exclusive = values.get("exclusive", [])
    codes = {
        facet: values.get(facet, [])
        for facet in ("need", "organisation_type", "language", "cost", "access_mode", "bassin", "commune")
    }
    hours = [values["hours"]] if isinstance(values.get("hours"), str) else values.get("hours", [])
    return IndexDocument(
        pk=pk,
        uuid=f"00000000-0000-0000-0000-{pk:012d}",
        version=values.get("version", 1),
        exact={field: list(found) for field, found in tokens.exact.items()},
        stems={
            field: {lang: list(found) for lang, found in by.items()} for field, by in tokens.stems.items()
        },
        codes={**codes, "audience": exclusive},
        audience_open=not exclusive,
        audience_named=values.get("named", []) + exclusive,
        points=points,
        areas=values.get("areas", []),
        hours=[vectorised.pack(osm.parse(text)) for text in hours],
        minimum_age=values.get("ages", (0, NO_AGE_LIMIT))[0],
        maximum_age=values.get("ages", (0, NO_AGE_LIMIT))[1],
        professional=values.get("professional", False),
        lifecycle=values.get("lifecycle", "published"),
        capacity_full=values.get("full", False),
        verified=values.get("verified", 0),
        name_keys={language: text.lower() for language, text in names.items()},
        card={
            "uuid": f"00000000-0000-0000-0000-{pk:012d}",
            "name": names,
            "organization": {"uuid": "0", "name": {"fr": values.get("organization", "")}},
        },
    )


def asked(text: str = "", **values) -> EngineQuery:
    """A query for these words; filters as need=["food"]; near, open_at ("2026-11-22T14:30"), and the rest by name."""
    facets = (
        "need",
        "organisation_type",
        "audience",
        "language",
        "cost",
        "access_mode",
        "bassin_filter",
        "commune",
    )
    filters = {
        facet.removesuffix("_filter"): frozenset(values.pop(facet)) for facet in facets if facet in values
    }
    if isinstance(values.get("open_at"), str):
        values["open_at"] = datetime.fromisoformat(values["open_at"])
    values.setdefault("today", 740_000)
    if "lang" in values:
        values["language"] = values.pop("lang")
    return EngineQuery(words=query_words(text), filters=filters, **values)


def names(result) -> list[str]:
    return [hit.card["name"]["fr"] for hit in result.hits]
