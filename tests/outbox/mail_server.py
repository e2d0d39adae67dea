"""A real mail server on this machine that writes down what it took, and refuses or dawdles when told."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller

from tests.fixtures_db import free_port

GONE = "gone@example.org"  # nobody has this address
BUSY = "busy@example.org"  # not now


class MailServer:
    """`taken` are (recipient, mail) in the order of their "250"."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Message]] = []
        self.dawdle = 0.0
        self.port = 0

    def ids(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(mail["Message-ID"] for _recipient, mail in self.taken)

    def recipients(self) -> list[str]:
        return sorted(recipient for recipient, _mail in self.taken)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address == GONE:
            return f"550 <{address}> unknown"
        if address == BUSY:
            return f"451 <{address}> is busy, later please"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        for recipient in envelope.rcpt_tos:
            self.taken.append((recipient, message_from_bytes(envelope.content)))
        if self.dawdle:
            time.sleep(self.dawdle)  # taken, but the sender does not know yet: the moment a kill doubles
        return "250 OK"


@contextmanager
def running() -> Iterator[MailServer]:
    handler = MailServer()
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
