"""Fills Wagtail's own database search with the texts of our documents, and times the same words on it."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from wagtail.search.backends import get_search_backend

from bench.baselines import Listing

from .models import IndexedListing

CHUNK = 1000
TITLE = ("name", "alternate", "organization")


def make_table() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(IndexedListing)


def row(listing: Listing, point: tuple[float, float] | None = None) -> IndexedListing:
    def joined(chosen: Iterable[Mapping[str, str]]) -> str:
        return " ".join(text for by_language in chosen for text in by_language.values())

    return IndexedListing(
        pk=listing.pk,
        title=joined(listing.texts[field] for field in TITLE),
        body=joined(texts for field, texts in listing.texts.items() if field not in TITLE),
        lat=point[0] if point else None,
        lon=point[1] if point else None,
    )


def add(rows: Iterable[IndexedListing]) -> float:
    """Save and index these rows; seconds that the index took."""
    made = IndexedListing.objects.bulk_create(rows, batch_size=CHUNK)
    index = get_search_backend("default").get_index_for_model(IndexedListing)
    started = time.perf_counter()
    for start in range(0, len(made), CHUNK):
        index.add_items(IndexedListing, made[start : start + CHUNK])
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # without it this search is forty times slower
    return seconds


def search(words: str, near: tuple[float, float] | None, radius_km: float | None, size: int = 20) -> int:
    """The first page's rows; all words, a square instead of a circle, no facets, no blend with distance."""
    rows = IndexedListing.objects.all()
    if near is not None and radius_km is not None:
        lat, lon = near
        north, east = radius_km / 111.2, radius_km / (111.2 * math.cos(math.radians(lat)))
        rows = rows.filter(lat__range=(lat - north, lat + north), lon__range=(lon - east, lon + east))
    found = get_search_backend("default").search(words, rows, operator="and")
    return len(list(found[:size]))


def times(queries: Sequence[tuple[str, tuple[float, float] | None, float | None]]) -> list[float]:
    """Milliseconds of each."""
    taken = []
    for query in queries:
        started = time.perf_counter()
        search(*query)
        taken.append((time.perf_counter() - started) * 1000)
    return taken
