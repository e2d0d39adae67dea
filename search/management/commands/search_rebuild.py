"""manage.py search_rebuild: builds the index anew beside the old one; searches go on meanwhile."""

import time

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import indexing
from search.engine import Engine, EngineError
from search.management.engine_option import add_engine_option, chosen_engines


class Command(BaseCommand):
    help = "Build the search index anew and swap it in; searches go on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        add_engine_option(parser)
        parser.add_argument(
            "--if-damaged",
            action="store_true",
            help="only when it is missing, damaged or of another database",
        )

    def handle(self, *args, engine: str, if_damaged: bool, **options) -> None:
        for chosen in chosen_engines(engine):
            if if_damaged:
                self._ensure(chosen)
                continue
            started = time.perf_counter()
            try:
                count = indexing.rebuild(chosen, self.stdout.write)
                size = chosen.size()
            except EngineError as error:
                raise CommandError(f"{chosen.name}: {error}") from error
            seconds = time.perf_counter() - started
            self.stdout.write(
                f"{chosen.name}: {count:,} listings indexed in {seconds:.1f} s, {size['bytes'] / 1024**2:.1f} MB"
            )

    def _ensure(self, chosen: Engine) -> None:
        try:
            indexing.ensure(chosen, self.stdout.write)
        except EngineError as error:
            raise CommandError(f"{chosen.name}: {error}") from error
