"""What the server keeps of a listing: tokens as keywords, numbers for scripts, and the card as it is shown."""

import hashlib
import json
from functools import cache

from elasticsearch.dsl import Boolean, Integer, Keyword, Long, Mapping, Object, Short
from elasticsearch.dsl import GeoPoint as Place

from search.engine import FACETS, IndexDocument, Point
from search.query.analysis import ALGORITHMS

from .hours import numbers

EXACT_FIELDS = ("name", "alternate", "topic", "organization", "body", "place")
STEMMED_FIELDS = ("name", "alternate", "topic", "organization", "body")
LANGUAGES = tuple(ALGORITHMS)
LIFECYCLES = ("published", "suspended", "closed_permanently")
CLOSED_FOR_GOOD = LIFECYCLES.index("closed_permanently")
SORT_BYTES = 24  # of a name, as in the embedded engine
LONGEST_TOKEN = (
    255  # characters; the server refuses terms beyond 32,766 bytes and prefixes beyond 1,000 characters
)
# Raised when what a document holds changes its meaning without changing the mapping.
FORMAT = 3
# Kept for showing; the rest lives in the index only, and a rebuild reads the database.
SHOWN = ("uuid", "places", "card")


def exact_field(field: str) -> str:
    return f"{field}_x"


def stem_field(field: str, language: str) -> str:
    return f"{field}_{language}"


def sort_field(language: str) -> str:
    return f"sort_{language}"


@cache
def mapping() -> Mapping:
    """Tokens come analysed, so the server is given no analyser to disagree with."""
    made = Mapping()
    made.meta("dynamic", "strict")
    made.meta("_source", includes=[*SHOWN, "cursor"])
    tokens = {"doc_values": False, "ignore_above": LONGEST_TOKEN}
    for field in EXACT_FIELDS:
        made.field(exact_field(field), Keyword(**tokens))
    for field in STEMMED_FIELDS:
        for language in LANGUAGES:
            made.field(stem_field(field, language), Keyword(**tokens))
    for language in LANGUAGES:
        made.field(sort_field(language), Keyword())
    for facet in (*FACETS, "named", "area", "main"):
        made.field(facet, Keyword())
    made.field("organization_key", Keyword())
    made.field("pk", Long())
    made.field("audience_open", Boolean())
    made.field("professional", Boolean())
    made.field("full", Boolean())
    made.field("minimum_age", Short())
    made.field("maximum_age", Short())
    made.field("verified", Integer())
    made.field("lifecycle", Short())  # index into LIFECYCLES
    made.field("name_words", Integer())
    made.field("points", Long(index=False))  # exact and in pairs, for the scripts; see packed_point
    made.field("location", Place())  # the same, for the server to throw out what is far
    made.field("hours", Long(index=False))  # see hours.py
    made.field("uuid", Keyword(index=False, doc_values=False))
    made.field("places", Object(enabled=False))
    made.field("card", Object(enabled=False))
    made.field("cursor", Long())  # of the state document only
    return made


@cache
def schema_hash() -> str:
    """Part of the alias, so that an index of another shape is never asked but rebuilt beside."""
    described = json.dumps([FORMAT, mapping().to_dict()], sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()[:12]


def packed_point(point: Point) -> int:
    """Latitude above longitude in one number, to 1e-7 degrees (a centimetre): doc values lose the order of pairs."""
    return (round(point.lat * 1e7) + 900_000_000) << 32 | (round(point.lon * 1e7) + 1_800_000_000)


def body(source: IndexDocument) -> dict:
    """The document as the server takes it. Raises ValueError on a lifecycle that is unknown and on absurd hours."""
    fields: dict = {
        **{facet: codes for facet, codes in source.codes.items() if codes},
        "named": source.audience_named,
        "area": source.areas,
        "pk": source.pk,
        "audience_open": source.audience_open,
        "professional": source.professional,
        "full": source.capacity_full,
        "minimum_age": source.minimum_age,
        "maximum_age": source.maximum_age,
        "verified": source.verified,
        "lifecycle": LIFECYCLES.index(source.lifecycle),
        "name_words": min((len(name.split()) for name in source.name_keys.values()), default=0),
        "points": [packed_point(point) for point in source.points],
        "location": [{"lat": point.lat, "lon": point.lon} for point in source.points],
        "hours": numbers(source.hours),
        "uuid": source.uuid,
        "places": [[point.lat, point.lon] for point in source.points],
        "card": source.card,
        "organization_key": "|".join(sorted(source.card["organization"]["name"].values()))[:256],
    }
    for field, tokens in source.exact.items():
        if tokens:
            fields[exact_field(field)] = tokens
    for field, by_language in source.stems.items():
        for language, tokens in by_language.items():
            if tokens and language in LANGUAGES:
                fields[stem_field(field, language)] = tokens
    any_name = next(iter(source.name_keys.values()), "")
    for language in LANGUAGES:
        name = source.name_keys.get(language) or any_name
        fields[sort_field(language)] = name.encode()[:SORT_BYTES].decode(errors="ignore")
    return fields
