"""manage.py retention_replay: makes a restored database forget again what was forgotten since its backup."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from referrals import deletion_log
from referrals.actions import retention


class Command(BaseCommand):
    help = "Forget again, after a restore, what the log of forgotten files (RETENTION_LOG) names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--log", type=Path, default=None, help="another file than RETENTION_LOG")

    def handle(self, *args, log: Path | None, **options) -> None:
        path = log or Path(settings.RETENTION_LOG)
        if not path.exists():
            raise CommandError(f"{path} is not there: restore the log of forgotten files first")
        try:
            counts = retention.replay(list(deletion_log.read(path)))
        except deletion_log.Broken as error:
            raise CommandError(f"{error}. Nothing was changed") from error
        for kind, number in sorted(counts.items()):
            self.stdout.write(f"{kind}: {number:,} forgotten again")
        if not counts:
            self.stdout.write("everything that was forgotten is forgotten here too")
