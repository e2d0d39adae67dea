"""Reads the project's own geography files (fixtures/geo) into plain rows. Pure: no Django.

Every reader returns (rows, refused): a wrong row is refused with its file, line and reason, and the rest is kept. The
form of each file is described in fixtures/SOURCES.md.
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from .errors import GeoFileError, RowRefused

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "geo"
FILES = ("territories.jsonl", "postcodes.csv", "former_communes.csv", "localities.csv", "streets.csv")

# From the largest to the smallest: a territory's parent is of a kind that stands before its own.
KINDS = ("country", "region", "province", "commune", "bassin", "neighbourhood")
STATUSES = ("official", "provisional", "review")
LOCALITY_KINDS = ("town", "village", "suburb", "neighbourhood")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bassin: a whole commune, or the part of one that these postcodes or the note describe."""

    nis5: str
    whole: bool
    status: str
    postcodes: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class TerritoryRow:
    kind: str
    code: str
    names: dict[str, str]
    parent: tuple[str, str] | None = None
    aliases: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    area_km2: float | None = None
    languages: tuple[str, ...] = ()
    boundary_status: str = "official"
    source: str = ""
    parts: tuple[Part, ...] = ()
    points: tuple[tuple[str, float, float], ...] = ()  # of a neighbourhood: (nis5, lat, lon) in each commune
    suggested_bassin: str = ""


@dataclass(frozen=True, slots=True)
class PostcodeRow:
    postcode: str
    names_fr: tuple[str, ...]
    names_nl: tuple[str, ...]
    nis5s: tuple[str, ...]
    lat: float
    lon: float
    point: str  # "postcode", or "commune" where only the commune's centre is known


@dataclass(frozen=True, slots=True)
class FormerCommuneRow:
    nis5: str
    name_fr: str
    name_nl: str
    merged_into: str
    since: str
    change: str  # "merger" or "renumbered"
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class LocalityRow:
    name_fr: str
    name_nl: str  # empty: the same as name_fr
    kind: str
    nis5: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class StreetRow:
    nis5: str
    name_fr: str
    name_nl: str
    lat: float | None
    lon: float | None


@dataclass(slots=True)
class Geography:
    """All files, checked against one another."""

    territories: list[TerritoryRow] = field(default_factory=list)
    postcodes: list[PostcodeRow] = field(default_factory=list)
    former_communes: list[FormerCommuneRow] = field(default_factory=list)
    localities: list[LocalityRow] = field(default_factory=list)
    streets: list[StreetRow] = field(default_factory=list)
    refused: list[RowRefused] = field(default_factory=list)


Row = TypeVar("Row")
Raw = dict[str, Any]


