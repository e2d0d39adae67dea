"""Cancel the orientations whose expiry is due; without --wet-run it only counts them."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from referrals.actions import expiry


class Command(BaseCommand):
    help = "Cancel the orientations of which nobody could say in time what became of them."

    def add_arguments(self, parser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--dry-run", action="store_true", help="count only (what happens by default)")
        which.add_argument("--wet-run", action="store_true", help="cancel them")

    def handle(self, *args, **options) -> None:
        now = timezone.now()
        if options["wet_run"]:
            self.stdout.write(f"{expiry.expire(now)} orientations cancelled")
        else:
            self.stdout.write(f"{expiry.due(now).count()} orientations would be cancelled")
