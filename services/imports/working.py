"""One worker at a time on one run, and another when that one died: a claim that is renewed with every chunk."""

import uuid
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils.timezone import now

from services.models import ImportRun

# A worker renews its claim every few seconds; reading a long file or comparing it takes the longest.
SILENCE = timedelta(minutes=3)


class Superseded(Exception):
    """Another worker has taken the run over."""


class Claim:
    """The right to work on a run, for as long as `renew` succeeds."""

    def __init__(self, run: ImportRun, worker: str) -> None:
        self.run, self.worker = run, worker

    def renew(self, **values) -> None:
        """Write values of the run, in the caller's transaction. Raises Superseded when the claim is lost."""
        mine = ImportRun.objects.filter(pk=self.run.pk, worker=self.worker)
        if not mine.update(seen_at=now(), **values):
            raise Superseded(f"import {self.run.uuid}")
        for name, value in values.items():
            setattr(self.run, name, value)


def is_free(run: ImportRun) -> bool:
    """Whether nobody works on it, or nobody has been heard of for long."""
    return not run.worker or is_silent(run)


def is_silent(run: ImportRun) -> bool:
    """Whether nothing has been heard of it for so long that people should be offered to go on."""
    return run.seen_at is None or run.seen_at < now() - SILENCE


@contextmanager
def claimed(run_pk: int, states: tuple[str, ...], becomes: str):
    """A Claim on a run in one of these states, or None when there is nothing to do or somebody is at it.

    When the work raises, the claim is given back so that the next worker need not wait.
    """
    worker = str(uuid.uuid4())
    free = Q(worker="") | Q(seen_at=None) | Q(seen_at__lt=now() - SILENCE)
    taken = ImportRun.objects.filter(free, pk=run_pk, state__in=states).update(
        worker=worker, seen_at=now(), state=becomes
    )
    if not taken:
        yield None
        return
    try:
        yield Claim(ImportRun.objects.select_related("user", "team").get(pk=run_pk), worker)
    finally:
        ImportRun.objects.filter(pk=run_pk, worker=worker).update(worker="")
