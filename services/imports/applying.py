"""Carries an import out, chunk by chunk: what was written and that it was written stand or fall together.

The file is compared again with the catalogue of now. A killed worker's successor finds the rows that are done marked so
in the same transaction that wrote them, and goes on with the others. What is not any more what people were shown is
refused, not guessed.
"""

from collections.abc import Hashable, Iterable, Mapping
from functools import partial

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext_noop as noop

from audit.actions import record
from audit.actor import acting
from services.errors import FileRefused
from services.models import Change, ImportRow, ImportRun, Organization, Service
from services.reasons import Reason, as_reason
from services.transfer.apply import used_organizations, why_refused, write_organizations
from services.transfer.create import DraftRefused, Terms, create_services
from services.transfer.csv_compare import Update
from services.transfer.drafts import ServiceDraft
from services.transfer.plan import Plan
from services.transfer.update import update_service

from . import rights
from .planning import plan_of
from .versions import Versions
from .working import Claim, claimed

State, Action, RowState = ImportRun.State, ImportRow.Action, ImportRow.State
CREATE_CHUNK = 500
# Updates in one commit: the index follows once for all of them, and other writers wait no longer than a second or two.
UPDATE_CHUNK = 25

CHANGED_SINCE = noop("the listing or the file's other rows changed after the preview: import the row again")


def apply_run(run_pk: int) -> None:
    """Carry a run out, or go on with one whose worker was killed. Rows that are done are never done again."""
    with claimed(run_pk, (State.APPLYING,), State.APPLYING) as claim:
        if claim is None:
            return
        with acting(claim.run.user):
            try:
                plan = plan_of(claim, {}, tried=True)
            except FileRefused as refusal:  # the file was there when it was planned: somebody took it away
                claim.renew(state=State.FAILED, error=refusal.reason.as_data())
                return
            _Applying(claim, plan).run_through()


