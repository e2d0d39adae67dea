"""manage.py follow_translations: the states of translations brought up to date, from a timer or by hand."""

from django.core.management.base import BaseCommand, CommandParser

from services.translating import following


class Command(BaseCommand):
    help = (
        "Follows the change log for the states of translations; with --all looks at every listing (nightly)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="every listing, whatever the log says")

    def handle(self, *args, **options) -> None:
        if options["all"]:
            done = following.reconcile(self.stdout.write)
            self.stdout.write(f"{done.listings} listings looked at, {done.rows} states written")
            return
        followed = 0
        while count := following.follow():
            followed += count
        self.stdout.write(f"{followed} changes followed")
