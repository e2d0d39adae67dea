"""Builds every listing's document: on all cores from a command, one by one inside a web process or a transaction."""

import gc
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections

from services import selectors
from services.models import Service

from . import documents, vocabulary
from .engine import IndexDocument

CHUNK = 500
# Below this, starting processes takes longer than what they save.
WORTH_PROCESSES = 3000
PARENT_SECONDS = 0.5  # how often a worker looks whether its parent lives


def build_documents(queryset, version: int) -> Iterator[IndexDocument]:
    """Documents of these services (None: all that are listed) as of change number `version`."""
    known = vocabulary.current()
    for record in selectors.records(queryset):
        yield documents.build(record, known, version)


@contextmanager
def all_documents(version: int) -> Iterator[Iterator[IndexDocument]]:
    """Every listing's document. Worker processes are started here, before an engine starts threads of its own."""
    pks = list(selectors.listed().order_by("pk").values_list("pk", flat=True))
    cores = os.cpu_count() or 1
    if not _may_fork() or cores < 2 or len(pks) < WORTH_PROCESSES:
        yield build_documents(None, version)
        return
    vocabulary.current()  # read once, before the processes that need it
    connections.close_all()  # a connection must not cross a fork; each process opens its own
    chunks = [(pks[start : start + CHUNK], version) for start in range(0, len(pks), CHUNK)]
    with multiprocessing.get_context("fork").Pool(
        cores, initializer=_begin_worker, initargs=(os.getpid(),)
    ) as pool:
        yield (document for built in pool.imap(_build, chunks) for document in built)


def _may_fork() -> bool:
    """A fork is safe only from a process of one thread that is not inside a transaction."""
    return hasattr(os, "fork") and threading.active_count() == 1 and not connection.in_atomic_block


def _begin_worker(parent: int) -> None:
    """A worker whose parent was killed would wait for work for ever, and keep what the parent had locked."""
    gc.disable()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os._exit(1)


def _build(chunk: tuple[list[int], int]) -> list[IndexDocument]:
    pks, version = chunk
    return list(build_documents(Service.objects.filter(pk__in=pks), version))
