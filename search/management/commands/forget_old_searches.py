"""manage.py forget_old_searches [--dry-run]: deletes the oldest counts of searches that found nothing."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import localdate

from search.actions import forget_old_searches


class Command(BaseCommand):
    help = "Delete counts of searches without a result that are older than SEARCH_LOG_WEEKS weeks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count them, delete nothing")

    def handle(self, *args, dry_run: bool, **options) -> None:
        rows = forget_old_searches(today=localdate(), dry_run=dry_run)
        self.stdout.write(
            f"{'Would delete' if dry_run else 'Deleted'} {rows} rows older than {settings.SEARCH_LOG_WEEKS} weeks."
        )
