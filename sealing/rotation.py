"""Seals every sealed text anew with the newest key, so that older keys can go.

A batch is a transaction and a row that has the newest key is left alone: killed at any moment, the next run goes on
where the first stopped. Only when nothing is left do the older keys' proofs go, with the audit entry.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast

from audit.actions import record

from . import proof
from .errors import WrongKey
from .fields import SealedTextField
from .keys import fingerprint, reseal, sealed_with_newest

BATCH = 500


@dataclass
class Rotation:
    """Counts of values by "app.Model.field"; `unreadable` opened with no key and stayed as they were."""

    resealed: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    keys_let_go: int = 0


def sealed_fields() -> Iterator[tuple[type[models.Model], SealedTextField]]:
    """Every sealed column of every model, where its table is."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for column in model._meta.local_concrete_fields:
            if isinstance(column, SealedTextField):
                yield model, column


def rotate(
    *, dry_run: bool = False, batch: int = BATCH, after_batch: Callable[[], None] = lambda: None
) -> Rotation:
    """Reseal what is not under the newest key. `dry_run` counts only. Raises WrongKey when the keys are not the database's."""
    proof.require_right_keys()
    done = Rotation()
    for model, column in sealed_fields():
        name = f"{model._meta.label}.{column.name}"
        last = None
        while True:
            last, resealed, unreadable = _batch(model, column, last, batch, dry_run)
            done.resealed[name] = done.resealed.get(name, 0) + resealed
            if unreadable:
                done.unreadable[name] = done.unreadable.get(name, 0) + unreadable
            if resealed or unreadable:
                after_batch()
            if last is None:
                break
    if not dry_run and not done.unreadable:
        _finish(done)
    return done


def _batch(model, column: SealedTextField, last, size: int, dry_run: bool) -> tuple[object, int, int]:
    """(last primary key or None at the end, resealed, unreadable) of the next rows."""
    # The ORM opens what it reads; cast to plain text it gives the token.
    token = Cast(models.F(column.name), models.TextField())
    rows = model._base_manager.filter(**{f"{column.name}__isnull": False}).order_by("pk")
    resealed = unreadable = 0
    with transaction.atomic():
        if last is not None:
            rows = rows.filter(pk__gt=last)
        if not dry_run:
            rows = rows.select_for_update()
        found = list(rows.annotate(sealed_token=token).values_list("pk", "sealed_token")[:size])
        for pk, old in found:
            if sealed_with_newest(old):
                continue
            try:
                new = reseal(old)
            except WrongKey:
                unreadable += 1
                continue
            resealed += 1
            if not dry_run:
                value = models.Value(new, output_field=models.TextField())
                model._base_manager.filter(pk=pk).update(**{column.name: value})
    return (found[-1][0] if len(found) == size else None), resealed, unreadable


@transaction.atomic
def _finish(done: Rotation) -> None:
    done.keys_let_go = proof.forget_older()
    if done.keys_let_go or any(done.resealed.values()):
        record(
            action="sealing.rotated",
            object_kind="sealing",
            object_id=fingerprint(settings.SEALING_KEYS[0]),
            detail={"resealed": done.resealed, "keys_let_go": done.keys_let_go},
        )
