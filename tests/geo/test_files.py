"""The project's own geography files: complete, consistent, and refused row by row where they are wrong."""

import json
import shutil
from collections import Counter

import pytest

from geo.errors import GeoFileError
from geo.reading import FILES, FIXTURES, read_geography
from geo.shapes import SHAPES_FILE, commune_index

BASSINS_OF_BRUSSELS = {"nord", "nord-est", "sud-est", "sud", "centre-ouest"}
ELSEWHERE = {"liege", "dison", "charleroi", "centre", "gent", "genk", "antwerpen", "oostende", "tienen"}


def of_kind(files, kind):
    return [row for row in files.territories if row.kind == kind]


def test_every_row_of_our_own_files_is_good(files):
    assert files.refused == []


def test_there_is_all_of_belgium(files):
    assert Counter(row.kind for row in files.territories) == {
        "country": 1,
        "region": 3,
        "province": 10,
        "commune": 565,
        "bassin": 14,
        "neighbourhood": 145,
    }
    assert len([row for row in of_kind(files, "commune") if row.parent == ("region", "04000")]) == 19


def test_the_bassins_are_five_of_brussels_and_nine_elsewhere(files):
    by_region = {row.code: row.parent == ("region", "04000") for row in of_kind(files, "bassin")}
    assert {code for code, brussels in by_region.items() if brussels} == BASSINS_OF_BRUSSELS
    assert {code for code, brussels in by_region.items() if not brussels} == ELSEWHERE


def test_each_brussels_commune_but_the_cut_one_is_whole_in_one_bassin(files):
    whole = Counter(part.nis5 for row in of_kind(files, "bassin") for part in row.parts if part.whole)
    brussels = {row.code for row in of_kind(files, "commune") if row.parent == ("region", "04000")}
    assert {nis5 for nis5 in whole if nis5 in brussels} == brussels - {"21004"}
    assert set(whole.values()) == {1}


def test_a_boundary_is_official_only_where_whole_communes_make_it(files):
    status = {row.code: row.boundary_status for row in of_kind(files, "bassin")}
    assert {code: status[code] for code in BASSINS_OF_BRUSSELS} == {
        "nord": "provisional",
        "nord-est": "official",
        "sud-est": "official",
        "sud": "review",
        "centre-ouest": "review",
    }
    for row in of_kind(files, "bassin"):
        if row.boundary_status == "official":
            assert all(part.whole and part.status == "official" for part in row.parts), row.code


def test_every_territory_has_a_french_and_a_dutch_name_a_point_and_a_source(files):
    for row in files.territories:
        assert row.names.get("fr"), row
        assert row.names.get("nl"), row
        assert row.lat is not None, row
        assert row.lon is not None, row
        assert row.source, row


def test_communes_have_a_german_name_and_the_languages_of_the_law(files):
    communes = of_kind(files, "commune")
    assert all(row.names.get("de") for row in communes)
    assert Counter(row.languages for row in communes) == {
        ("nl",): 285,
        ("fr",): 252,
        ("fr", "nl"): 19,
        ("de",): 9,
    }


def test_neighbourhoods_are_written_as_people_write(files):
    names = {row.code: (row.names["fr"], row.names["nl"]) for row in of_kind(files, "neighbourhood")}
    assert names["grand-place"] == ("Grand Place", "Grote Markt")
    assert names["beguinage-dixmude"] == ("Béguinage - Dixmude", "Begijnhof - Diksmuide")
    assert names["gare-de-l-ouest"] == ("Gare de l'Ouest", "Weststation")
    assert not [name for pair in names.values() for name in pair if name.isupper() and len(name) > 3]


def test_names_are_decoded_once(files):
    texts = [name for row in files.postcodes for name in (*row.names_fr, *row.names_nl)]
    texts += [row.name_fr for row in files.localities] + [row.name_fr for row in files.streets]
    assert not [text for text in texts if "Ã" in text or "Â" in text or "�" in text]


