"""Fills Wagtail's own database search with the same texts and times the same words on it."""

import math
import time
from collections.abc import Sequence

from django.db import connection
from wagtail.search.backends import get_search_backend

from services import selectors

from .models import IndexedListing

CHUNK = 1000


def build() -> float:
    """Make the table and the index; seconds that the index took."""
    with connection.schema_editor() as editor:
        editor.create_model(IndexedListing)
    rows = []
    for record in selectors.records():
        shown = [
            place
            for place in record.locations
            if place.address_visibility == "public" and place.lat is not None
        ]
        texts = [record.name, record.alternate_name, record.organization.name]
        body = [
            record.summary,
            record.description,
            record.eligibility_description,
            record.application_process,
        ]
        rows.append(
            IndexedListing(
                pk=record.pk,
                title=" ".join(text for one in texts for text in one.values()),
                body=" ".join(text for one in body for text in one.values()),
                lat=shown[0].lat if shown else None,
                lon=shown[0].lon if shown else None,
            )
        )
    IndexedListing.objects.bulk_create(rows, batch_size=CHUNK)
    index = get_search_backend("default").get_index_for_model(IndexedListing)
    started = time.perf_counter()
    for start in range(0, len(rows), CHUNK):
        index.add_items(IndexedListing, rows[start : start + CHUNK])
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
