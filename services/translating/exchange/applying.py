"""Applies a planned file listing by listing: what is good is kept, what is not says why, and it can be gone on with."""

import time
from dataclasses import asdict

from django.utils.timezone import now

from audit.actions import record
from audit.actor import acting
from services import rights
from services.models import Service, TranslationFile

from ..actions import write_texts
from ..errors import OriginalChanged, TranslationRefused
from ..selectors import PERMISSION
from .plan import APPLY, DRAFTED, OUTDATED, PUBLISHED, REFUSED, UNCHANGED, Line, lines

SECONDS = 15.0  # of one request; what is left is applied by the next
SAVED_EVERY = 20  # listings


def pending(file: TranslationFile, *, outdated: bool) -> int:
    """How many texts are still to be written."""
    wanted = (APPLY, OUTDATED) if outdated else (APPLY,)
    return sum(line["outcome"] in wanted for line in file.texts)


def apply(
    *, file: TranslationFile, by, publish: bool, outdated: bool = False, seconds: float = SECONDS
) -> int:
    """Write the texts that are to be written; returns how many are left because time was up.

    `publish`: where the user may, else it waits in a draft. `outdated`: also those whose original has changed since;
    they are stale from the start. A listing's texts stand or fall together with their version; one that is refused
    is left out and says why. Killed in the middle and begun again, it finds what was written unchanged.
    """
    until = time.monotonic() + seconds
    every = list(lines(file))
    wanted = (APPLY, OUTDATED) if outdated else (APPLY,)
    by_listing: dict[str, list[Line]] = {}
    for line in every:
        if line.outcome in wanted:
            by_listing.setdefault(line.uuid, []).append(line)
    with acting(by):
        for number, (uuid, its_lines) in enumerate(by_listing.items(), start=1):
            _apply(uuid, its_lines, file.language, by, publish, outdated)
            if number % SAVED_EVERY == 0:
                _save(file, every)
            if time.monotonic() > until:
                break
        left = sum(line.outcome in wanted for line in every)
        if not left:
            file.applied_at = now()
        _save(file, every)
        record(
            action="translations.imported",
            object_kind="translation_file",
            object_id=file.uuid,
            detail={"language": file.language, "left": left, **_counted(every)},
        )
    return left


def _counted(every: list[Line]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in every:
        found[line.outcome] = found.get(line.outcome, 0) + 1
    return found


def _save(file: TranslationFile, every: list[Line]) -> None:
    file.texts = [asdict(line) for line in every]
    file.save(update_fields=["texts", "applied_at"])


def _apply(uuid: str, its_lines: list[Line], language: str, by, publish: bool, outdated: bool) -> None:
    service = rights.within(Service.objects.filter(uuid=uuid), by, PERMISSION).first()
    if service is None:  # handed over or deleted since the plan
        for line in its_lines:
            line.outcome, line.reason = REFUSED, "unknown_listing"
        return
    publish = publish and rights.may(by, "publish", service)
    left = {line.key: line for line in its_lines}
    while left:
        try:
            written = write_texts(
                service=service,
                language=language,
                texts={key: line.target for key, line in left.items()},
                origin="import",
                by=by,
                publish=publish,
                made_from={key: line.source_hash for key, line in left.items()},
                older_too=outdated,
            )
        except TranslationRefused as error:
            for line in [left.pop(error.key)] if error.key in left else _all_of(left):
                line.outcome, line.reason = REFUSED, error.code
                if isinstance(error, OriginalChanged):
                    line.outcome, line.reason = OUTDATED, ""
            continue
        for key, line in left.items():
            line.outcome = (
                PUBLISHED if key in written.published else DRAFTED if key in written.drafted else UNCHANGED
            )
        return


def _all_of(left: dict[str, Line]) -> list[Line]:
    """Everything that is left, taken out."""
    found = list(left.values())
    left.clear()
    return found
