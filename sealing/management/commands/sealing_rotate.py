"""manage.py sealing_rotate: seals every sealed text anew with the newest key."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.actor import acting
from sealing.errors import SealingError
from sealing.rotation import BATCH, rotate


class Command(BaseCommand):
    help = "Seal every sealed text with the first key in SEALING_KEYS; afterwards the other keys may go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what would be sealed anew")
        parser.add_argument("--batch", type=int, default=BATCH, help="rows a transaction (%(default)s)")

    def handle(self, *args, dry_run: bool, batch: int, **options) -> None:
        if batch < 1:
            raise CommandError("--batch: 1 or more")
        try:
            with acting("sealing_rotate"):
                done = rotate(dry_run=dry_run, batch=batch)
        except SealingError as error:
            raise CommandError(str(error)) from error
        for name, count in sorted(done.resealed.items()):
            self.stdout.write(f"{name}: {count:,} {'would be sealed' if dry_run else 'sealed'} anew")
        if done.unreadable:
            told = ", ".join(f"{name}: {count:,}" for name, count in sorted(done.unreadable.items()))
            raise CommandError(
                f"no key opens {told}. They stay as they are, and so do the keys that are needed"
            )
        if done.keys_let_go:
            self.stdout.write(
                f"{done.keys_let_go} older keys are not needed any more: take them out of SEALING_KEYS"
            )
