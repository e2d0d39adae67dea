"""The differences of two listings in words, for the form in which somebody chooses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from services import codes
from services.admin.hours import sentences
from services.merging import BOTH, KEPT, LISTS, OTHER, PARTS, SINGLE, Difference
from services.models import Organization, Service, TaxonomyTerm

_LABELS = {"ages": ("minimum_age", "maximum_age")}
_CODES = {
    "languages": codes.Language,
    "access_modes": codes.AccessMode,
    "access_steps": codes.AccessStep,
    "mobilisable_by": codes.MobilisableBy,
}


@dataclass(frozen=True)
class Choice:
    """One row of the form. `kept` and `other` are lines of text; `options` (value, label)."""

    name: str
    label: str
    kept: list[str]
    other: list[str]
    options: list[tuple[str, str]]
    default: str


def choices(found: Iterable[Difference]) -> list[Choice]:
    said = {KEPT: _("the left one"), OTHER: _("the right one"), BOTH: _("both")}
    return [
        Choice(
            one.name,
            label(one.name),
            lines(one.name, one.kept),
            lines(one.name, one.other),
            [(option, said[option]) for option in one.options],
            one.default,
        )
        for one in found
    ]


def label(name: str) -> str:
    stem, _mark, code = name.rpartition("_")
    if name in SINGLE and SINGLE[name] == (name,) and stem and code in ("fr", "nl", "en", "de"):
        return f"{Service._meta.get_field(stem).verbose_name} ({code})"
    if name in _LABELS:
        return ", ".join(str(Service._meta.get_field(part).verbose_name) for part in _LABELS[name])
    if name in PARTS or name == "schedules":
        return str(Service._meta.get_field(name).related_model._meta.verbose_name_plural)
    return str(Service._meta.get_field(name).verbose_name)


def lines(name: str, value: Any) -> list[str]:
    if name == "schedules":
        return sentences(value)
    if name in _CODES:
        return [str(_CODES[name](code).label) for code in value]
    if name in LISTS or name in PARTS:
        return [str(part) for part in value]
    return [text for column, one in zip(SINGLE[name], value, strict=True) if (text := _said(column, one))]


def _said(column: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if column == "organization_id":
        return str(Organization.objects.get(pk=value))
    if column == "organisation_type_id":
        return str(TaxonomyTerm.objects.get(pk=value))
    field = Service._meta.get_field(column)
    return str(dict(field.flatchoices).get(value, value))
