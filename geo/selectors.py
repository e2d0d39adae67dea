"""Reads of the territories: plain dicts that name their columns, and no objects."""

from functools import reduce

from django.conf import settings
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Coalesce, NullIf

from .models import BassinPart, FormerCommune, GeographyLoad, Postcode, Territory


def _fallback_columns(lang: str) -> list[str]:
    """name_xx columns, the asked language first, then the site's order. Raises ValueError on an unknown language."""
    codes = [code for code, _name in settings.LANGUAGES]
    if lang not in codes:
        raise ValueError(f"{lang!r} is not a language of the site")
    return [f"name_{code}" for code in (lang, *(code for code in codes if code != lang))]


def _name_in(lang: str):
    filled = [NullIf(F(column), Value(""), output_field=CharField()) for column in _fallback_columns(lang)]
    return reduce(lambda first, second: Coalesce(first, second, output_field=CharField()), filled)


def territory_names(lang: str) -> dict[tuple[str, str], str]:
    """(kind, code) → name in this language, or the next one that has it. One query."""
    rows = (
        Territory.objects.annotate(shown=_name_in(lang)).order_by("pk").values_list("kind", "code", "shown")
    )
    return {(kind, code): shown or code for kind, code, shown in rows}


def territory_ids() -> dict[tuple[str, str], int]:
    """(kind, code) → primary key of every territory. One query."""
    rows = Territory.objects.order_by("pk").values_list("kind", "code", "pk")
    return {(kind, code): pk for kind, code, pk in rows}


def communes(lang: str, *, region: str | None = None) -> list[dict]:
    """Communes by name: code (NIS5), name, lat, lon, area_km2, official_languages; of one region (its code) or all."""
    found = Territory.objects.filter(kind="commune")
    if region is not None:
        in_region = Q(parent__kind="region", parent__code=region) | Q(parent__parent__code=region)
        found = found.filter(in_region)
    return _named(found, lang, "code", "lat", "lon", "area_km2", "official_languages")


def neighbourhoods(lang: str, *, commune: str | None = None) -> list[dict]:
    """Neighbourhoods by name: code, name, lat, lon, commune (NIS5 of its largest part)."""
    found = Territory.objects.filter(kind="neighbourhood").annotate(commune=F("parent__code"))
    if commune is not None:
        found = found.filter(parent__code=commune)
    return _named(found, lang, "code", "lat", "lon", "commune")


def bassins(lang: str) -> list[dict]:
    """Bassins by name: code, name, boundary_status, region, source, lat, lon, and their `parts` in two queries.

    A part: commune (NIS5), whole, postcodes, note, status.
    """
    found = _named(
        Territory.objects.filter(kind="bassin").annotate(region=F("parent__code")),
        lang,
        "code",
        "boundary_status",
        "region",
        "source",
        "lat",
        "lon",
    )
    parts: dict[str, list[dict]] = {row["code"]: [] for row in found}
    for part in BassinPart.objects.order_by("commune__code").values(
        "bassin__code", "commune__code", "whole", "postcodes", "note", "status"
    ):
        bassin, commune = part.pop("bassin__code"), part.pop("commune__code")
        parts[bassin].append({"commune": commune, **part})
    for row in found:
        row["parts"] = parts[row["code"]]
    return found


def communes_of_postcode(postcode: str) -> list[str]:
    """NIS5 of the communes that a postcode reaches into, the largest part first; empty for an unknown postcode."""
    return Postcode.objects.filter(code=postcode).values_list("nis5s", flat=True).first() or []


def commune_of_old_nis5(nis5: str) -> str | None:
    """Today's NIS5 for one that merged or was renumbered; the same where it is in use; None where it never was."""
    if Territory.objects.filter(kind="commune", code=nis5).exists():
        return nis5
    return FormerCommune.objects.filter(nis5=nis5).values_list("commune__code", flat=True).first()


def geography_is_loaded() -> bool:
    """Whether any load of the files has succeeded."""
    return GeographyLoad.objects.exists()


def _named(found, lang: str, *columns: str) -> list[dict]:
    rows = found.annotate(shown=_name_in(lang)).order_by("shown", "code").values("shown", *columns)
    return [{"name": row.pop("shown") or row["code"], **row} for row in rows]
