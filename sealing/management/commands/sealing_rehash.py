"""manage.py sealing_rehash: hashes everything anew after SEALING_HASH_KEY was changed, with the site stopped."""

import os

from django.core.management.base import BaseCommand, CommandError

from audit.actor import acting
from sealing.errors import SealingError
from sealing.rehashing import rehash


class Command(BaseCommand):
    help = (
        "Hash everything anew with SEALING_HASH_KEY; the key until now is in SEALING_HASH_KEY_BEFORE."
        " Stop the site first. Recovery codes of the second sign-in step are worthless afterwards."
    )

    def handle(self, *args, **options) -> None:
        before = os.environ.get("SEALING_HASH_KEY_BEFORE", "")
        if not before:
            raise CommandError("SEALING_HASH_KEY_BEFORE is not set: the key until now")
        try:
            with acting("sealing_rehash"):
                counts = rehash(before=before)
        except SealingError as error:
            raise CommandError(f"{error}. Nothing was changed") from error
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count:,} hashed anew")
