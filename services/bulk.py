"""One change to many services: each through the one door, with its version, its audit row and, when it cannot, a reason.

A published listing is changed and published again; a draft stays a draft. What somebody else is busy with (changes not
yet published, a review, a lock) is left alone and reported, never overwritten or published by the way.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .codes import ConfirmedField, Lifecycle, NoticeKind, VerificationResult
from .models import Notice, Service, TaxonomyTerm
from .publishing import NotPublishable
from .verification import actions as verification

CHUNK = 20  # services of one transaction: few enough that nobody waits long for SQLite's one writer
LONGEST_REPORT = 50  # services that a report names


@dataclass(frozen=True)
class AddNeed:
    term: TaxonomyTerm

    def __call__(self, service: Service) -> str:
        if self.term.pk in {term.pk for term in service.needs.all()}:
            return _("has this need already")
        service.needs.add(self.term)
        return ""


@dataclass(frozen=True)
class RemoveNeed:
    term: TaxonomyTerm

    def __call__(self, service: Service) -> str:
        if self.term.pk not in {term.pk for term in service.needs.all()}:
            return _("does not have this need")
        service.needs.remove(self.term)
        return ""


@dataclass(frozen=True)
class CloseForAWhile:
    """A notice with dates: closed (and then "open now" says no), or other hours that its text tells."""

    kind: str
    starts_on: date
    ends_on: date
    texts: dict[str, str]  # language → text

    def __call__(self, service: Service) -> str:
        same = (self.kind, self.starts_on, self.ends_on)
        if any((one.kind, one.starts_on, one.ends_on) == same for one in service.notices.all()):
            return _("has a notice for these days already")
        texts = {f"text_{code}": text for code, text in self.texts.items() if text}
        service.notices.add(Notice(kind=self.kind, starts_on=self.starts_on, ends_on=self.ends_on, **texts))
        return ""


@dataclass(frozen=True)
class SetState:
    lifecycle: str

    def __call__(self, service: Service) -> str:
        if service.lifecycle == self.lifecycle:
            return _("is in this state already")
        service.lifecycle = self.lifecycle
        return ""


@dataclass(frozen=True)
class Verified:
    day: date
    channel: str

    def record(self, service: Service, by) -> str:
        """Beside all versions: a verification is found out about the listing, not written in it."""
        if service.verified_on and service.verified_on > self.day:
            return _("was verified later than that")
        verification.record(
            service=service,
            channel=self.channel,
            result=VerificationResult.VERIFIED,
            fields=ConfirmedField.values,
            on=self.day,
            by=by,
        )
        return ""


Edit = Callable[[Service], str] | Verified
NOTICE_KINDS = (NoticeKind.CLOSURE, NoticeKind.HOURS)
STATES = (Lifecycle.PUBLISHED, Lifecycle.SUSPENDED, Lifecycle.CLOSED_PERMANENTLY, Lifecycle.ARCHIVED)
NO_RIGHT = gettext_lazy("you may not change it")


@dataclass
class Outcome:
    """`done` and `skipped` count services; `named` are the first of those skipped, as [pk, name, reason]."""

    done: int = 0
    skipped: int = 0
    named: list[list] = field(default_factory=list)

    def skip(self, service: Service, reason: str) -> None:
        self.skipped += 1
        if len(self.named) < LONGEST_REPORT:
            self.named.append([service.pk, str(service), reason])


def chunks(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    return (pks[start : start + CHUNK] for start in range(0, len(pks), CHUNK))


def change_for_a_while(
    pks: Sequence[int],
    edit: Edit,
    *,
    by,
    may_change: Callable[[Service], bool],
    may_publish: Callable[[Service], bool],
    seconds: float,
    outcome: Outcome,
) -> Sequence[int]:
    """Apply `edit` to these services, a transaction a chunk, until `seconds` have passed; at least one chunk.

    Returns the primary keys that are left. A chunk that fails is rolled back as a whole and its error is raised: what
    was counted in `outcome` stands.
    """
    ends = time.monotonic() + seconds
    while pks:
        chunk, pks = pks[:CHUNK], pks[CHUNK:]
        counted = Outcome()
        with transaction.atomic():
            for service in _current(chunk):
                reason = _changed(service, edit, by, may_change, may_publish)
                if reason:
                    counted.skip(service, reason)
                else:
                    counted.done += 1
        outcome.done += counted.done
        outcome.skipped += counted.skipped
        outcome.named += counted.named[: LONGEST_REPORT - len(outcome.named)]
        if time.monotonic() > ends:
            break
    return pks


def _current(chunk: Sequence[int]) -> list[Service]:
    return list(
        Service.objects.filter(pk__in=chunk).select_related("latest_revision", "locked_by").order_by("pk")
    )


def _changed(service: Service, edit: Edit, by, may_change, may_publish) -> str:
    """Changes one service; the reason why not, or ""."""
    if not may_change(service):
        return str(NO_RIGHT)
    if isinstance(edit, Verified):
        return edit.record(service, by)
    if service.workflow_in_progress:
        return _("is being reviewed")
    lock = service.get_lock()
    if lock and lock.for_user(by):
        return _("is locked")
    if service.live and service.has_unpublished_changes:
        return _("has changes that are not published yet")
    draft = service.get_latest_revision_as_object()
    reason = edit(draft)
    if reason:
        return reason
    if not draft.live:
        draft.save()
    version = draft.save_revision(user=by, clean=False, log_action=True)
    if draft.live and may_publish(service):
        try:
            with transaction.atomic():
                version.publish(user=by, skip_permission_checks=True)
        except NotPublishable as refusal:
            return _("changed as a draft only: %(faults)s") % {"faults": refusal}
    elif draft.live:
        return _("changed as a draft only: it waits for somebody who may publish")
    return ""
