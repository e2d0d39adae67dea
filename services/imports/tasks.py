"""The background's doors to imports. Each may be called again at any time: it goes on where the last one stopped."""

from django_tasks import task

from services import duplicates

from . import applying, planning, undoing


@task(backend="background")
def plan_import(run_pk: int) -> None:
    planning.plan_run(run_pk)


@task(backend="background")
def apply_import(run_pk: int) -> None:
    applying.apply_run(run_pk)


@task(backend="background")
def undo_import(run_pk: int) -> None:
    undoing.undo_run(run_pk)


@task(backend="background")
def find_duplicates() -> None:
    """Note the possible duplicates among what changed since the last time."""
    duplicates.refresh_pairs()
