"""manage.py care_refresh: recomputes what each listing needs from its team."""

import time

from django.core.management.base import BaseCommand

from services.care import actions


class Command(BaseCommand):
    help = (
        "Recompute due dates, urgency and completeness of all listings (each night the scheduler does the same). "
        "--follow: only of those that changed."
    )

    def add_arguments(self, parser):
        parser.add_argument("--follow", action="store_true", help="only what changed since the last time")

    def handle(self, *args, follow: bool, **options):
        started = time.monotonic()
        if follow:
            actions.ensure()
            actions.follow()
            self.stdout.write(f"up to date after {time.monotonic() - started:.1f} s")
            return
        done = actions.refresh(progress=self._tell)
        self.stdout.write(f"{done:,} listings in {time.monotonic() - started:.1f} s")

    def _tell(self, done: int) -> None:
        if done % 10_000 == 0:
            self.stdout.write(f"  {done:,}")
