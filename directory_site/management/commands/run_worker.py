"""manage.py run_worker: the background work of a server, in a process of its own beside the web server."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from directory_site import worker
from sealing.errors import SealingError
from sealing.proof import require_right_keys


class Command(BaseCommand):
    help = "Run background tasks and periodic jobs until SIGTERM. Several may run, on one machine or more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")

    def handle(self, *args, once: bool, **options) -> None:
        try:
            require_right_keys()
        except SealingError as error:
            raise CommandError(str(error)) from error
        if once:
            worker.run_once()
        else:
            worker.run()
