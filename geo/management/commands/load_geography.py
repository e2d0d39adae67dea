"""Loads the territories, postcodes, localities and streets of fixtures/geo; a second call changes nothing."""

from django.core.management.base import BaseCommand, CommandError

from geo.actions import load_geography
from geo.errors import GeoError


class Command(BaseCommand):
    help = "Load territories, postcodes, localities and streets; quick and harmless when they are loaded already."

    def handle(self, *args, **options) -> None:
        try:
            load_geography(by="load_geography", progress=self.stdout.write)
        except GeoError as error:
            raise CommandError(str(error)) from error
