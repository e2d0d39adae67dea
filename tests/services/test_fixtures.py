"""The demo directory holds what it promises; a wrong line is refused with its place and the rest is kept."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.errors import RowRefused
from services.models import Change, Location, Organization, Service, TaxonomyTerm
from services.opening_hours import osm
from services.transfer import fixtures, jsonl

LISTINGS = Path("fixtures/listings")
TODAY = date(2026, 11, 22)


def lines(*names: str) -> list[dict]:
    return [json.loads(line) for name in names for line in (LISTINGS / name).read_text("utf-8").splitlines()]


REAL = lines("real.jsonl")
EXAMPLES = lines("examples_brussels.jsonl", "examples_elsewhere.jsonl")


class TestWhatIsPromised:
    def test_the_nineteen_cpas_and_about_a_hundred_real_ones_each_with_source_and_date(self):
        assert sum(listing["scheme"] == "nis5-cpas" for listing in REAL) == 19
        assert len(REAL) >= 100
        assert all(listing["source"] and listing["source_date"] for listing in REAL)
        assert not any(listing["example"] for listing in REAL)

    def test_the_national_help_lines(self):
        numbers = {phone["number"] for listing in REAL for phone in listing["phones"]}
        assert numbers >= {"112", "101", "103", "106", "107", "1712", "1813"}

    def test_at_least_150_examples_in_all_communes_and_territories_marked_as_such(self):
        assert len(EXAMPLES) >= 150
        communes = Counter(place["nis5"] for listing in EXAMPLES for place in listing["locations"])
        assert len([nis5 for nis5 in communes if nis5.startswith("21")]) == 19
        assert {"62063", "63020", "52011", "58001", "44021", "71016", "11002", "35013", "24107"} <= set(
            communes
        )
        assert all(listing["example"] for listing in EXAMPLES)

    def test_examples_are_in_french_and_dutch_and_half_in_all_four(self):
        assert all({"fr", "nl"} <= set(listing["name"]) for listing in EXAMPLES)
        assert sum({"en", "de"} <= set(listing["name"]) for listing in EXAMPLES) >= len(EXAMPLES) / 2

    @pytest.mark.parametrize(
        "shows",
        [
            lambda listing: any(notice["kind"] == "closure" for notice in listing.get("notices", [])),
            lambda listing: (listing.get("capacity") or {}).get("status") == "waitlist",
            lambda listing: len(listing["locations"]) > 1,
            lambda listing: listing["access_modes"] == ["by_phone"],
            lambda listing: "at_home" in listing["access_modes"],
            lambda listing: any(
                place.get("visibility") == "address_hidden" for place in listing["locations"]
            ),
            lambda listing: listing.get("eligibility_description"),
            lambda listing: listing.get("minimum_age"),
            lambda listing: listing["costs"] == ["free"],
            lambda listing: listing["lifecycle"] == "closed_permanently" and listing.get("replaced_by"),
            lambda listing: listing["lifecycle"] == "suspended",
            lambda listing: listing["visibility"] == "professionals",
        ],
    )
    def test_every_feature_is_shown_by_some_example(self, shows):
        assert any(shows(listing) for listing in EXAMPLES)

    def test_opening_hours_of_every_kind(self):
        texts = [
            place.get("hours") or "" for listing in EXAMPLES for place in [listing, *listing["locations"]]
        ]
        for sign in ("24/7", "[1]", "[-1]", "PH off", "Jul", "-06:00"):
            assert any(sign in text for text in texts), sign
        for text in texts:
            osm.parse(text)

    def test_invented_phones_belong_to_nobody(self):
        for listing in EXAMPLES:
            for phone in listing["phones"] + [
                phone for place in listing["locations"] for phone in place.get("phones", [])
            ]:
                digits = phone["number"].replace(" ", "")
                assert "000" in digits or digits[:6].endswith("00"), f"{listing['id']}: {phone['number']}"

    def test_sources_and_notices_are_told(self):
        told = Path("fixtures/SOURCES.md").read_text("utf-8")
        for owed in ("Statbel", "OpenStreetMap", "UrbIS", "real.jsonl", "commune_shapes.json", "ODbL"):
            assert owed in told, owed


@pytest.mark.django_db
class TestLoading:
    @pytest.fixture(autouse=True)
    def geography(self, demo_directory):
        """The demo directory is loaded already."""

    def test_all_lines_were_taken(self):
        assert Service.objects.count() == len(REAL) + len(EXAMPLES)
        assert Location.objects.filter(commune__isnull=True).count() == 0

    def test_a_second_load_changes_nothing_and_keeps_what_was_edited(self):
        edited = Service.objects.first()
        edited.name_fr = "Corrigé à la main"
        edited.save()
        before = Change.objects.count()
        assert fixtures.load_taxonomy() == 0
        loaded = fixtures.load_listings()
        assert (loaded.created, loaded.refused) == (0, [])
        assert Change.objects.count() == before
        assert Service.objects.get(pk=edited.pk).name_fr == "Corrigé à la main"

    def test_every_creation_is_in_the_change_log(self):
        for model in (Service, Organization, Location, TaxonomyTerm):
            uuids = set(model.objects.values_list("uuid", flat=True))
            assert uuids <= set(Change.objects.filter(verb="created").values_list("uuid", flat=True))

    def test_bruxelles_ville_is_to_review_and_whole_communes_are_official(self):
        cut = Location.objects.filter(commune__code="21004", postcode="1000")
        assert cut.exists()
        assert not cut.filter(bassin_status="official").exists()
        whole = Location.objects.filter(commune__code="21012")
        assert {(row.bassin.code, row.bassin_status) for row in whole.select_related("bassin")} == {
            ("centre-ouest", "official")
        }

    def test_a_wrong_line_is_refused_with_its_number_and_the_rest_is_kept(self, tmp_path):
        good = dict(EXAMPLES[0], id="t-1", name={"fr": "Bonne ligne"}, locations=[], replaced_by=None)
        wrong = [
            "not json",
            json.dumps(dict(good, id="t-2", name={})),
            json.dumps(dict(good, id="t-3", needs=["nothing_like_it"])),
            json.dumps(dict(good, id="t-4", hours="Mo-Xx 09:00-12:00")),
            json.dumps(dict(good, id="t-5", organization="org-unknown")),
            json.dumps(dict(good, id="t-6", phones=[{"number": "call us"}])),
            json.dumps(dict(good, id="t-7", minimum_age=90, maximum_age=18)),
            json.dumps(dict(good, id="t-8", website="nowhere")),
            json.dumps([1, 2]),
        ]
        (tmp_path / "mixed.jsonl").write_text("\n".join([*wrong, json.dumps(good)]), encoding="utf-8")
        loaded = fixtures.load_listings(folder=tmp_path)
        assert loaded.created == 1
        assert sorted(refusal.line for refusal in loaded.refused) == list(range(1, 10))
        reasons = {refusal.line: refusal.reason for refusal in loaded.refused}
        for line, named in {
            2: "name",
            3: "nothing_like_it",
            4: "Xx",
            5: "org-unknown",
            6: "call us",
            7: "minimum_age",
        }.items():
            assert named in reasons[line]
        assert Service.objects.filter(name_fr="Bonne ligne").count() == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("+3d", TODAY + timedelta(3)),
        ("-20d", TODAY - timedelta(20)),
        ("2026-10-02", date(2026, 10, 2)),
        (None, None),
    ],
)
def test_dates_of_examples_are_relative_to_the_day_of_loading(given, expected):
    draft = jsonl.service(dict(EXAMPLES[0], verified_on=given), TODAY)
    assert draft.verified_on == expected


def test_reading_a_file_names_the_line(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "x"}\n\n{"id": "y", "name": {"fr": "Y"}}\n', encoding="utf-8")
    first, second = jsonl.read(tmp_path / "a.jsonl", jsonl.organization, TODAY)
    assert isinstance(first[1], RowRefused)
    assert (first[0], first[1].line) == (1, 1)
    assert (second[0], second[1].external_id) == (3, "y")
