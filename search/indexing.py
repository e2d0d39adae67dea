"""Keeps every index equal to the database: follows the change log, rebuilds, reconciles."""

import gc
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from services import changes, selectors
from services.models import Change, Service

from . import engines, vocabulary
from .building import all_documents, build_documents
from .engine import Engine, EngineError, EngineUnavailable, IndexBusy, IndexDocument, IndexMissing
from .engines.healing import HealingEngine

log = logging.getLogger(__name__)

# Changes read at once; more listings than this are applied in several commits.
BATCH = 2000


@dataclass(frozen=True)
class Drift:
    """What differs between database and index, by primary key."""

    missing: list[int]
    extra: list[int]

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra)


def head() -> int:
    """The number of the newest change; 0 when nothing was ever written."""
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def follow(engine: Engine) -> int:
    """Apply what the log holds beyond the engine's cursor; returns how many changes.

    Whoever holds the index's lock follows to the head of the log and others return at once (0). Raises IndexMissing
    and EngineUnavailable; nothing is lost by that: the cursor stays where it was.
    """
    applied = 0
    try:
        while batch := _after(engine.cursor()):
            _apply(engine, batch)
            applied += len(batch)
    except IndexBusy:
        # The holder reads the log again after its commit, so our changes are in its hands or in the next follower's.
        pass
    return applied


def _after(cursor: int) -> list[tuple[int, str, int]]:
    return list(
        Change.objects.filter(pk__gt=cursor).order_by("pk").values_list("pk", "entity", "object_pk")[:BATCH]
    )


def _apply(engine: Engine, batch: list[tuple[int, str, int]]) -> None:
    if any(entity == "taxonomy_term" for _number, entity, _pk in batch):
        vocabulary.forget()
    by_entity: dict[str, set[int]] = {}
    for _number, entity, pk in batch:
        by_entity.setdefault(entity, set()).add(pk)
    touched: set[int] = set()
    for entity, pks in by_entity.items():
        touched |= selectors.services_touched_by(entity, list(pks))
    version = batch[-1][0]
    found = list(build_documents(selectors.listed().filter(pk__in=touched), version)) if touched else []
    gone = touched - {document.pk for document in found}
    engine.apply(found, sorted(gone), version)


def rebuild(engine: Engine, progress: Callable[[str], None] = lambda line: None) -> int:
    """Build the index anew beside the old one; edits made meanwhile are followed afterwards."""
    vocabulary.forget()
    version = head()
    total = selectors.listed().count()
    with all_documents(version) as found, _without_collector():
        count = engine.rebuild(_told(found, total, progress), version)
    follow(engine)
    return count


@contextmanager
def _without_collector() -> Iterator[None]:
    """Building makes millions of short-lived values and no cycles: looking for some takes a fifth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _told(
    found: Iterable[IndexDocument], total: int, progress: Callable[[str], None]
) -> Iterator[IndexDocument]:
    for number, document in enumerate(found, start=1):
        if number % 5000 == 0:
            progress(f"  indexed {number:,} of {total:,} listings")
        yield document


def reconcile(engine: Engine, *, repair: bool = False) -> Drift:
    """Compare primary keys of index and database; with `repair`, apply what differs."""
    follow(engine)
    cursor = engine.cursor()
    indexed = {pk for pk, _version in engine.versions()}
    listed = set(selectors.listed().values_list("pk", flat=True))
    drift = Drift(missing=sorted(listed - indexed), extra=sorted(indexed - listed))
    if drift and repair:
        engine.apply(
            build_documents(Service.objects.filter(pk__in=drift.missing), cursor), drift.extra, cursor
        )
    return drift


def foreign() -> IndexMissing:
    return IndexMissing("the index is ahead of this database: it belongs to another one")


def verify(engine: Engine) -> None:
    """Raises IndexMissing when the index is missing, damaged or of another database; EngineUnavailable."""
    if engine.cursor() > head():
        raise foreign()
    if isinstance(engine, HealingEngine):
        engine.look(thorough=True)
    engine.size()


def ensure(engine: Engine, progress: Callable[[str], None] = lambda line: None) -> None:
    """An index that is there and at the head of the log; built when missing or damaged."""
    try:
        verify(engine)
        follow(engine)
    except IndexMissing as reason:
        progress(f"Building the search index ({reason}) …")
        progress(f"  {rebuild(engine, progress):,} listings indexed")
    except (EngineUnavailable, IndexBusy) as reason:  # no reason not to start: others answer meanwhile
        progress(
            f"The {engine.name} index is not looked at now ({reason}); it is followed when it answers again"
        )


def _follow_after_commit(sender, **kwargs) -> None:
    """After a commit: the process's follower brings the indexes up to date; where none runs, it is done here.

    An engine that is down keeps its old cursor and is followed later.
    """
    from . import following

    # Within a transaction (a test's, that pretends to commit) another thread would not see the edit.
    if following.follower().running and not connection.in_atomic_block:
        following.follower().wake()
        return
    for engine in engines.named("all"):
        try:
            follow(engine)
        except IndexMissing as error:  # before the first rebuild, which starts from the database
            log.info("search index %s is not there yet: %s", engine.name, error)
        except EngineError as error:
            log.warning("search index %s was not followed: %s", engine.name, error)


def connect() -> None:
    changes.committed.connect(_follow_after_commit, dispatch_uid="search_follow")
