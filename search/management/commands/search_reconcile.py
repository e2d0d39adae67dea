"""manage.py search_reconcile: compares database and index, and with --repair makes them equal."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import indexing
from search.engine import EngineError
from search.management.engine_option import add_engine_option, chosen_engines

SHOWN = 10


class Command(BaseCommand):
    help = "Compare the index with the database. Exit code 1 when they differ and nothing was repaired."

    def add_arguments(self, parser: CommandParser) -> None:
        add_engine_option(parser)
        parser.add_argument(
            "--repair", action="store_true", help="index what is missing, drop what is too many"
        )

    def handle(self, *args, engine: str, repair: bool, **options) -> None:
        differing = []
        for chosen in chosen_engines(engine):
            try:
                drift = indexing.reconcile(chosen, repair=repair)
            except EngineError as error:
                raise CommandError(f"{chosen.name}: {error}") from error
            told = f"{chosen.name}: {len(drift.missing)} missing, {len(drift.extra)} too many"
            self.stdout.write(f"{told}; repaired" if drift and repair else told)
            if drift and not repair:
                differing.append(chosen.name)
                for what, pks in (("missing", drift.missing), ("too many", drift.extra)):
                    if pks:
                        more = " …" if len(pks) > SHOWN else ""
                        self.stdout.write(f"  {what}: {', '.join(map(str, pks[:SHOWN]))}{more}")
        if differing:
            raise CommandError(f"{', '.join(differing)} differs from the database; --repair mends it")