def read_geography(folder: Path = FIXTURES) -> Geography:
    """Every file of the folder. Raises GeoFileError where a file is missing, not UTF-8 or has the wrong columns."""
    geography = Geography()
    refused = geography.refused
    geography.territories = read_territories(folder, refused)
    communes = {row.code for row in geography.territories if row.kind == "commune"}

    def known(nis5: str) -> str:
        if nis5 not in communes:
            raise ValueError(f"no commune has the code {nis5!r}")
        return nis5

    def postcode(raw: Raw) -> PostcodeRow:
        lat, lon = _point(raw)
        code = _text(raw, "postcode")
        if not (len(code) == 4 and code.isdigit()):
            raise ValueError(f"{code!r} is not a postcode of four digits")
        if raw["point"] not in ("postcode", "commune"):
            raise ValueError(f"point is {raw['point']!r}, not postcode or commune")
        return PostcodeRow(
            code,
            _list(raw["names_fr"]),
            _list(raw["names_nl"]),
            tuple(known(nis5) for nis5 in _list(_text(raw, "nis5"))),
            lat,
            lon,
            raw["point"],
        )

    def former(raw: Raw) -> FormerCommuneRow:
        lat, lon = _optional_point(raw)
        return FormerCommuneRow(
            nis5=_text(raw, "nis5", 5),
            name_fr=_text(raw, "name_fr", 120),
            name_nl=raw["name_nl"],
            merged_into=known(raw["merged_into"]),
            since=date.fromisoformat(raw["since"]).isoformat(),
            change=_one_of(raw, "change", ("merger", "renumbered")),
            lat=lat,
            lon=lon,
        )

    def locality(raw: Raw) -> LocalityRow:
        lat, lon = _point(raw)
        kind = _one_of(raw, "kind", LOCALITY_KINDS)
        return LocalityRow(_text(raw, "name_fr", 120), raw["name_nl"], kind, known(raw["nis5"]), lat, lon)

    def street(raw: Raw) -> StreetRow:
        lat, lon = _optional_point(raw)
        if not (raw["name_fr"] or raw["name_nl"]):
            raise ValueError("the street has no name")
        return StreetRow(known(raw["nis5"]), raw["name_fr"], raw["name_nl"], lat, lon)

    def file(name: str, columns: str, make: Callable[[Raw], Row]) -> list[Row]:
        return _made(name, _csv_rows(folder / name, columns.split()), make, refused)

    geography.postcodes = file(
        "postcodes.csv", "postcode names_fr names_nl nis5 lat lon point", _once("postcode", postcode)
    )
    geography.former_communes = file(
        "former_communes.csv", "nis5 name_fr name_nl merged_into since change lat lon", _once("nis5", former)
    )
    geography.localities = file("localities.csv", "name_fr name_nl kind nis5 lat lon", locality)
    geography.streets = file("streets.csv", "nis5 name_fr name_nl lat lon", street)
    return geography


def read_territories(folder: Path, refused: list[RowRefused]) -> list[TerritoryRow]:
    """territories.jsonl: parents first; a parent, a commune or a bassin that is named must be an earlier line's."""
    seen: set[tuple[str, str]] = set()
    bassin_of: dict[str, str] = {}  # commune → the bassin that holds the whole of it

    def make(raw: Raw) -> TerritoryRow:
        row = _territory(raw)
        if (row.kind, row.code) in seen:
            raise ValueError(f"{row.kind} {row.code} is there twice")
        named = [("commune", part.nis5) for part in row.parts] + [
            ("commune", nis5) for nis5, *_ in row.points
        ]
        if row.parent:
            named.append(row.parent)
        if row.suggested_bassin:
            named.append(("bassin", row.suggested_bassin))
        for kind, code in named:
            if (kind, code) not in seen:
                raise ValueError(f"names the {kind} {code!r}, which no earlier line holds")
        for part in row.parts:
            if part.whole and part.nis5 in bassin_of:
                raise ValueError(
                    f"the whole of {part.nis5} is in the bassin {bassin_of[part.nis5]!r} already"
                )
        if len({part.nis5 for part in row.parts}) < len(row.parts):
            raise ValueError("a commune is there in two parts")
        bassin_of.update({part.nis5: row.code for part in row.parts if part.whole})
        seen.add((row.kind, row.code))
        return row

    return _made("territories.jsonl", _json_rows(folder / "territories.jsonl", refused), make, refused)


