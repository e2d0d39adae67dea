"""The plan of an import: every listing of the file, what would happen to it and why, and what it may be a double of."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext_noop as noop

from audit.actions import record
from audit.actor import acting
from services import duplicates
from services.errors import FileRefused
from services.likeness import POSSIBLE, Comparable, comparable, keys, likeness
from services.models import ImportRow, ImportRun, Organization, Service
from services.reasons import Reason, as_reason
from services.transfer import reading
from services.transfer.csv_columns import LANGUAGES
from services.transfer.drafts import ServiceDraft
from services.transfer.plan import Plan, plan_rows
from services.transfer.table import CsvRow

from . import rights
from .working import Claim, claimed

State, Action = ImportRun.State, ImportRow.Action
ROWS = 500  # rows of the plan written in one transaction
HEARTBEAT = 500  # rows of the file between two signs of life
CERTAIN = 95  # of 100: left out until somebody says otherwise
SHOWN = 3  # candidates kept for one row

# Line → (identifier, name), as far as they could be read: how people find a refused row.
Seen = dict[int, tuple[str, str]]

NOT_YOURS = noop("this listing is another team's: ask them, or leave it out of the file")

KEEPS_ITS_NAME = noop("the organisation “%(name)s” is another team's: it keeps its name")


def plan_run(run_pk: int) -> None:
    """Plan a run from its beginning. A run that is planned already, or somebody works on, is left alone."""
    with claimed(run_pk, (State.UPLOADED, State.PLANNING), State.PLANNING) as claim:
        if claim is None:
            return
        run = claim.run
        with acting(run.user):
            try:
                seen: Seen = {}
                plan = plan_of(claim, seen)
            except FileRefused as refusal:
                with transaction.atomic():
                    claim.renew(state=State.FAILED, error=refusal.reason.as_data())
                    record(action="import.refused", object_kind="import", object_id=str(run.uuid))
                return
            _write(claim, plan, seen)


def plan_of(claim: Claim, seen: Seen, *, tried: bool = False) -> Plan:
    """What the run's file says beside the catalogue of now; `tried` as for `plan_rows`. Raises FileRefused.

    `seen` is filled on the way.
    """
    run = claim.run
    rows = _with_signs_of_life(reading.read(Path(run.file.path)), claim, seen)
    plan = plan_rows(rows, file=run.name, source=run.source, tried=tried)
    foreign = rights.not_writable(run.user, {update.pk for update in plan.updates})
    for update in [update for update in plan.updates if update.pk in foreign]:
        plan.updates.remove(update)
        plan.refuse(update.line, Reason(NOT_YOURS))
    for organization in Organization.objects.filter(pk__in=list(plan.organizations.renamed)):
        if not rights.may_rename(run.user, organization):
            del plan.organizations.renamed[organization.pk]
            plan.refuse(0, Reason(KEEPS_ITS_NAME, {"name": str(organization)}))
    return plan


def _with_signs_of_life(rows: Iterator[CsvRow], claim: Claim, seen: Seen) -> Iterator[CsvRow]:
    for number, row in enumerate(rows, start=1):
        name = next((text for code in LANGUAGES if (text := row.values.get(f"name_{code}"))), "")
        seen[row.line] = (row.values.get("external_id") or "", name)
        if number % HEARTBEAT == 0:
            claim.renew(done=number)
        yield row


def _write(claim: Claim, plan: Plan, seen: Seen) -> None:
    run = claim.run
    claim.renew(done=0, total=len(plan.creations))
    run.rows.all().delete()  # of a worker that was killed before the end
    found: list[ImportRow] = []
    for start in range(0, len(plan.creations), ROWS):
        found += _creations(run, plan, plan.creations[start : start + ROWS])
        claim.renew(done=start)
    _note_doubles_in_the_file(found, plan)
    found += [
        ImportRow(
            run=run,
            line=update.line,
            external_id=update.identifier[:200],
            name=_short(next((before for name, before, _after in update.described if name == "name_fr"), "")),
            action=Action.UPDATE,
            object_uuid=update.uuid,
            changes=update.described,
            fingerprint=update.fingerprint(),
        )
        for update in plan.updates
    ]
    _name(found)
    found += [
        ImportRow(
            run=run,
            line=kept.line,
            external_id=kept.identifier[:200],
            name=_short(kept.name),
            action=Action.UNCHANGED,
            state=ImportRow.State.APPLIED,
            object_uuid=kept.uuid,
        )
        for kept in plan.kept
    ]
    found += [
        ImportRow(
            run=run,
            line=refusal.line,
            external_id=seen.get(refusal.line, ("", ""))[0][:200],
            name=_short(seen.get(refusal.line, ("", ""))[1]),
            action=Action.REFUSED,
            state=ImportRow.State.REFUSED,
            reason=as_reason(refusal.reason).as_data(),
        )
        for refusal in plan.refused
    ]
    counts = {
        "create": len(plan.creations),
        "update": len(plan.updates),
        "unchanged": len(plan.kept),
        "refused": len(plan.refused),
        "duplicates": sum(bool(row.duplicates) for row in found),
        "organizations": len(plan.organizations.new),
    }
    with transaction.atomic():
        ImportRow.objects.bulk_create(found, batch_size=ROWS)
        claim.renew(state=State.PLANNED, planned_at=now(), counts=counts, done=0, total=0)
        record(action="import.planned", object_kind="import", object_id=str(run.uuid), detail=counts)


def _short(text: str) -> str:
    return text[:200]


def _name(rows: list[ImportRow]) -> None:
    """Listings that change are shown under the name they have now."""
    unnamed = {row.object_uuid: row for row in rows if row.action == Action.UPDATE and not row.name}
    for uuid, name in duplicates.names_of(list(unnamed)).items():
        unnamed[uuid].name = _short(name)


def _creations(run: ImportRun, plan: Plan, creations: list[tuple[int, ServiceDraft]]) -> list[ImportRow]:
    rows = [
        ImportRow(
            run=run,
            line=line,
            external_id=draft.external_id[:200],
            name=_short(next(iter(draft.name.values()), "")),
            action=Action.CREATE,
        )
        for line, draft in creations
    ]
    duplicates.follow()
    wanted = {
        number: comparable_of(draft, plan.organizations.label(draft.organization))
        for number, (_line, draft) in enumerate(creations)
    }
    visible = rights.visible(run.user, Service.objects.all())
    for number, found in duplicates.candidates_of(wanted, among=visible).items():
        rows[number].duplicates = [
            [str(one.uuid), one.name, one.score, list(one.why), None] for one in found[:SHOWN]
        ]
        # What is almost certainly there already is left out until somebody says otherwise.
        rows[number].skip = found[0].score >= CERTAIN
    return rows


def comparable_of(draft: ServiceDraft, organization: str) -> Comparable:
    """What of a draft is compared; a hidden address is not."""
    public = [place for place in draft.locations if place.address_visibility == "public"]
    phones = [phone.number for phone in draft.phones]
    for place in draft.locations:
        phones += [phone.number for phone in place.phones]
    alternates = [part for text in draft.alternate_name.values() for part in text.split(";")]
    return comparable(
        [*draft.name.values(), *alternates],
        postcodes=[place.postcode for place in public],
        streets=[f"{street} {place.house_number}" for place in public for street in place.street.values()],
        phones=phones,
        organizations=[organization],
    )


def _note_doubles_in_the_file(rows: list[ImportRow], plan: Plan) -> None:
    """Two new listings of one file that may be one: the later line is told of the earlier."""
    seen: dict[int, list[int]] = defaultdict(list)
    compared: list[Comparable] = []
    for number, (_line, draft) in enumerate(plan.creations):
        one = comparable_of(draft, plan.organizations.label(draft.organization))
        compared.append(one)
        shared = list(keys(one))
        near = {other for key in shared if len(seen[key]) <= duplicates.COMMON for other in seen[key]}
        best = max(
            ((likeness(compared[other], one), other) for other in near),
            key=lambda pair: pair[0].score,
            default=None,
        )
        if best is not None and best[0].score >= POSSIBLE:
            alike, other = best
            row, earlier = rows[number], rows[other]
            row.duplicates = [
                *row.duplicates,
                [None, earlier.name, alike.score, list(alike.why), earlier.line],
            ]
        for key in shared:
            seen[key].append(number)
