"""The columns of the CSV format: one row a service at a location.

An absent column leaves what the catalogue has; an empty cell empties it. `scheme` and `organization_scheme` say whose
ids stand in the file when they are not those of the import's own source.
"""

from django.conf import settings

from services import codes

from . import csv_cells as cells
from .csv_cells import Kind

# A listing that no other system has named is exported under its own public id.
UUID_SCHEME = "uuid"
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
# Not published. Review is the workflow's to begin, not a file's.
DRAFT = "draft"

IDENTITY: dict[str, Kind] = {
    "external_id": cells.text(120),
    "scheme": cells.text(60),
    "organization_external_id": cells.text(120),
    "organization_scheme": cells.text(60),
    "organization_name_fr": cells.text(200),
    "organization_name_nl": cells.text(200),
}
SERVICE: dict[str, Kind] = {
    **{f"name_{code}": cells.text(200) for code in LANGUAGES},
    **{f"description_{code}": cells.text(lines=True) for code in LANGUAGES},
    "alternate_names": cells.texts(400),
    "needs": cells.several(),
    "organisation_type": cells.text(60),
    "audiences": cells.AUDIENCES,
    "age_min": cells.whole(0, 120),
    "age_max": cells.whole(0, 120),
    "languages": cells.several(codes.Language.values),
    "costs": cells.several(codes.Cost.values),
    "access_modes": cells.several(codes.AccessMode.values),
    "access_steps": cells.several(codes.AccessStep.values),
}
PLACE: dict[str, Kind] = {
    "street": cells.text(200),
    "house_number": cells.text(44),
    "postcode": cells.text(10),
    "commune": cells.text(120),
    "nis5": cells.text(5),
    "lat": cells.degrees(90),
    "lon": cells.degrees(180),
    "phone": cells.PHONES,
}
SERVICE_AFTER_PLACE: dict[str, Kind] = {
    "email": cells.EMAIL,
    "website": cells.WEBSITE,
    "opening_hours": cells.HOURS,
    "fees_note": cells.text(lines=True),
    "eligibility_note": cells.text(lines=True),
    "documents": cells.texts(200),
    "visibility": cells.VISIBILITY,
    "status": cells.one_of([DRAFT, *codes.Lifecycle.values]),
    "verified_at": cells.DAY,
}
# In the order in which they are written.
COLUMNS: dict[str, Kind] = {**IDENTITY, **SERVICE, **PLACE, **SERVICE_AFTER_PLACE}

ADDRESS_COLUMNS = ("street", "house_number", "postcode", "commune", "nis5", "lat", "lon")
# Each place of a service has its own; all others are the service's and must agree between its rows.
ROW_COLUMNS = frozenset((*ADDRESS_COLUMNS, "phone", "opening_hours", "visibility"))