def test_every_centre_of_a_commune_lies_in_it(files):
    communes = of_kind(files, "commune")
    found = commune_index().locate([row.lat for row in communes], [row.lon for row in communes])
    assert list(found) == [row.code for row in communes]


def test_postcodes_reach_every_commune(files):
    assert {nis5 for row in files.postcodes for nis5 in row.nis5s} == {
        row.code for row in of_kind(files, "commune")
    }


def test_the_files_stay_small():
    assert SHAPES_FILE.stat().st_size < 600_000


@pytest.fixture
def copy(tmp_path):
    """A writable copy of the files."""
    for name in FILES:
        shutil.copy(FIXTURES / name, tmp_path / name)
    return tmp_path


def append(path, line):
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("postcodes.csv", "10A0,Nulle part,Nergens,21004,50.8,4.3,postcode", "not a postcode of four digits"),
        (
            "postcodes.csv",
            "1099,Nulle part,Nergens,99999,50.8,4.3,postcode",
            "no commune has the code '99999'",
        ),
        (
            "postcodes.csv",
            "1099,Nulle part,Nergens,21004,150.8,4.3,postcode",
            "lat is 150.8, outside the world",
        ),
        ("postcodes.csv", "1099,Nulle part,Nergens,21004,nan,4.3,postcode", "outside the world"),
        ("postcodes.csv", "1000,Bruxelles,Brussel,21004,50.8,4.3,postcode", "postcode 1000 is there twice"),
        ("former_communes.csv", "99998,Nulle part,,21004,2019-13-01,merger,,", "month must be in 1..12"),
        ("localities.csv", "Nulle part,,castle,21004,50.8,4.3", "kind is 'castle'"),
        ("localities.csv", "Nulle part,,village,21004,,", "lat or lon is missing"),
        ("streets.csv", "21004,,,50.8,4.3", "the street has no name"),
        ("streets.csv", "21004,Rue,Straat,here,4.3", "lat is 'here', not a number"),
        ("territories.jsonl", "{not json", "not JSON"),
        ("territories.jsonl", "[1]", "not a JSON object"),
        ("territories.jsonl", json.dumps({"kind": "canton", "code": "x"}), "kind is 'canton'"),
    ],
)
def test_a_wrong_row_is_refused_by_file_and_line_and_the_rest_is_kept(copy, files, name, line, reason):
    number = append(copy / name, line)
    read = read_geography(copy)
    assert [(error.file, error.line) for error in read.refused] == [(name, number)]
    assert reason in str(read.refused[0])
    kept = [len(getattr(read, kind)) for kind in ("territories", "postcodes", "localities", "streets")]
    assert kept == [
        len(getattr(files, kind)) for kind in ("territories", "postcodes", "localities", "streets")
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"code": "21004"}, "commune 21004 is there twice"),
        ({"parent": "province:99999"}, "no earlier line holds"),
        ({"parent": "neighbourhood:marolles"}, "a commune cannot lie in a neighbourhood"),
        ({"name": "Nulle part"}, "name is not a table of texts"),
        ({"boundary_status": "sure"}, "boundary_status is 'sure'"),
        ({"kind": "bassin", "parts": [{"nis5": "21015", "whole": True, "status": "official"}]}, "already"),
    ],
)
def test_a_wrong_territory_is_refused(copy, change, reason):
    row = {
        "kind": "commune",
        "code": "99999",
        "name": {"fr": "Nulle part"},
        "parent": "region:04000",
        "lat": 50.8,
        "lon": 4.3,
        "boundary_status": "official",
        "source": "a test",
    }
    append(copy / "territories.jsonl", json.dumps(row | change))
    refused = read_geography(copy).refused
    assert len(refused) == 1
    assert reason in refused[0].reason


def test_a_missing_file_and_wrong_columns_are_named(copy):
    (copy / "streets.csv").write_text("a,b\n1,2\n")
    with pytest.raises(GeoFileError, match=r"streets\.csv has the columns"):
        read_geography(copy)
    (copy / "streets.csv").unlink()
    with pytest.raises(GeoFileError, match=r"streets\.csv is missing"):
        read_geography(copy)
