"""Writes the catalogue as HSDS 3.0, one file: JSON by .json, tables by .zip or into a folder. Streams; hidden stays out."""

from collections.abc import Iterator
from pathlib import Path

from django.db.models import QuerySet
from django.utils import translation

from geo.models import Territory
from geo.selectors import territory_names
from services.codes import Visibility
from services.errors import FileRefused
from services.models import Service, TaxonomyTerm

from . import json_writer, tabular_writer
from .entity_writer import Entity, Style, service
from .known import LANGUAGES, listings


def export(
    path: Path, *, language: str = "", with_hidden: bool = False, queryset: QuerySet | None = None
) -> int:
    """Write the listings of `queryset` (default: all that are published); returns how many. Raises FileRefused, OSError.

    Without `with_hidden`: no listing, phone or contact for professionals only, no address that is not public, no notes
    of editors. What stood at `path` is replaced at the end, when all is written.
    """
    language = language or LANGUAGES[0]
    if language not in LANGUAGES:
        raise FileRefused(f"language: one of {', '.join(LANGUAGES)}; got {language}")
    queryset = Service.objects.filter(live=True) if queryset is None else queryset
    if not with_hidden:
        queryset = queryset.filter(visibility=Visibility.PUBLIC)
    with translation.override(language):
        entities = _entities(queryset, style_for(language, with_hidden=with_hidden))
        if path.suffix.lower() == ".json":
            return json_writer.write(path, entities)
        if path.suffix.lower() == ".zip":
            return tabular_writer.write_zip(path, entities, language)
        if path.suffix and not path.is_dir():
            raise FileRefused(f"{path.name}: HSDS is written to a .json, a .zip or a folder")
        return tabular_writer.write_folder(path, entities, language)


def style_for(language: str, *, with_hidden: bool = False) -> Style:
    """With the names of terms and territories; three queries."""
    columns = [f"name_{language}", *(f"name_{code}" for code in LANGUAGES)]
    terms = {
        (taxonomy, code): next((name for name in names if name), code)
        for taxonomy, code, *names in TaxonomyTerm.objects.values_list("taxonomy", "code", *columns)
    }
    territories = territory_names(language)
    provinces = {
        nis5: territories[kind, code]
        for nis5, kind, code in Territory.objects.filter(kind="commune", parent__isnull=False).values_list(
            "code", "parent__kind", "parent__code"
        )
    }
    return Style(language, with_hidden, terms, territories, provinces)


def _entities(queryset: QuerySet, style: Style) -> Iterator[Entity]:
    for listing in listings(queryset):
        yield service(listing, style)
