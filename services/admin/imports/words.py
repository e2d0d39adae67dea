"""A plan in words: the format's columns and codes as people read them, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from services import codes
from services.duplicates import WHY
from services.models import ImportRow, Location, Service, TaxonomyTerm
from services.opening_hours import osm
from services.opening_hours.words import describe
from services.transfer.csv_cells import ADDRESS_MARKS, SEPARATOR
from services.transfer.csv_columns import DRAFT, LANGUAGES

# Columns that are a field, and the field whose name they have on the form.
_SERVICE = {
    "name": "name",
    "description": "description",
    "alternate_names": "alternate_name",
    "needs": "needs",
    "organisation_type": "organisation_type",
    "age_min": "minimum_age",
    "age_max": "maximum_age",
    "languages": "languages",
    "access_modes": "access_modes",
    "access_steps": "access_steps",
    "email": "email",
    "website": "website",
    "fees_note": "fees_description",
    "eligibility_note": "eligibility_description",
    "visibility": "visibility",
    "status": "lifecycle",
    "verified_at": "verified_on",
    "organization": "organization",
}
_PLACE = ("street", "house_number", "postcode", "commune", "lat", "lon")
_CHOICES = {
    "languages": codes.Language,
    "costs": codes.Cost,
    "access_modes": codes.AccessMode,
    "access_steps": codes.AccessStep,
    "visibility": codes.Visibility,
    "status": codes.Lifecycle,
}
_TERMS = {"needs": "need", "audiences": "audience", "organisation_type": "organisation_type"}
LONGEST = 400  # characters of a text that a plan shows


def label(column: str) -> str:
    """The name a person knows the column by."""
    name, _mark, code = column.rpartition("_")
    if code in LANGUAGES and name in ("name", "description"):
        return f"{label(name)} ({code})"
    if column in _SERVICE:
        return str(Service._meta.get_field(_SERVICE[column]).verbose_name)
    if column in _PLACE:
        return str(Location._meta.get_field(column).verbose_name)
    return {
        "phone": _("phones"),
        "opening_hours": _("opening hours"),
        "audiences": _("audiences"),
        "costs": _("costs"),
        "documents": _("documents to bring"),
        "nis5": _("commune"),
        "place": _("place where it is given"),
    }.get(column, column)


@dataclass(frozen=True)
class Shown:
    """One changed field: its name, and before and after in words ("" where there was nothing)."""

    label: str
    before: str
    after: str


class Words:
    """Says values; reads the names of taxonomy terms once."""

    def __init__(self, rows: Iterable[ImportRow]) -> None:
        used = {column for row in rows for column, _before, _after in row.changes}
        self._terms: dict[tuple[str, str], str] = {}
        if used & _TERMS.keys():
            self._terms = {(term.taxonomy, term.code): str(term) for term in TaxonomyTerm.objects.all()}

    def changes(self, row: ImportRow) -> list[Shown]:
        return [
            Shown(label(column), self.value(column, before), self.value(column, after))
            for column, before, after in row.changes
        ]

    def value(self, column: str, text: str) -> str:
        if not text:
            return ""
        if column == "opening_hours":
            return _hours(text)
        if column in _TERMS:
            return ", ".join(self._term(_TERMS[column], code) for code in text.split(SEPARATOR))
        if column in _CHOICES:
            return ", ".join(_choice(column, code) for code in text.split(SEPARATOR))
        if column in ("phone", "documents", "alternate_names"):
            return ", ".join(text.split(SEPARATOR))
        return text if len(text) <= LONGEST else text[:LONGEST] + " …"

    def _term(self, taxonomy: str, code: str) -> str:
        code, _colon, welcome = code.partition(":")
        name = self._terms.get((taxonomy, code), code)
        return f"{name} ({codes.Welcome(welcome).label})" if welcome in codes.Welcome.values else name


def _choice(column: str, code: str) -> str:
    choices = _CHOICES[column]
    if code in choices.values:
        return str(choices(code).label)
    if code == DRAFT:
        return _("draft")
    if code in ADDRESS_MARKS or code in codes.AddressVisibility.values:
        return str(codes.AddressVisibility(ADDRESS_MARKS.get(code, code)).label)
    return code


def _hours(text: str) -> str:
    try:
        return "; ".join(describe(osm.parse(text), get_language() or "fr"))
    except ValueError:
        return text


@dataclass(frozen=True)
class Twin:
    """A possible duplicate as it is shown; `uuid` is None for another row of the file, then `line` is its line."""

    uuid: str | None
    name: str
    score: int
    why: str
    line: int | None


def twins(row: ImportRow) -> list[Twin]:
    return [
        Twin(uuid, name, score, ", ".join(str(WHY[part]) for part in why), line)
        for uuid, name, score, why, line in row.duplicates
    ]
