"""The signed link in an e-mail to an organisation. It carries the question's uuid and nothing else."""

from datetime import datetime

from django.utils import timezone

from sealing.links import LinkExpired, LinkWrong, sign, unsign
from services.codes import VerificationRequestState
from services.models import VerificationRequest

from .rules import LINK_DAYS

SALT = "services.verification.links"  # a token made for anything else is none here


def token(request: VerificationRequest) -> str:
    return sign(request.uuid, purpose=SALT)


def read(text: str, *, now: datetime | None = None) -> VerificationRequest:
    """The question that a link is about, answered or not. Raises LinkWrong, LinkExpired (a new mail brings a new one)."""
    found = (
        VerificationRequest.objects.select_related("service__organization", "service__steward")
        .filter(uuid=unsign(text, purpose=SALT, days=LINK_DAYS))
        .first()
    )
    if found is None:
        raise LinkWrong
    if found.state in (VerificationRequestState.EXPIRED, VerificationRequestState.FAILED) or (
        found.state == VerificationRequestState.SENT and found.expires_at <= (now or timezone.now())
    ):
        raise LinkExpired
    return found
