"""What the machine does about files at services, every hour: reminds, tells the agent of a mail that did not arrive, empties.

Each in a transaction of its own: killed in the middle, the next run goes on, and the outbox's keys keep a mail from going twice.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from outbox.errors import OutboxError
from outbox.models import Message, State
from referrals import holding, states
from referrals.codes import FollowUpKind
from referrals.errors import BadValue
from referrals.models import FollowUp, Need, Orientation, TransmittedFile

from . import follow_ups, transmitting

log = logging.getLogger(__name__)
ANSWERABLE = (states.REQUESTED, states.ON_HOLD)


def hourly() -> None:
    """For the scheduler."""
    now = timezone.now()
    remind(now)
    tell_undelivered(now)
    forget(now)


def due(now: datetime) -> QuerySet[FollowUp]:
    """Reminders whose moment has come, of files that a service may still answer."""
    return FollowUp.objects.filter(
        kind=FollowUpKind.SERVICE,
        done_at=None,
        cancelled_at=None,
        due_at__lte=now,
        orientation__state__in=ANSWERABLE,
        orientation__file__content__isnull=False,
        orientation__file__expires_at__gt=now,
        orientation__file__reminded_at=None,
        orientation__file__undelivered_at=None,
    )


def remind(now: datetime) -> int:
    """Write to each service once more, with a new link. Returns how many.

    A reminder that cannot be sent by mail (no address any more) stays pending: it is then the agent's, who calls.
    """
    return sum(_remind_one(pk, now) for pk in list(due(now).order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _remind_one(pk: int, now: datetime) -> bool:
    orientation = Orientation.objects.filter(follow_ups=pk).first()
    if orientation is None:
        return False
    holding.hold(Need.objects.filter(pk=orientation.need_id))
    holding.hold(Orientation.objects.filter(pk=orientation.pk))
    found = due(now).select_related("orientation__file", "orientation__service__organization").filter(pk=pk)
    one = found.first()  # somebody may have answered, or moved the date, since it was listed
    if one is None or one.orientation is None or one.orientation.service is None:
        return False
    file = one.orientation.file
    try:
        transmitting.mail(file, address=transmitting.mailbox(one.orientation.service), step="reminder")
    except (BadValue, OutboxError) as refusal:
        log.warning("file %s: the service is not reminded by mail: %s", file.uuid, type(refusal).__name__)
        return False
    TransmittedFile.objects.filter(pk=file.pk).update(reminded_at=now)
    follow_ups.done(follow_up=one, by=None, at=now)
    return True


def tell_undelivered(now: datetime) -> int:
    """A mail that was given up becomes the agent's: the call to the service is due now. Returns how many."""
    given_up = Message.objects.filter(
        kind=transmitting.KIND, about_id=OuterRef("orientation__uuid"), state=State.GIVEN_UP
    )
    files = TransmittedFile.objects.filter(
        Exists(given_up), undelivered_at=None, opened_at=None, orientation__state__in=ANSWERABLE
    )
    return sum(_tell_one(pk, now) for pk in list(files.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _tell_one(pk: int, now: datetime) -> bool:
    file = TransmittedFile.objects.select_related("orientation").defer("content", "answer_note").get(pk=pk)
    need = holding.held(Need.objects.filter(pk=file.orientation.need_id)).first()
    one = holding.held(Orientation.objects.filter(pk=file.orientation_id)).first()
    if need is None or one is None or one.state not in ANSWERABLE or need.status in states.CLOSED_NEEDS:
        return False
    if not TransmittedFile.objects.filter(pk=pk, undelivered_at=None).update(undelivered_at=now):
        return False
    pending = FollowUp.objects.filter(
        orientation=one, kind=FollowUpKind.SERVICE, done_at=None, cancelled_at=None
    )
    if not FollowUp.objects.filter(pk__in=holding.hold(pending)).update(due_at=now, version=F("version") + 1):
        FollowUp.objects.create(
            team_id=one.team_id,
            kind=FollowUpKind.SERVICE,
            person_id=one.person_id,
            need=need,
            orientation=one,
            assignee_id=one.assignee_id,
            due_at=now,
        )
    return True


def forget(now: datetime) -> int:
    """Empty files whose time is over, whatever became of them. Returns how many."""
    over = TransmittedFile.objects.filter(expires_at__lte=now, content__isnull=False)
    return over.update(content=None)
