"""Signed links in e-mails: a path segment that carries one uuid for one purpose, and ends after some days."""

from datetime import timedelta
from uuid import UUID

from django.core import signing


class LinkWrong(Exception):
    """Not a link of ours, made for something else, or cut short by a mail program."""


class LinkExpired(Exception):
    """Ours, but its time is over."""


def sign(uuid: UUID, *, purpose: str) -> str:
    """Only letters, digits, - _ and :, so that it is a path segment as it is. `purpose` (the salt) is the reader's."""
    return signing.TimestampSigner(salt=purpose).sign(uuid.hex)


def unsign(text: str, *, purpose: str, days: int) -> UUID:
    """The uuid that was signed for this purpose at most `days` ago. Raises LinkWrong, LinkExpired."""
    try:
        return UUID(hex=signing.TimestampSigner(salt=purpose).unsign(text, max_age=timedelta(days=days)))
    except signing.SignatureExpired:
        raise LinkExpired from None
    except (signing.BadSignature, ValueError):
        raise LinkWrong from None
