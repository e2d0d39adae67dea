"""Keeps the state of every translation equal to the catalogue: follows the change log, and compares it all at night.

A commit has its changes followed at once, unless this process did so less than a second ago: an import of ten thousand
rows must not pay for it ten thousand times. Whoever shows the board follows first, and `manage.py follow_translations`
does it from a timer, so nothing is lost and the board is never behind.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import now
from wagtail.models import Revision

from services import changes
from services import following as log
from services.models import ListingCare, ListingLanguage, LogReader, Service

from . import units
from .states import followed, from_json, to_json, work, worst
from .texts import Texts

logger = logging.getLogger(__name__)

NAME = "translations"
BATCH = 500  # changes at once
CHUNK = 500  # listings in one transaction
PAUSE_SECONDS = 1.0  # between two follows after commits, in one process
WRITTEN = ("state", "texts", "todo", "since", "steward", "listed", "updated_at")

_last = float("-inf")


@dataclass
class Refreshed:
    """Listings looked at, and rows of a language that were written."""

    listings: int = 0
    rows: int = 0


def follow(most: int = BATCH) -> int:
    """Follow at most `most` changes of the log; returns how many. Another process that is at it is left to it (0)."""
    # An address that is hidden now hides what is said about it.
    return log.follow(NAME, lambda rows: refresh(log.touched(rows, ("location",))), most=most)


def catch_up(most: int = 20 * BATCH) -> int:
    """Follow to the head of the log, but at most `most` changes (about ten seconds): what is left comes next time."""
    done = 0
    while done < most and (count := follow()):
        done += count
    return done


def reconcile(progress: Callable[[str], None] = lambda line: None) -> Refreshed:
    """Look at every listing, whatever the log says; and take over how often each was opened."""
    head = log.head()
    total = Refreshed()
    for pks in _chunks():
        with transaction.atomic():
            total.rows += refresh(pks)
        total.listings += len(pks)
        progress(f"  {total.listings:,} listings")
    with transaction.atomic():
        reader, _made = LogReader.objects.get_or_create(name=NAME)
        reader.number = max(reader.number, head)
        reader.save(update_fields=["number"])
    take_views()
    return total


def nightly() -> int:
    """For the scheduler, once a day; returns how many rows were written."""
    return reconcile().rows


def _chunks() -> Iterator[list[int]]:
    last = 0
    while pks := list(
        Service.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    ):
        yield pks
        last = pks[-1]


def take_views() -> int:
    """Copy how often each listing was opened (ListingCare.views) to its translations; returns the rows changed."""
    views = ListingCare.objects.filter(service=OuterRef("service")).values("views")
    wanted = Coalesce(Subquery(views), 0)
    found = ListingLanguage.objects.annotate(now_views=wanted)
    return found.exclude(views=wanted).update(views=wanted)


def refresh(pks: Collection[int]) -> int:
    """Bring the rows of these services up to date, in the caller's transaction; returns how many were written."""
    if not connection.in_atomic_block:
        raise RuntimeError("translations are followed inside a transaction")
    pks = sorted(pks)
    written = 0
    for start in range(0, len(pks), CHUNK):
        written += _refresh(pks[start : start + CHUNK])
    return written


def _refresh(pks: list[int]) -> int:
    listings = units.of_services(pks)
    known = {
        (row.service_id, row.language): row
        for row in ListingLanguage.objects.select_for_update().filter(service__in=pks)
    }
    drafts = _drafts(listings, known)
    moment = now()
    changed, made, gone = [], [], []
    for listing in listings.values():
        source = listing.source
        for language in units.languages():
            row = known.pop((listing.pk, language), None)
            if language == source or not source:
                if row is not None:
                    gone.append(row.pk)
                continue
            new = row or ListingLanguage(service_id=listing.pk, language=language, state="", since=moment)
            if _bring_up(new, listing, source, drafts.get(listing.pk), moment):
                (changed if row else made).append(new)
    gone += [row.pk for row in known.values()]
    if gone:
        ListingLanguage.objects.filter(pk__in=gone).delete()
    ListingLanguage.objects.bulk_create(made, batch_size=500)
    ListingLanguage.objects.bulk_update(changed, WRITTEN, batch_size=200)
    return len(made) + len(changed)


def _bring_up(
    row: ListingLanguage,
    listing: units.ListingTexts,
    source: str,
    draft: units.TextsByLanguage | None,
    moment,
) -> bool:
    """Put what is true now into the row; whether anything changed."""
    originals, texts = listing.texts[source], listing.texts[row.language]
    drafted: dict[str, Texts] | None = None
    if draft is not None:
        drafted = {"source": draft[source], "texts": draft[row.language]}
    notes = followed(source, originals, texts, from_json(row.texts), drafted)
    todo = work(originals, texts, notes, drafted and drafted["source"])
    state = worst(todo)
    new = (state, to_json(notes), todo, listing.steward, listing.listed)
    if (row.state, row.texts, row.todo, row.steward_id, row.listed) == new:
        return False
    if row.state != state:
        row.since = moment
    row.state, row.texts, row.todo, row.steward_id, row.listed = new
    row.updated_at = moment
    return True


def _drafts(listings: dict[int, units.ListingTexts], known: dict) -> dict[int, units.TextsByLanguage]:
    """The texts of open drafts, of listings for which something waits in one; few at any time."""
    waiting = {
        row.service_id
        for row in known.values()
        if any(note.proposal for note in from_json(row.texts).values())
    }
    wanted = {
        listing.latest_revision: listing.pk
        for listing in listings.values()
        if listing.pk in waiting and listing.has_draft and listing.latest_revision
    }
    if not wanted:
        return {}
    services = Service.objects.in_bulk(wanted.values())
    return {
        wanted[revision.pk]: units.of_object(
            units.as_version(services[wanted[revision.pk]], revision.content)
        )
        for revision in Revision.objects.filter(pk__in=wanted)
    }


def _follow_after_commit(sender, **kwargs) -> None:
    """A commit's own changes; what is more waits for the next commit, the board or the timer."""
    global _last
    if time.monotonic() - _last < PAUSE_SECONDS:
        return
    try:
        follow()
    except Exception:  # the edit is saved; its translations are followed by whoever comes next
        logger.exception("the translations were not followed")
    _last = time.monotonic()


def connect() -> None:
    """Called once by the app's ready()."""
    changes.committed.connect(_follow_after_commit, dispatch_uid="follow_translations")
