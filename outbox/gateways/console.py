"""Shows messages on the console instead of sending them; for development, where no SMS carrier is at hand."""

import sys

from . import Letter

SHOWN_DIGITS = 2


class ConsoleGateway:
    """The recipient is masked: a console ends in a log."""

    def send(self, letter: Letter) -> None:
        hidden = "•" * max(len(letter.recipient) - SHOWN_DIGITS, 0)
        sys.stdout.write(
            f"--- message {letter.id} to {hidden}{letter.recipient[len(hidden) :]} ({letter.language})\n{letter.body}\n---\n"
        )
        sys.stdout.flush()
