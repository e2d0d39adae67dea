"""Files of listings for tests of imports, and a run of one in a few words."""

import csv
from io import StringIO

from django.core.files.uploadedfile import SimpleUploadedFile

from geo.models import Territory
from services.imports import actions
from services.models import ImportRun

from . import builders

ROW = {
    "external_id": "a1",
    "organization_name_fr": "Les Amis asbl",
    "name_fr": "Colis du jeudi",
    "needs": "food",
    "street": "Rue des Béguines",
    "house_number": "12",
    "postcode": "1080",
    "nis5": "21012",
    "phone": "02 212 96 12",
    "email": "colis@example.org",
}


def ground() -> None:
    Territory.objects.create(kind="commune", code="21012", name_fr="Molenbeek-Saint-Jean")
    builders.term("need", "food")
    builders.term("need", "debt")


def csv_bytes(rows: list[dict]) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = StringIO()
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def upload(content: bytes | list[dict], name: str = "listings.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else csv_bytes(content))


def received(by, rows, *, team=None, source="partner", name="listings.csv") -> ImportRun:
    """Handed in and planned, if the background works at once and what waits for commits is called."""
    run = actions.receive(file=upload(rows, name), source=source, team=team, by=by)
    run.refresh_from_db()
    return run