def _territory(raw: Raw) -> TerritoryRow:
    kind = _one_of(raw, "kind", KINDS)
    names = raw.get("name")
    if (
        not isinstance(names, dict)
        or not any(names.values())
        or not all(isinstance(n, str) for n in names.values())
    ):
        raise ValueError("name is not a table of texts by language")
    parent_kind, _, parent_code = raw.get("parent", "").partition(":")
    if parent_kind and (parent_kind not in KINDS or KINDS.index(parent_kind) >= KINDS.index(kind)):
        raise ValueError(f"a {kind} cannot lie in a {parent_kind}")
    lat, lon = _point(raw)
    area = raw.get("area_km2")
    return TerritoryRow(
        kind=kind,
        code=_text(raw, "code", 60),
        names={language: name for language, name in names.items() if name},
        parent=(parent_kind, parent_code) if parent_kind else None,
        aliases=tuple(raw.get("aliases", ())),
        lat=lat,
        lon=lon,
        area_km2=None if area is None else float(area),
        languages=tuple(raw.get("languages", ())),
        boundary_status=_one_of(raw, "boundary_status", STATUSES),
        source=_text(raw, "source"),
        parts=tuple(
            Part(
                nis5=_text(part, "nis5"),
                whole=bool(part.get("whole", False)),
                status=_one_of(part, "status", STATUSES),
                postcodes=tuple(part.get("postcodes", ())),
                note=part.get("note", ""),
            )
            for part in raw.get("parts", ())
        ),
        points=tuple((str(nis5), float(y), float(x)) for nis5, y, x in raw.get("points", ())),
        suggested_bassin=raw.get("suggested_bassin", ""),
    )


def _made(
    name: str, raws: Iterator[tuple[int, Raw]], make: Callable[[Raw], Row], refused: list[RowRefused]
) -> list[Row]:
    rows = []
    for line, raw in raws:
        try:
            rows.append(make(raw))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            refused.append(RowRefused(name, line, str(error)))
    return rows


def _once(column: str, make: Callable[[Raw], Row]) -> Callable[[Raw], Row]:
    """The same, refusing a second row with the same value in this column."""
    seen: set[str] = set()

    def made(raw: Raw) -> Row:
        row = make(raw)
        if raw[column] in seen:
            raise ValueError(f"{column} {raw[column]} is there twice")
        seen.add(raw[column])
        return row

    return made


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise GeoFileError(f"{path.name} is missing in {path.parent}") from error
    except UnicodeDecodeError as error:
        raise GeoFileError(f"{path.name} is not UTF-8 (byte {error.start})") from error


def _json_rows(path: Path, refused: list[RowRefused]) -> Iterator[tuple[int, Raw]]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except ValueError as error:
            refused.append(RowRefused(path.name, number, f"not JSON: {error}"))
            continue
        if isinstance(raw, dict):
            yield number, raw
        else:
            refused.append(RowRefused(path.name, number, "not a JSON object"))


def _csv_rows(path: Path, columns: list[str]) -> Iterator[tuple[int, Raw]]:
    reader = csv.DictReader(_lines(path), restkey="_more", restval="")
    if list(reader.fieldnames or ()) != columns:
        raise GeoFileError(f"{path.name} has the columns {reader.fieldnames}, not {columns}")
    for raw in reader:
        if "_more" in raw:
            raw = {"_more": raw["_more"]}  # refused below, for the column it then lacks
        yield reader.line_num, raw


def _text(raw: Raw, name: str, longest: int = 1000) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    if len(value) > longest:
        raise ValueError(f"{name} is longer than {longest} characters")
    return value


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def _one_of(raw: Raw, name: str, values: tuple[str, ...]) -> str:
    value = raw.get(name)
    if value not in values:
        raise ValueError(f"{name} is {value!r}, not one of {', '.join(values)}")
    return str(value)


def _point(raw: Raw) -> tuple[float, float]:
    lat, lon = _optional_point(raw)
    if lat is None or lon is None:
        raise ValueError("lat or lon is missing")
    return lat, lon


def _optional_point(raw: Raw) -> tuple[float | None, float | None]:
    values = []
    for name, limit in (("lat", 90.0), ("lon", 180.0)):
        value = raw.get(name)
        if value in ("", None):
            values.append(None)
            continue
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name} is {value!r}, not a number") from error
        if not -limit <= number <= limit:  # also refuses NaN
            raise ValueError(f"{name} is {number}, outside the world")
        values.append(number)
    lat, lon = values
    return (lat, lon) if lat is not None and lon is not None else (None, None)
