"""The signed link in an e-mail to an organisation. It carries the question's uuid and nothing else."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.utils import timezone

from services.codes import VerificationRequestState
from services.models import VerificationRequest

from .rules import LINK_DAYS

SALT = "services.verification.links"  # a token made for anything else is none here


class LinkWrong(Exception):
    """Not a link of ours, or cut short by a mail program."""


class LinkExpired(Exception):
    """Ours, but its time is over; a new mail brings a new one."""


def token(request: VerificationRequest) -> str:
    """Only letters, digits, - _ and :, so that it is a path segment as it is."""
    return signing.TimestampSigner(salt=SALT).sign(request.uuid.hex)


def read(text: str, *, now: datetime | None = None) -> VerificationRequest:
    """The question that a link is about, answered or not. Raises LinkWrong, LinkExpired."""
    try:
        value = signing.TimestampSigner(salt=SALT).unsign(text, max_age=timedelta(days=LINK_DAYS))
        uuid = UUID(hex=value)
    except signing.SignatureExpired:
        raise LinkExpired from None
    except (signing.BadSignature, ValueError):
        raise LinkWrong from None
    found = (
        VerificationRequest.objects.select_related("service__organization", "service__steward")
        .filter(uuid=uuid)
        .first()
    )
    if found is None:
        raise LinkWrong
    if found.state in (VerificationRequestState.EXPIRED, VerificationRequestState.FAILED) or (
        found.state == VerificationRequestState.SENT and found.expires_at <= (now or timezone.now())
    ):
        raise LinkExpired
    return found
