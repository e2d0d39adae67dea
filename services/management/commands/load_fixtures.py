"""manage.py load_fixtures: the territories, the taxonomies and the demonstration listings; what exists stays."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from audit.actor import acting
from geo.actions import load_geography
from geo.errors import GeoError
from services.transfer import fixtures


class Command(BaseCommand):
    help = "Load territories, taxonomies and demonstration listings. A second call adds only what is missing."

    def handle(self, *args, **options) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            try:
                counts = load_geography(by="load_fixtures", progress=self.stdout.write)
            except GeoError as error:
                raise CommandError(str(error)) from error
            with acting("load_fixtures"):
                terms = fixtures.load_taxonomy()
            self.stdout.write(f"Taxonomies: {terms} new terms.")
            loaded = fixtures.load_listings(by="load_fixtures", progress=self.stdout.write)
        for refusal in loaded.refused:
            self.stderr.write(f"refused: {refusal}")
        refused = len(loaded.refused) + counts.get("refused", 0)
        self.stdout.write(
            f"Listings: created {loaded.created}, known {loaded.existing}; refused {refused} rows in all."
        )
