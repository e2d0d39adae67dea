"""manage.py search_follow: applies what the change log holds beyond each index's cursor, once or until stopped."""

import signal
import threading
from types import FrameType

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from search import indexing
from search.engine import Engine, EngineError
from search.management.engine_option import add_engine_option, chosen_engines

POLL_SECONDS = 1.0


class Command(BaseCommand):
    help = "Follow the change log: bring the index up to date, once or until stopped (Ctrl-C, SIGTERM)."

    def add_arguments(self, parser: CommandParser) -> None:
        add_engine_option(parser)
        parser.add_argument("--once", action="store_true", help="stop when the index is up to date")

    def handle(self, *args, engine: str, once: bool, **options) -> None:
        chosen = chosen_engines(engine)
        if once:
            for one in chosen:
                try:
                    applied = indexing.follow(one)
                except EngineError as error:
                    raise CommandError(f"{one.name}: {error}") from error
                self.stdout.write(f"{one.name}: {applied} changes applied")
            return
        self._follow_until_stopped(chosen)

    def _follow_until_stopped(self, chosen: list[Engine]) -> None:
        stopped = threading.Event()

        def stop(number: int, frame: FrameType | None) -> None:
            stopped.set()

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        told: dict[str, str] = {}
        self.stdout.write(
            f"following the change log for {', '.join(one.name for one in chosen)}; stop with Ctrl-C"
        )
        try:
            while not stopped.is_set():
                for one in chosen:
                    self._follow(one, told)
                close_old_connections()
                stopped.wait(POLL_SECONDS)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self.stdout.write("stopped")

    def _follow(self, engine: Engine, told: dict[str, str]) -> None:
        """An engine that is down is tried again at the next poll, and said once a reason."""
        try:
            if applied := indexing.follow(engine):
                self.stdout.write(f"{engine.name}: {applied} changes applied")
            if told.pop(engine.name, None):
                self.stdout.write(f"{engine.name}: answers again")
        except EngineError as error:
            if told.get(engine.name) != str(error):
                told[engine.name] = str(error)
                self.stderr.write(f"{engine.name}: {error}; trying again every {POLL_SECONDS:g} s")
