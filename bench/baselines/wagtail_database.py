"""Wagtail's own database search on a model with the same texts: names as its title, everything else as its body."""

from collections.abc import Sequence
from importlib.metadata import version

from django.db import connection
from wagtail.search.backends import get_search_backend

from bench.baselines import Listing, Tier, plain_words
from bench.wagtail_side import measure
from bench.wagtail_side.models import IndexedListing


class WagtailDatabase:
    scores = False  # its scores are of no scale that could be multiplied

    def __init__(self) -> None:
        self.name = (
            f"Wagtail search ({ {'sqlite': 'SQLite', 'postgresql': 'PostgreSQL'}[connection.vendor] })"
        )
        self.how = (
            f"wagtail.search.backends.database (modelsearch {version('modelsearch')}) on {connection.vendor}, "
            "SearchField for names (boost 3) and texts, operator and first, then or"
        )

    def fill(self, listings: Sequence[Listing]) -> None:
        measure.make_table()
        measure.add(measure.row(listing) for listing in listings)

    def ranked(self, words: str, language: str) -> list[Tier]:
        text = " ".join(plain_words(words))
        if not text:
            return []
        backend = get_search_backend("default")
        tiers = []
        for operator in ("and", "or"):
            found = backend.search(text, IndexedListing.objects.only("pk"), operator=operator)
            tiers.append({row.pk: -float(rank) for rank, row in enumerate(found[:10_000])})
        return tiers

    def close(self) -> None:
        """Its table goes with the database."""
