"""Writes of the geography: loading the project's own files into the database."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from . import gazetteer
from .models import (
    BassinPart,
    FormerCommune,
    GeographyLoad,
    Locality,
    Postcode,
    Street,
    Territory,
)
from .reading import FILES, FIXTURES, KINDS, Geography, TerritoryRow, read_geography

BATCH = 1000
# Part of the content hash: raise it when the same files must give other rows.
FORM = "1"


def load_geography(
    *, by=None, progress: Callable[[str], object] | None = None, folder: Path = FIXTURES
) -> dict[str, int]:
    """Load territories, postcodes, former communes, localities and streets; return how many of each.

    All or nothing, and idempotent: files already loaded with the same content are skipped ("unchanged": 1). A wrong
    row is refused, told to `progress` with file, line and reason, counted under "refused", and the rest is kept.
    Territories that the files no longer hold stay, because others may point at them; every other row is replaced.
    Raises GeoFileError where a whole file is missing or unreadable; nothing is changed then.
    """
    say = progress or (lambda _message: None)
    digest = content_digest(folder)
    latest = GeographyLoad.objects.order_by("-loaded_at").first()
    if latest is not None and latest.digest == digest and Territory.objects.exists():
        say("Geography: unchanged.")
        return {**latest.counts, "unchanged": 1}
    geography = read_geography(folder)
    for refusal in geography.refused:
        say(f"Refused: {refusal}")
    with transaction.atomic():
        counts = _write(geography, say)
        counts["refused"] = len(geography.refused)
        GeographyLoad.objects.update_or_create(
            digest=digest, defaults={"counts": counts, "loaded_by": str(by or "")[:150]}
        )
    _refresh_statistics()
    gazetteer.reload()
    say(
        "Geography: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()) + "."
    )
    return counts


def content_digest(folder: Path = FIXTURES) -> str:
    """SHA-256 over the files and what their rows depend on (the languages of the site)."""
    digest = hashlib.sha256(FORM.encode())
    digest.update(",".join(_languages()).encode())
    for name in FILES:
        path = folder / name
        digest.update(name.encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def _write(geography: Geography, say: Callable[[str], object]) -> dict[str, int]:
    ids = _write_territories(geography.territories)
    say(f"Geography: {len(geography.territories)} territories.")
    _write_parts(geography.territories, ids)
    _replace(
        Postcode,
        [
            Postcode(
                code=row.postcode,
                names_fr=list(row.names_fr),
                names_nl=list(row.names_nl),
                nis5s=list(row.nis5s),
                lat=row.lat,
                lon=row.lon,
                point=row.point,
            )
            for row in geography.postcodes
        ],
    )
    _replace(
        FormerCommune,
        [
            FormerCommune(
                nis5=row.nis5,
                name_fr=row.name_fr,
                name_nl=row.name_nl,
                commune_id=ids["commune", row.merged_into],
                since=row.since,
                change=row.change,
                lat=row.lat,
                lon=row.lon,
            )
            for row in geography.former_communes
        ],
    )
    _replace(
        Locality,
        [
            Locality(
                name_fr=row.name_fr,
                name_nl=row.name_nl,
                kind=row.kind,
                nis5=row.nis5,
                lat=row.lat,
                lon=row.lon,
            )
            for row in geography.localities
        ],
    )
    _replace(
        Street,
        [
            Street(nis5=row.nis5, name_fr=row.name_fr, name_nl=row.name_nl, lat=row.lat, lon=row.lon)
            for row in geography.streets
        ],
    )
    return {
        "territories": len(geography.territories),
        "postcodes": len(geography.postcodes),
        "former_communes": len(geography.former_communes),
        "localities": len(geography.localities),
        "streets": len(geography.streets),
    }


def _write_territories(rows: list[TerritoryRow]) -> dict[tuple[str, str], int]:
    """Create or update, parents before their children; (kind, code) → primary key of all there are."""
    columns = [f"name_{language}" for language in _languages()]
    updated = [
        *columns,
        *"aliases parent lat lon area_km2 official_languages boundary_status source points".split(),
    ]
    by_kind: dict[str, list[TerritoryRow]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    ids: dict[tuple[str, str], int] = {}
    for kind in KINDS:
        Territory.objects.bulk_create(
            [
                Territory(
                    kind=row.kind,
                    code=row.code,
                    aliases=list(row.aliases),
                    parent_id=ids[row.parent] if row.parent else None,
                    lat=row.lat,
                    lon=row.lon,
                    area_km2=row.area_km2,
                    official_languages=list(row.languages),
                    boundary_status=row.boundary_status,
                    source=row.source,
                    points=[list(point) for point in row.points],
                    **{f"name_{language}": row.names.get(language) for language in _languages()},
                )
                for row in by_kind[kind]
            ],
            update_conflicts=True,
            unique_fields=["kind", "code"],
            update_fields=updated,
            batch_size=BATCH,
        )
        found = Territory.objects.filter(kind=kind).values_list("code", "pk")
        ids.update({(kind, code): pk for code, pk in found})
    return ids


def _write_parts(rows: list[TerritoryRow], ids: dict[tuple[str, str], int]) -> None:
    bassins = [row for row in rows if row.kind == "bassin"]
    BassinPart.objects.filter(bassin__in=[ids["bassin", row.code] for row in bassins]).delete()
    BassinPart.objects.bulk_create(
        [
            BassinPart(
                bassin_id=ids["bassin", row.code],
                commune_id=ids["commune", part.nis5],
                whole=part.whole,
                postcodes=list(part.postcodes),
                note=part.note,
                status=part.status,
            )
            for row in bassins
            for part in row.parts
        ]
    )


def _replace(model, rows: list) -> None:
    model.objects.all().delete()
    model.objects.bulk_create(rows, batch_size=BATCH)


def _refresh_statistics() -> None:
    """SQLite chooses its indexes badly until it has counted; PostgreSQL counts by itself."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
