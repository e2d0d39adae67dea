"""manage.py make_listings N: plausible invented listings, for scale and load."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.timezone import localdate

from services.generate.actions import make_listings

MOST = 1_000_000


class Command(BaseCommand):
    help = (
        "Make N invented multilingual listings (marked as examples). The same seed adds only what is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, metavar="N")
        parser.add_argument(
            "--seed", type=int, default=1, help="another seed makes other listings (default: 1)"
        )

    def handle(self, *args, count: int, seed: int, **options) -> None:
        if not 1 <= count <= MOST:
            raise CommandError(f"N: a whole number from 1 to {MOST}; got {count}")
        with translation.override(settings.LANGUAGE_CODE):
            try:
                written = make_listings(
                    count, seed=seed, today=localdate(), by="make_listings", progress=self.stdout.write
                )
            except LookupError as error:
                raise CommandError(str(error)) from None
        for number, reason in written.refused[:10]:
            self.stderr.write(f"listing {number} refused: {reason}")
        self.stdout.write(
            f"created {written.created}, already there {written.existing}, refused {len(written.refused)}"
        )
