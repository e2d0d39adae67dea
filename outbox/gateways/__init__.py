"""What carries messages: one gateway a channel, named in OUTBOX_GATEWAYS as a dotted path.

A gateway is a class without constructor arguments that has `send(letter)`. It returns when the other side has taken
the letter, and not before; raises `outbox.errors.Refused` when no further attempt would help; anything else it raises
means "not now", and the letter comes again with a growing delay, under the same `id`. Hand the id on where the carrier
takes one (Message-ID, an idempotency header): it is what lets the other side drop a second copy. One letter must be done
within OUTBOX_LEASE_SECONDS: set time-outs. It logs no recipient and no text.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from outbox.errors import NoGateway


@dataclass(frozen=True)
class Letter:
    """What a gateway gets. `recipient` is an e-mail address or a phone in E.164; an SMS is `body` alone."""

    id: str
    recipient: str = field(repr=False)
    subject: str
    body: str = field(repr=False)
    html: str = field(repr=False)
    language: str


class Gateway(Protocol):
    def send(self, letter: Letter) -> None: ...


def for_channel(channel: str) -> Gateway:
    """Raises NoGateway when none is set, ImportError when what is set cannot be found."""
    path = settings.OUTBOX_GATEWAYS.get(channel)
    if not path:
        raise NoGateway(f"no gateway is set for {channel}: see OUTBOX_GATEWAYS")
    return _made(path)


@lru_cache(maxsize=8)
def _made(path: str) -> Gateway:
    return import_string(path)()
