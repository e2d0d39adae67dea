"""manage.py prepare_site: database, fixtures, pages, accounts and index, without serving."""

from django.core.management.base import BaseCommand, CommandError

from directory_site.actions import prepare
from sealing.errors import SealingError


class Command(BaseCommand):
    help = "Migrates, loads the fixtures and builds the index, whatever of that is still to do."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        try:
            prepare(lambda line: self.stdout.write(line))
        except SealingError as error:
            raise CommandError(str(error)) from error
