"""Writes about verifications: one is recorded, an organisation answers, a listing is suspended or closed after it."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate

from audit import actions as audit
from audit.actor import acting
from services import changes
from services.codes import (
    ConfirmedField,
    VerificationChannel,
    VerificationRequestState,
    VerificationResult,
)
from services.errors import CatalogueError
from services.models import Change, Service, Verification, VerificationRequest
from services.reports.actions import settle_by_verification

from . import rules

ORGANISATION = "organisation"  # the actor of what came by a link


class AlreadyAnswered(CatalogueError):
    """The question was answered before; its answer stays."""


@transaction.atomic
def record(
    *,
    service: Service,
    channel: str,
    result: str,
    fields: Iterable[str],
    shown: Iterable[str] | None = None,
    note: str = "",
    on: date | None = None,
    by,
) -> Verification:
    """Note that somebody checked a listing; `by`: a user, or None for the organisation itself.

    `fields`: codes of ConfirmedField that were right or corrected; `shown`: those there were to confirm (default: all).
    `on`: the day it was checked, when that was not today. When it counts (rules.counts), the listing says so to
    everybody at once; what agents reported and this answers is closed. Drafts are left as they are.
    Raises ValueError for an unknown code.
    """
    fields = _known(ConfirmedField, fields)
    shown = _known(ConfirmedField, ConfirmedField.values if shown is None else shown)
    _known(VerificationChannel, [channel])
    _known(VerificationResult, [result])
    Service.objects.select_for_update().get(pk=service.pk)
    with acting(by or ORGANISATION):
        if rules.counts(result, fields, shown):
            set_verified(service=service, on=on or localdate(), channel=channel)
        settle_by_verification(service=service, result=result, fields=fields, on=on, by=by)
        made = Verification.objects.create(
            service=service, by=by, channel=channel, result=result, fields=fields, note=note
        )
        audit.record(
            action="service.verified",
            object_kind="service",
            object_id=str(service.uuid),
            detail={"channel": channel, "result": result, "fields": fields},
        )
    return made


def _known(codes, values: Iterable[str]) -> list[str]:
    found = list(values)
    for value in found:
        if value not in codes.values:
            raise ValueError(f"{value!r} is not one of {', '.join(codes.values)}")
    return [code for code in codes.values if code in found]


def set_verified(*, service: Service, on: date | None, channel: str) -> None:
    """Write when and how a listing was last verified, in its live row: no version holds it (Service.KEPT)."""
    with changes.bulk_recording() as rows:
        Service.objects.filter(pk=service.pk).update(
            verified_on=on, verification_channel=channel, modified_at=timezone.now()
        )
        rows.append((Service, service.pk, service.uuid, Change.Verb.UPDATED))
    service.verified_on, service.verification_channel = on, channel


@transaction.atomic
def still_correct(*, request: VerificationRequest) -> Verification:
    """The organisation says that all is right. Raises AlreadyAnswered."""
    answered(request=request, state=VerificationRequestState.CORRECT)
    # They read what is published about them, all of it.
    return record(
        service=request.service,
        channel=VerificationChannel.SELF,
        result=VerificationResult.VERIFIED,
        fields=ConfirmedField.values,
        by=None,
    )


@transaction.atomic
def answered(*, request: VerificationRequest, state: str) -> None:
    """Close a question with the organisation's answer: CORRECT, or CHANGED when its suggestion has arrived.

    Raises AlreadyAnswered when it was answered, by this link or in another window.
    """
    locked = VerificationRequest.objects.select_for_update().get(pk=request.pk)
    if locked.state != VerificationRequestState.SENT:
        raise AlreadyAnswered(f"question {request.uuid} is {locked.state}")
    request.state, request.answered_at = state, timezone.now()
    request.save(update_fields=["state", "answered_at"])
    with acting(ORGANISATION):
        audit.record(
            action="verification_request.answered",
            object_kind="service",
            object_id=str(request.service.uuid),
            detail={"answer": str(state)},
        )