class _Applying:
    def __init__(self, claim: Claim, plan: Plan) -> None:
        self.claim, self.plan, self.run = claim, plan, claim.run
        todo = self.run.rows.filter(state=RowState.PLANNED, entity=ImportRow.Entity.SERVICE)
        self.rows: dict[tuple[str, int], ImportRow] = {(row.action, row.line): row for row in todo}
        self.finished = 0
        self.steward = partial(rights.stewarded_by, self.run.team)

    def run_through(self) -> None:
        self.claim.renew(done=0, total=len(self.rows))
        self._leave_out()
        creations = [(self._row(Action.CREATE, line), draft) for line, draft in self.plan.creations]
        updates = [(self._row(Action.UPDATE, update.line), update) for update in self.plan.updates]
        wanted = [(row, draft) for row, draft in creations if row is not None]
        changed = [
            (row, update)
            for row, update in updates
            if row is not None and row.fingerprint == update.fingerprint()
        ]
        self.plan.creations = [(row.line, draft) for row, draft in wanted]
        self.plan.updates = [update for _row, update in changed]
        organizations = self._organizations()
        for start in range(0, len(wanted), CREATE_CHUNK):
            self._create(wanted[start : start + CREATE_CHUNK], organizations)
        terms = Terms()
        for start in range(0, len(changed), UPDATE_CHUNK):
            self._update(changed[start : start + UPDATE_CHUNK], terms, organizations)
        self._finish()

    def _row(self, action: str, line: int) -> ImportRow | None:
        """The row that people saw and that is still to be done."""
        return self.rows.get((action, line))

    def _leave_out(self) -> None:
        left = [row for row in self.rows.values() if row.skip and row.action == Action.CREATE]
        with transaction.atomic():
            ImportRow.objects.filter(pk__in=[row.pk for row in left]).update(state=RowState.SKIPPED)
            self.claim.renew(done=len(left))
        for row in left:
            del self.rows[row.action, row.line]
        self.finished = len(left)

    def _organizations(self) -> Mapping[Hashable, int]:
        """Create and rename organisations, and note which, so that they can be taken back."""
        renamed = dict(self.plan.organizations.renamed)
        before = dict(Organization.objects.filter(pk__in=renamed).values_list("pk", "latest_revision_id"))
        last = Organization.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        known = used_organizations(self.plan) & self.plan.organizations.new.keys()
        with transaction.atomic():
            found = write_organizations(self.plan, self.steward)
            made = Organization.objects.filter(
                pk__gt=last, pk__in=[found[key] for key in known if key in found]
            )
            rows = [self._organization_row(one, Action.CREATE) for one in made]
            for one in Organization.objects.filter(pk__in=renamed):
                row = self._organization_row(one, Action.UPDATE)
                row.before = {"object": list(Versions.of_one(one, before[one.pk]))}
                rows.append(row)
            ImportRow.objects.bulk_create(rows)
            self.claim.renew()
        return found

    def _organization_row(self, one: Organization, action: str) -> ImportRow:
        return ImportRow(
            run=self.run,
            entity=ImportRow.Entity.ORGANIZATION,
            name=str(one)[:200],
            action=action,
            state=RowState.APPLIED,
            object_uuid=one.uuid,
            was_live=True,
            applied_change=_head(),
        )

    def _create(
        self, chunk: list[tuple[ImportRow, ServiceDraft]], organizations: Mapping[Hashable, int]
    ) -> None:
        try:
            with transaction.atomic():
                self._write_new(chunk, organizations)
        except DatabaseError as error:
            if len(chunk) > 1:  # one of them: find out which, and keep the others
                for one in chunk:
                    self._create([one], organizations)
                return
            self._refuse(chunk[0][0], why_refused(error))

    def _write_new(
        self, chunk: list[tuple[ImportRow, ServiceDraft]], organizations: Mapping[Hashable, int]
    ) -> None:
        written = create_services(
            [draft for _row, draft in chunk], organizations=organizations, prepared=self.steward
        )
        head = _head()
        done = []
        for position, (_pk, uuid) in written.made.items():
            row = chunk[position][0]
            row.state, row.object_uuid, row.applied_change = RowState.APPLIED, uuid, head
            done.append(row)
        for position, reason in written.refused:
            row = chunk[position][0]
            row.state, row.reason = RowState.REFUSED, as_reason(reason).as_data()
            done.append(row)
        ImportRow.objects.bulk_update(done, ["state", "reason", "object_uuid", "applied_change"])
        self._count(len(chunk))
        self._drop(row for row, _draft in chunk if row.state != RowState.PLANNED)

    def _update(self, chunk: list[tuple[ImportRow, Update]], terms: Terms, organizations: Mapping) -> None:
        with transaction.atomic():
            for row, update in chunk:
                try:
                    with transaction.atomic():
                        versions = Versions(update.pk)
                        row.was_live = versions.was_live
                        update_service(update, terms, organizations, placed=self.steward)
                        row.before = versions.since()
                    row.state, row.applied_change = RowState.APPLIED, _head()
                except (DraftRefused, ValidationError, Service.DoesNotExist, DatabaseError) as refusal:
                    row.state, row.reason = RowState.REFUSED, why_refused(refusal).as_data()
                row.save(update_fields=["state", "reason", "was_live", "before", "applied_change"])
            self._count(len(chunk))
        self._drop(row for row, _update in chunk)

    def _refuse(self, row: ImportRow, reason: Reason) -> None:
        with transaction.atomic():
            row.state, row.reason = RowState.REFUSED, reason.as_data()
            row.save(update_fields=["state", "reason"])
            self._count(1)
        self._drop([row])

    def _count(self, number: int) -> None:
        """In the transaction of the write: a worker that was superseded must not commit it."""
        self.finished += number
        self.claim.renew(done=self.finished)

    def _drop(self, rows: Iterable[ImportRow]) -> None:
        for row in list(rows):
            self.rows.pop((row.action, row.line), None)

    def _finish(self) -> None:
        left = [row.pk for row in self.rows.values()]
        with transaction.atomic():
            for start in range(0, len(left), CREATE_CHUNK):
                ImportRow.objects.filter(pk__in=left[start : start + CREATE_CHUNK]).update(
                    state=RowState.REFUSED, reason=Reason(CHANGED_SINCE).as_data()
                )
            counts = self.run.counts | outcome(self.run)
            self.claim.renew(state=State.APPLIED, applied_at=now(), counts=counts, done=0, total=0)
            record(
                action="import.applied",
                object_kind="import",
                object_id=str(self.run.uuid),
                detail=outcome(self.run),
            )


def outcome(run: ImportRun) -> dict[str, int]:
    """Listings by what became of them."""
    rows = run.rows.filter(entity=ImportRow.Entity.SERVICE)
    return {
        "created": rows.filter(action=Action.CREATE, state=RowState.APPLIED).count(),
        "updated": rows.filter(action=Action.UPDATE, state=RowState.APPLIED).count(),
        "skipped": rows.filter(state=RowState.SKIPPED).count(),
        "refused_in_all": rows.filter(state=RowState.REFUSED).count(),
    }


def _head() -> int:
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
