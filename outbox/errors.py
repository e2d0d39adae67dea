"""Errors of the outbox; none of them carries a recipient."""


class OutboxError(Exception):
    """Anything the outbox refuses."""


class BadMessage(OutboxError, ValueError):
    """A message that could never be sent; `field` names what is wrong with it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field


class NoGateway(OutboxError):
    """No gateway is set for this channel (OUTBOX_GATEWAYS)."""


class NotToBeResent(OutboxError):
    """The message was not given up, or its recipient is forgotten."""


class Refused(OutboxError):
    """Raised by a gateway for what no further attempt would change: nobody has this address, the message is malformed.

    `reason` is a class name or a code, never the server's words: they quote the address.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
