"""How much one address may send, and that nothing is sent twice: keyed hashes of the last day, nothing else."""

import ipaddress
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from sealing.keys import keyed_hash
from services.models import RecentSubmission

KEPT = timedelta(hours=24)
IPV6_SITE = 64  # bits: one household or office has all the addresses that share them


class TooMany(Exception):
    """This address has sent enough for now."""


class SentAlready(Exception):
    """The same form, or the same text, was taken within a day."""


@transaction.atomic
def count(*, address: str, nonce: str, text: str) -> None:
    """Note one submission from an IP address. Raises TooMany or SentAlready, and notes nothing then.

    `text`: all of what is sent, to be recognised when it comes again. Forgets what is older than a day.
    """
    now = timezone.now()
    forget()
    sender = keyed_hash(f"suggestion from {site_of(address)} {timezone.localdate()}")
    recent = RecentSubmission.objects.filter(sender=sender)
    if recent.filter(at__gt=now - timedelta(hours=1)).count() >= settings.SUGGESTIONS_PER_HOUR:
        raise TooMany
    if recent.count() >= settings.SUGGESTIONS_PER_DAY:
        raise TooMany
    said = keyed_hash(f"suggested text {' '.join(text.split()).casefold()} {timezone.localdate()}")
    if RecentSubmission.objects.filter(text=said).exists():
        raise SentAlready
    try:
        with transaction.atomic():
            RecentSubmission.objects.create(
                sender=sender, form=keyed_hash(f"suggestion form {nonce}"), text=said
            )
    except IntegrityError:
        raise SentAlready from None


def forget() -> int:
    """Delete what is older than a day; returns how many."""
    return RecentSubmission.objects.filter(at__lte=timezone.now() - KEPT).delete()[0]


def site_of(address: str) -> str:
    """An IPv6 address as the network of its household; anything that is no address stays as it is."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return address.strip()
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, IPV6_SITE), strict=False))
    return str(parsed)
