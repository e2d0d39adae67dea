"""The one door: every save and delete of a catalogue object, Wagtail's own verbs included, lands in the change log.

Wagtail's publish, unpublish, revert, schedule, lock and workflow all end in `obj.save()`; its deletes, single or bulk,
all end in Django's collector and its `pre_delete` signal inside the collector's own transaction. So the door is at
`Recorded.save` and at that signal, and there is no copy of Wagtail's verbs. Writes that would go past both
(`update()`, `bulk_create()`) are refused outside `bulk_recording()`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, router, transaction
from django.db.models.signals import pre_delete
from django.dispatch import Signal

from audit import actions as audit
from audit.actor import current

# Sent once per transaction, after its commit, when it appended changes. Search follows the log on it.
committed = Signal()

# Held while a row is appended on PostgreSQL, so that ids appear in the order of commits: a reader that has seen
# number n will never find a smaller one later. SQLite has one writer at a time anyway.
_ADVISORY_LOCK = 7_201_926

_bulk: ContextVar[bool] = ContextVar("bulk_recording", default=False)


class UnrecordedWrite(Exception):
    """A write that would not be in the change log; use services.actions or bulk_recording()."""


def entity_of(model) -> str:
    return {"taxonomyterm": "taxonomy_term"}.get(model._meta.model_name, model._meta.model_name)


def append(instance, verb: str, action: str | None = None) -> None:
    """Append one row about `instance`; must run in the transaction of the write it tells of."""
    append_many([(type(instance), instance.pk, instance.uuid, verb)], action=action)


def append_many(rows: Iterable[tuple], action: str | None = None) -> None:
    """Append (model, pk, uuid, verb) rows and their audit entries in the current transaction."""
    from .models import Change

    if not connection.in_atomic_block:
        raise UnrecordedWrite("a change is appended inside the transaction of its write")
    rows = list(rows)
    if not rows:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
    actor = current()
    Change.objects.bulk_create(
        [
            Change(entity=entity_of(model), object_pk=pk, uuid=uuid, verb=verb, actor_id=actor.id)
            for model, pk, uuid, verb in rows
        ],
        batch_size=500,
    )
    audit.record_many(
        [
            (action or f"{entity_of(model)}.{verb}", entity_of(model), uuid, {})
            for model, _pk, uuid, verb in rows
        ]
    )
    _announce_after_commit()


def _announce_after_commit() -> None:
    """One signal a transaction, however many rows it appended."""
    if not any(func is _announce for _sids, func, *_rest in connection.run_on_commit):
        transaction.on_commit(_announce)


def _announce() -> None:
    committed.send(sender=None)


@contextmanager
def recorded_save(instance) -> Iterator[None]:
    """Wraps one save: the row, its children and its change stand or fall together."""
    from .models import Change

    verb = Change.Verb.CREATED if instance._state.adding else Change.Verb.UPDATED
    with transaction.atomic(using=router.db_for_write(type(instance), instance=instance)):
        yield
        append(instance, verb)


@contextmanager
def bulk_recording() -> Iterator[list]:
    """Allows bulk writes inside; the caller adds (model, pk, uuid, verb) to the list, appended at the end."""
    token = _bulk.set(True)
    rows: list[tuple] = []
    try:
        with transaction.atomic():
            yield rows
            append_many(rows)
    finally:
        _bulk.reset(token)


def refuse_unless_recording(model, what: str) -> None:
    if not _bulk.get():
        raise UnrecordedWrite(
            f"{model.__name__}.objects.{what} would not be in the change log: save the objects, or write inside "
            "services.changes.bulk_recording()"
        )


def _record_delete(sender, instance, **kwargs) -> None:
    """pre_delete, inside the collector's transaction: also name the services that lose what is deleted."""
    from .models import Change, Service

    rows = [(sender, instance.pk, instance.uuid, Change.Verb.DELETED)]
    if sender is not Service:
        from .selectors import services_touched_by

        touched = services_touched_by(entity_of(sender), [instance.pk])
        rows += [
            (Service, pk, uuid, Change.Verb.UPDATED)
            for pk, uuid in Service.objects.filter(pk__in=touched).values_list("pk", "uuid")
        ]
    append_many(rows)


def connect() -> None:
    """Called once by the app's ready()."""
    from .models import Location, Organization, Service, TaxonomyTerm

    for model in (Organization, Service, Location, TaxonomyTerm):
        pre_delete.connect(
            _record_delete, sender=model, dispatch_uid=f"record_delete_{model._meta.model_name}"
        )
