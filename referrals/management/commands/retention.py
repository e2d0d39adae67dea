"""manage.py retention: says what is past its period; with --wet-run, forgets it."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from referrals.actions import retention
from referrals.retention import BadPeriods


class Command(BaseCommand):
    help = "Count what is past its period (settings RETENTION). --wet-run: forget it, a transaction for each batch."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wet-run", action="store_true", help="really forget")
        parser.add_argument(
            "--batch", type=int, default=retention.BATCH, help="files a transaction (%(default)s)"
        )

    def handle(self, *args, wet_run: bool, batch: int, **options) -> None:
        if batch < 1:
            raise CommandError("--batch: 1 or more")
        try:
            counts = retention.run(batch=batch).counts if wet_run else retention.past_due()
        except BadPeriods as error:
            raise CommandError(str(error)) from error
        except retention.StillThere as error:
            raise CommandError(f"past due still: {error}. Run it again") from error
        word = "forgotten" if wet_run else "would be forgotten"
        for kind, number in counts.items():
            self.stdout.write(f"{kind}: {number:,} {word}")
        if not counts:
            self.stdout.write("nothing is past its period")
