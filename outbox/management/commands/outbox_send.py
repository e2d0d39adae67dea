"""manage.py outbox_send: sends what is due, once or for ever. `run_worker` does it too; this is for a machine of its own."""

import signal
import threading
from types import FrameType

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from outbox.actions import forget_recipients
from outbox.delivery import deliver_due
from sealing.errors import SealingError
from sealing.proof import require_right_keys


class Command(BaseCommand):
    help = "Send the messages that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")
        parser.add_argument(
            "--every", type=float, default=5.0, help="seconds between two looks (%(default)s)"
        )
        parser.add_argument("--limit", type=int, default=200, help="messages a look (%(default)s)")

    def handle(self, *args, once: bool, every: float, limit: int, **options) -> None:
        try:
            require_right_keys()
        except SealingError as error:
            raise CommandError(str(error)) from error
        stopped = threading.Event()
        if not once:
            self._stop_on_signals(stopped)
        while not stopped.is_set():
            close_old_connections()
            done = deliver_due(limit=limit)
            forget_recipients()
            if once or done.sent or done.failed or done.given_up:
                self.stdout.write(str(done))
            if once:
                return
            stopped.wait(every)

    def _stop_on_signals(self, stopped: threading.Event) -> None:
        """The message that is under way is finished first."""

        def stop(_signal: int, _frame: FrameType | None) -> None:
            stopped.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
