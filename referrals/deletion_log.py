"""The log of what was forgotten, a line each, in a file outside the database: a restored database is made to forget again.

A line names a kind and a uuid, nothing of the person. Lines are written after the commit; one that a kill swallowed is
written by the next `catch_up`, from the records in the database.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from .models import DeletionRecord


class Line(NamedTuple):
    kind: str
    uuid: UUID
    what: str
    reason: str
    at: datetime


class Broken(Exception):
    """The log holds a line that is none; its number is told."""


def append(lines: Iterable[Line]) -> None:
    """Write these at the end and wait until the disk has them."""
    text = "".join(
        json.dumps(one._asdict() | {"uuid": str(one.uuid), "at": one.at.isoformat()}) + "\n" for one in lines
    )
    if not text:
        return
    path = Path(settings.RETENTION_LOG)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_APPEND | os.O_CREAT | os.O_RDWR, 0o600), "ab+") as log:  # noqa: PTH123  made for its owner only
        fcntl.flock(log, fcntl.LOCK_EX)
        # A line that a kill left half written must not swallow the next.
        if log.tell() and _last_byte(log) != b"\n":
            log.write(b"\n")
        log.write(text.encode())
        log.flush()
        os.fsync(log.fileno())


def _last_byte(log) -> bytes:
    log.seek(-1, os.SEEK_END)
    return log.read(1)


def read(path: Path | None = None) -> Iterator[Line]:
    """Every line, the oldest first; a half-written last one before a newline is left out. Raises Broken."""
    path = path or Path(settings.RETENTION_LOG)
    if not path.exists():
        return
    with path.open(encoding="utf-8") as log:
        for number, text in enumerate(log, 1):
            if not text.strip():
                continue
            try:
                row = json.loads(text)
                yield Line(
                    row["kind"],
                    UUID(row["uuid"]),
                    row["what"],
                    row["reason"],
                    datetime.fromisoformat(row["at"]),
                )
            except json.JSONDecodeError:
                continue  # cut off by a kill: its record is in the database and catch_up wrote it again
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                raise Broken(f"{path.name}, line {number}: {type(error).__name__}") from error


def catch_up() -> int:
    """Write what the database's records have and the file has not. Returns how many."""
    there = {(one.kind, one.uuid, one.what) for one in read()}
    missing = [
        Line(one.kind, one.object_uuid, one.what, one.reason, one.at)
        for one in DeletionRecord.objects.order_by("pk").iterator()
        if (one.kind, one.object_uuid, one.what) not in there
    ]
    append(missing)
    return len(missing)
