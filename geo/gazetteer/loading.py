"""The process's one gazetteer, read from the database when first needed."""

import threading

from django.conf import settings

from geo import models
from geo.reading import (
    FormerCommuneRow,
    Geography,
    LocalityRow,
    Part,
    PostcodeRow,
    StreetRow,
    TerritoryRow,
)

from .index import Gazetteer

_lock = threading.Lock()
_current: Gazetteer | None = None


def current() -> Gazetteer:
    """The gazetteer. While no geography is loaded it is empty, and asked for again at the next use."""
    global _current
    if _current is None:
        with _lock:
            if _current is None:
                gazetteer = Gazetteer(geography_from_database())
                if not len(gazetteer):
                    return gazetteer
                _current = gazetteer
    return _current


def reload() -> None:
    """Forget it: the next use reads the database again."""
    global _current
    with _lock:
        _current = None


def geography_from_database() -> Geography:
    """The rows of the database in the form of the files: six queries."""
    languages = [code for code, _name in settings.LANGUAGES]
    columns = [f"name_{language}" for language in languages]
    parts: dict[int, list[Part]] = {}
    for part in models.BassinPart.objects.order_by("pk").values(
        "bassin_id", "commune__code", "whole", "status", "postcodes", "note"
    ):
        parts.setdefault(part["bassin_id"], []).append(
            Part(part["commune__code"], part["whole"], part["status"], tuple(part["postcodes"]), part["note"])
        )
    territories = models.Territory.objects.order_by("pk").values(
        "pk",
        "kind",
        "code",
        "parent__kind",
        "parent__code",
        "aliases",
        "lat",
        "lon",
        "area_km2",
        "points",
        *columns,
    )
    return Geography(
        territories=[
            TerritoryRow(
                kind=row["kind"],
                code=row["code"],
                names={lang: row[f"name_{lang}"] for lang in languages if row[f"name_{lang}"]},
                parent=(row["parent__kind"], row["parent__code"]) if row["parent__kind"] else None,
                aliases=tuple(row["aliases"]),
                lat=row["lat"],
                lon=row["lon"],
                area_km2=row["area_km2"],
                parts=tuple(parts.get(row["pk"], ())),
                points=tuple((nis5, lat, lon) for nis5, lat, lon in row["points"]),
            )
            for row in territories
        ],
        postcodes=[
            PostcodeRow(code, tuple(fr), tuple(nl), tuple(nis5s), lat, lon, point)
            for code, fr, nl, nis5s, lat, lon, point in models.Postcode.objects.order_by("code").values_list(
                "code", "names_fr", "names_nl", "nis5s", "lat", "lon", "point"
            )
        ],
        former_communes=[
            FormerCommuneRow(nis5, fr, nl, into, since.isoformat(), change, lat, lon)
            for nis5, fr, nl, into, since, change, lat, lon in models.FormerCommune.objects.order_by(
                "nis5"
            ).values_list("nis5", "name_fr", "name_nl", "commune__code", "since", "change", "lat", "lon")
        ],
        localities=[
            LocalityRow(*row)
            for row in models.Locality.objects.order_by("pk").values_list(
                "name_fr", "name_nl", "kind", "nis5", "lat", "lon"
            )
        ],
        streets=[
            StreetRow(*row)
            for row in models.Street.objects.order_by("pk").values_list(
                "nis5", "name_fr", "name_nl", "lat", "lon"
            )
        ],
    )
