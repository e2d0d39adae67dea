"""The geography in the database: loaded whole, once, and read in the language asked for."""

import json
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from geo import actions, gazetteer, selectors
from geo.actions import load_geography
from geo.errors import GeoFileError
from geo.gazetteer import Gazetteer
from geo.gazetteer.loading import geography_from_database
from geo.models import (
    BassinPart,
    FormerCommune,
    GeographyLoad,
    Locality,
    Postcode,
    Street,
    Territory,
)
from geo.reading import FILES, FIXTURES

MODELS = (Territory, BassinPart, Postcode, FormerCommune, Locality, Street)


def rows():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


@pytest.fixture
def copy(tmp_path):
    for name in FILES:
        shutil.copy(FIXTURES / name, tmp_path / name)
    return tmp_path


def test_loading_counts_what_it_loaded(geography, files):
    assert geography == {
        "territories": 738,
        "postcodes": len(files.postcodes),
        "former_communes": len(files.former_communes),
        "localities": len(files.localities),
        "streets": len(files.streets),
        "refused": 0,
    }
    assert Territory.objects.filter(kind="commune").count() == 565
    assert Territory.objects.filter(kind="neighbourhood").count() == 145
    assert Street.objects.count() == len(files.streets)


def test_a_second_load_reads_the_log_and_nothing_else(geography, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        assert load_geography()["unchanged"] == 1


def test_loading_the_same_again_changes_no_territory(geography):
    before = rows()["Territory"]
    GeographyLoad.objects.all().delete()
    assert "unchanged" not in load_geography()
    assert rows()["Territory"] == before


def test_changed_files_are_loaded_and_going_back_is_a_change_too(geography, copy):
    lines = (copy / "territories.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [line.replace('"nl": "Schaarbeek"', '"nl": "Schoarebeik"') for line in lines]
    (copy / "territories.jsonl").write_text("\n".join(lines), encoding="utf-8")
    schaerbeek = Territory.objects.get(kind="commune", code="21015")
    load_geography(folder=copy)
    assert gazetteer.lookup("Schoarebeik")[0].code == "21015"
    assert Territory.objects.get(kind="commune", code="21015").pk == schaerbeek.pk
    load_geography()
    assert Territory.objects.filter(kind="commune", code="21015").values_list("name_nl").get() == (
        "Schaarbeek",
    )
    assert gazetteer.lookup("Schoarebeik") == []


def test_a_refused_row_is_told_and_the_rest_is_loaded(db, copy):
    (copy / "streets.csv").write_text(
        (copy / "streets.csv").read_text(encoding="utf-8") + "99999,Rue Perdue,,,\n", encoding="utf-8"
    )
    said = []
    counts = load_geography(progress=said.append, folder=copy)
    assert counts["refused"] == 1
    assert [line for line in said if line.startswith("Refused: streets.csv:")]
    assert Street.objects.exists()


def test_a_missing_file_changes_nothing(geography, copy):
    before = rows()
    (copy / "postcodes.csv").unlink()
    with pytest.raises(GeoFileError, match=r"postcodes\.csv is missing"):
        load_geography(folder=copy)
    assert rows() == before


def test_a_failure_half_way_leaves_everything_as_it_was(geography, copy, monkeypatch):
    before = rows()
    (copy / "streets.csv").write_text("nis5,name_fr,name_nl,lat,lon\n", encoding="utf-8")

    def break_off(model, new):
        if model is Street:
            raise RuntimeError("the power went out")
        model.objects.all().delete()

    monkeypatch.setattr(actions, "_replace", break_off)
    with pytest.raises(RuntimeError):
        load_geography(folder=copy)
    assert rows() == before
    assert GeographyLoad.objects.count() == 1


def test_the_command_says_what_it_does(db, capsys):
    call_command("load_geography")
    call_command("load_geography")
    out = capsys.readouterr().out
    assert "738 territories" in out
    assert out.rstrip().endswith("unchanged.")


def test_the_command_names_a_missing_file(db, monkeypatch):
    def fail(**_options):
        raise GeoFileError("streets.csv is missing")

    monkeypatch.setattr("geo.management.commands.load_geography.load_geography", fail)
    with pytest.raises(CommandError, match=r"streets\.csv is missing"):
        call_command("load_geography")


def test_names_in_every_language_with_fallback(geography):
    assert selectors.territory_names("nl")["commune", "21015"] == "Schaarbeek"
    assert selectors.territory_names("en")["commune", "21015"] == "Schaerbeek"
    assert selectors.territory_names("en")["commune", "42006"] == "Dendermonde"
    assert selectors.territory_names("de")["region", "04000"] == "Region Brüssel-Hauptstadt"
    with pytest.raises(ValueError, match="'xx' is not a language"):
        selectors.territory_names("xx")


def test_selectors_ask_once(geography, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert selectors.territory_ids()["bassin", "nord"]
    with django_assert_num_queries(1):
        communes = selectors.communes("nl", region="04000")
    assert len(communes) == 19
    assert communes[0]["name"] == "Anderlecht"
    assert [row["name"] for row in communes] == sorted(row["name"] for row in communes)
    assert len(selectors.communes("fr")) == 565
    with django_assert_num_queries(2):
        bassins = {row["code"]: row for row in selectors.bassins("fr")}
    assert len(bassins) == 14
    assert bassins["nord"]["boundary_status"] == "provisional"
    (piece,) = [part for part in bassins["nord"]["parts"] if not part["whole"]]
    assert (piece["commune"], piece["postcodes"]) == ("21004", ["1020", "1120", "1130"])
    assert bassins["nord"]["region"] == "04000"
    assert {row["code"] for row in selectors.neighbourhoods("fr", commune="21014")} >= {"saint-josse-centre"}


def test_old_codes_and_postcodes(geography):
    assert selectors.commune_of_old_nis5("44043") == "44088"
    assert selectors.commune_of_old_nis5("21004") == "21004"
    assert selectors.commune_of_old_nis5("99999") is None
    assert selectors.communes_of_postcode("1030")[0] == "21015"
    assert selectors.communes_of_postcode("0000") == []


def test_the_gazetteer_of_the_database_is_that_of_the_files(geography, files):
    loaded, read = Gazetteer(geography_from_database()), Gazetteer(files)
    assert loaded.places == read.places
    assert [dict(place.names) for place in loaded.places] == [dict(place.names) for place in read.places]
    for text in ("Woluwe", "rue Haute 12, 1000", "Haren", "Merelbeke"):
        assert loaded.lookup(text) == read.lookup(text)


def test_the_process_reads_the_gazetteer_once(geography, django_assert_num_queries):
    with django_assert_num_queries(6):
        assert gazetteer.lookup("Schaerbeek")
    with django_assert_num_queries(0):
        assert gazetteer.find_in(["schaerbeek"])
        assert gazetteer.complete("scha")
        assert gazetteer.label(gazetteer.lookup("1030")[0], "fr") == "1030 Schaerbeek"


def test_an_empty_database_is_asked_again_later(db):
    gazetteer.reload()
    assert gazetteer.lookup("Schaerbeek") == []
    load_geography()
    assert gazetteer.lookup("Schaerbeek")[0].code == "21015"
    gazetteer.reload()


def test_a_commune_is_whole_in_one_bassin_only(geography):
    nord, molenbeek = Territory.objects.get(kind="bassin", code="nord"), Territory.objects.get(code="21012")
    with pytest.raises(IntegrityError), transaction.atomic():
        BassinPart.objects.create(bassin=nord, commune=molenbeek, whole=True, status="official")


def test_a_territory_shows_its_name_in_the_active_language(geography):
    from django.utils import translation

    schaerbeek = Territory.objects.get(kind="commune", code="21015")
    with translation.override("nl"):
        assert str(schaerbeek) == "Schaarbeek"
    with translation.override("en"):
        assert str(schaerbeek) == "Schaerbeek"
    assert json.dumps(schaerbeek.official_languages) == '["fr", "nl"]'
