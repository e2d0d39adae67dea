"""What people do with an import: hand in a file, decide about duplicates, carry it out, go on, undo it."""

import hashlib
from pathlib import Path

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext_noop as noop

from accounts.models import Team
from audit.actions import record
from services.errors import CatalogueError, FileRefused
from services.models import ImportRow, ImportRun
from services.transfer.csv_columns import UUID_SCHEME
from services.transfer.file_checks import check_bytes, check_workbook, format_of

from . import rights, tasks
from .working import is_free

DEFAULT_SOURCE = "import"


class NotNow(CatalogueError):
    """The run is not in a state in which that can be done."""


class NotAllowed(CatalogueError):
    """This user may not do that."""


def receive(*, file: UploadedFile, source: str, team: Team | None, by) -> ImportRun:
    """Keep a file and have it planned in the background. Raises FileRefused, NotAllowed; then nothing is kept."""
    if not rights.may_import(by) or (team is not None and team not in rights.teams_of(by)):
        raise NotAllowed("import")
    if source == UUID_SCHEME:
        raise FileRefused(noop("“uuid” is the directory's own: choose another name for the identifiers"))
    check_bytes(file.size or 0, file.name or "")  # before anything of it is copied
    run = ImportRun(
        name=(file.name or "")[-200:],
        source=source.strip() or DEFAULT_SOURCE,
        user=by,
        team=team,
        size=file.size,
    )
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    run.sha256, run.seen_at = digest.hexdigest(), now()
    run.file.save(run.name, File(file), save=False)
    try:
        run.format = _checked_format(run)
        with transaction.atomic():
            run.save()
            record(
                action="import.received",
                object_kind="import",
                object_id=str(run.uuid),
                detail={"format": run.format, "size": run.size, "sha256": run.sha256},
            )
            transaction.on_commit(lambda: tasks.plan_import.enqueue(run.pk), robust=True)
    except BaseException:
        run.file.delete(save=False)
        raise
    return run


def _checked_format(run: ImportRun) -> str:
    """What the file is, by its content. The reader checks again; here the person is still there to be told."""
    path = Path(run.file.path)
    try:
        found = format_of(path)
        if found == "xlsx":
            if run.name.lower().endswith((".xlsm", ".xltm")):
                raise FileRefused(noop("it holds macros (.xlsm): save it as an Excel workbook (.xlsx)"))
            check_workbook(path)
    except FileRefused as refusal:
        raise FileRefused(refusal.reason, file=run.name) from None  # by the name that the person knows
    return found


def _locked(run: ImportRun) -> ImportRun:
    return ImportRun.objects.select_for_update().get(pk=run.pk)


def _begin(run: ImportRun, state: str) -> None:
    run.state, run.done, run.total, run.seen_at = state, 0, 0, now()
    run.save(update_fields=["state", "done", "total", "seen_at"])


@transaction.atomic
def decide(*, run: ImportRun, row: ImportRow, skip: bool, by) -> None:
    """Leave a possible duplicate out, or create it all the same. Raises NotNow after the decision to apply."""
    if _locked(run).state != ImportRun.State.PLANNED or row.run_id != run.pk:
        raise NotNow(run.state)
    row.skip = skip
    row.save(update_fields=["skip"])


@transaction.atomic
def decide_all(*, run: ImportRun, skip: bool, by) -> int:
    """The same for every possible duplicate of the file; returns how many."""
    if _locked(run).state != ImportRun.State.PLANNED:
        raise NotNow(run.state)
    rows = run.rows.filter(action=ImportRow.Action.CREATE).exclude(duplicates=[])
    return rows.update(skip=skip)


@transaction.atomic
def start_applying(*, run: ImportRun, by) -> None:
    """Carry a plan out in the background. Raises NotNow when it was not planned, or is at it already."""
    fresh = _locked(run)
    if fresh.state != ImportRun.State.PLANNED:
        raise NotNow(fresh.state)
    _begin(fresh, ImportRun.State.APPLYING)
    record(action="import.started", object_kind="import", object_id=str(run.uuid))
    transaction.on_commit(lambda: tasks.apply_import.enqueue(run.pk), robust=True)


@transaction.atomic
def start_undoing(*, run: ImportRun, by) -> None:
    """Take back what an import did, as far as nobody has worked on it since. Raises NotNow."""
    fresh = _locked(run)
    if fresh.state != ImportRun.State.APPLIED:
        raise NotNow(fresh.state)
    _begin(fresh, ImportRun.State.UNDOING)
    record(action="import.undo_started", object_kind="import", object_id=str(run.uuid))
    transaction.on_commit(lambda: tasks.undo_import.enqueue(run.pk), robust=True)


def go_on(*, run: ImportRun, by) -> None:
    """Have another worker go on with a run whose worker was killed. Raises NotNow while one is alive."""
    run.refresh_from_db()
    if not run.is_working or not is_free(run):
        raise NotNow(run.state)
    step = {
        ImportRun.State.UPLOADED: tasks.plan_import,
        ImportRun.State.PLANNING: tasks.plan_import,
        ImportRun.State.APPLYING: tasks.apply_import,
        ImportRun.State.UNDOING: tasks.undo_import,
    }[ImportRun.State(run.state)]
    step.enqueue(run.pk)


@transaction.atomic
def discard(*, run: ImportRun, by) -> None:
    """Forget a file that was not carried out; the file goes with it. Raises NotNow."""
    fresh = _locked(run)
    if fresh.state not in (ImportRun.State.PLANNED, ImportRun.State.FAILED):
        raise NotNow(fresh.state)
    record(action="import.discarded", object_kind="import", object_id=str(run.uuid))
    stored, storage = fresh.file.name, fresh.file.storage
    fresh.delete()
    transaction.on_commit(lambda: storage.delete(stored))
