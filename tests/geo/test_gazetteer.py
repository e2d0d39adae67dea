"""What people type for a place, and what is understood by it."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.gazetteer.index import Gazetteer
from geo.reading import Geography


def first(places: Gazetteer, text: str, lang: str = "fr"):
    found = places.lookup(text, lang)
    assert found, text
    return found[0]


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("Schaerbeek", "commune", "21015"),
        ("schaarbeek", "commune", "21015"),
        ("SCHAERBEEK ", "commune", "21015"),
        ("Saint-Josse", "commune", "21014"),
        ("St Josse", "commune", "21014"),
        ("st. josse ten noode", "commune", "21014"),
        ("sint joost", "commune", "21014"),
        ("St-Gillis", "commune", "21013"),
        ("Molenbeek", "commune", "21012"),
        ("Sint-Jans-Molenbeek", "commune", "21012"),
        ("Ixelles/Elsene", "commune", "21009"),
        ("Elsene - Ixelles", "commune", "21009"),
        ("Bruxelles", "commune", "21004"),
        ("Brüssel", "commune", "21004"),
        ("bxl", "commune", "21004"),
        ("Braine-l'Alleud", "commune", "25014"),
        ("braine lalleud", "commune", "25014"),
        ("Liege", "commune", "62063"),
        ("Luik", "commune", "62063"),
        ("Lüttich", "commune", "62063"),
        ("Ghent", "commune", "44021"),
        ("21004", "commune", "21004"),
        ("1030", "postcode", "1030"),
        ("B-1030", "postcode", "1030"),
        ("1030 Schaerbeek", "postcode", "1030"),
        ("Schaerbeek 1030", "postcode", "1030"),
        ("Laeken", "locality", "21004/laeken"),
        ("Laken", "locality", "21004/laeken"),
        ("1020 Laeken", "locality", "21004/laeken"),
        ("Haren", "neighbourhood", "haren"),
        ("Marolles", "neighbourhood", "marolles"),
        ("chant d’oiseau", "neighbourhood", "chant-d-oiseau"),
        ("Bassin Nord", "bassin", "nord"),
        ("zorgzone noord", "bassin", "nord"),
        ("Hainaut", "province", "50000"),
        ("Wallonie", "region", "03000"),
    ],
)
def test_a_name_is_found_however_it_is_written(places, text, kind, code):
    found = first(places, text)
    assert (found.kind, found.code) == (kind, code)


def test_woluwe_is_both(places):
    assert {place.code for place in places.lookup("Woluwe")} == {"21018", "21019"}


def test_of_two_places_with_one_name_brussels_comes_first_and_both_are_there(places):
    berchem = places.lookup("Berchem")
    assert berchem[0].code == "21003"
    assert "11002/berchem" in {place.code for place in berchem}
    assert [place.code for place in places.lookup("Saint-Nicolas")][:2] == [
        "46021",
        "62093",
    ]  # then the larger


@pytest.mark.parametrize(
    ("text", "old", "now"),
    [("Merelbeke", "44043", "44088"), ("Borsbeek", "11007", "11002"), ("Bilzen", "73006", "73110")],
)
def test_a_commune_that_merged_is_found_by_its_old_name_and_code(places, text, old, now):
    by_name, by_code = first(places, text, "nl"), first(places, old, "nl")
    assert by_name == by_code
    assert (by_name.kind, by_name.code, by_name.nis5s) == ("commune", now, (now,))


@pytest.mark.parametrize(
    ("text", "code", "number", "precision"),
    [
        ("rue Haute 12, 1000", "21004/ruehaute", "12", "postcode"),
        ("Hoogstraat 12 1000 Brussel", "21004/ruehaute", "12", "postcode"),
        ("12, rue Haute 1000 Bruxelles", "21004/ruehaute", "12", "postcode"),
        ("1000 Bruxelles, rue Haute 12", "21004/ruehaute", "12", "postcode"),
        ("rue Haute 12 à Bruxelles", "21004/ruehaute", "12", "commune"),
        ("rue de la Loi 16", "21004/ruedelaloi", "16", "street"),
        ("r. de la Loi, 16 bte 3", "21004/ruedelaloi", "16", "street"),
        ("Wetstr. 16A, B-1000 Brussel, België", "21004/ruedelaloi", "16a", "street"),
        ("av. Louise 149 1050 Bruxelles", "21004/avenuelouise", "149", "street"),
        ("12 chaussée d'Ixelles, 1050 Ixelles", "21009/chausseedixelles", "12", "postcode"),
    ],
)
def test_an_address_says_how_exact_its_point_is(places, text, code, number, precision):
    found = first(places, text)
    assert (found.kind, found.code, found.house_number) == ("address", code, number)
    assert found.precision == precision


def test_a_street_of_several_communes_gives_all_or_that_of_the_postcode(places):
    everywhere = {place.nis5s for place in places.lookup("chaussée de Wavre")}
    assert len(everywhere) > 1
    assert {place.nis5s for place in places.lookup("chaussée de Wavre, 1160 Auderghem")} == {("21002",)}


def test_a_street_without_a_point_takes_the_centre_of_what_is_known_and_says_so(places):
    street = first(places, "Rue Haute")
    brussels, postcode = first(places, "Bruxelles"), first(places, "1000")
    assert (street.kind, street.precision, street.lat) == ("street", "commune", brussels.lat)
    assert first(places, "Rue Haute 1000").lat == postcode.lat


def test_an_unknown_street_answers_with_its_place_and_never_with_a_point_of_its_own(places):
    found = first(places, "rue du Jamais Vu 3, 4000 Liège")
    assert (found.kind, found.code, found.precision) == ("postcode", "4000", "postcode")
    assert first(places, "Nergenslaan 3 Gent", "nl").code == "44021"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "lorem ipsum",
        "rue",
        "cpas schaerbeek",
        "0000",
        "rue Haute 12, 9999",
        "é" * 5000,
        "a " * 5000,
        "\x00",
        "🙂",
    ],
)
def test_what_is_no_place_gives_nothing(places, text):
    assert places.lookup(text) == []


def test_names_follow_the_language_and_fall_back(places):
    assert first(places, "1080").name("nl") == "Sint-Jans-Molenbeek"
    assert first(places, "Dendermonde").name("en") == "Dendermonde"
    assert first(places, "Schaerbeek").name("en") == "Schaerbeek"
    assert places.label(first(places, "rue Haute 12, 1000"), "nl") == "Hoogstraat 12 (Brussel)"
    assert places.label(first(places, "4000"), "fr").startswith("4000 Liège")


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("cpas schaerbeek", [(1, 2, "21015")]),
        ("ocmw molenbeek", [(1, 2, "21012")]),
        ("medecin saint josse ten noode urgence", [(1, 5, "21014")]),
        ("dentiste 1030 schaerbeek", [(1, 3, "1030")]),
        ("hulp in sint pieters woluwe", [(2, 5, "21019")]),
        ("logement ixelles ou etterbeek", [(1, 2, "21009"), (3, 4, "21005")]),
        ("colis rue haute 12 1000 bruxelles dimanche", [(1, 6, "21004/ruehaute")]),
        ("psychologue à liège", [(2, 3, "62063")]),
        ("maison de la paix", []),
        ("werken na de ziekte", []),
        ("quartier paix", [(1, 2, "paix")]),
        ("1712", []),
        ("help as soon as possible on sunday", []),
        ("", []),
    ],
)
def test_places_are_recognised_within_words(places, text, spans):
    found = places.find_in(text.split())
    assert [(match.start, match.end, match.places[0].code) for match in found] == spans


def test_only_the_kinds_asked_for_are_recognised(places):
    assert places.find_in(["1030", "rue", "haute"], kinds={"postcode"})[0].places[0].code == "1030"
    assert len(places.find_in(["1030", "rue", "haute"], kinds={"postcode"})) == 1
    assert places.find_in(["schaerbeek"], kinds={"street"}) == []


def test_every_commune_is_found_by_each_of_its_names(places, files):
    for row in files.territories:
        if row.kind == "commune":
            for name in row.names.values():
                assert row.code in {place.code for place in places.lookup(name)}, name


def test_every_street_is_found_in_its_commune(places, files):
    communes = {row.code: row.names["fr"] for row in files.territories if row.kind == "commune"}
    for row in files.streets[::40]:
        name = row.name_fr or row.name_nl
        found = places.lookup(f"{name} 7, {communes[row.nis5]}")
        assert row.nis5 in {place.nis5s[0] for place in found if place.kind == "address"}, name


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("sch", "Schaerbeek"),
        ("schaarb", "Schaerbeek"),
        ("103", "1030 Schaerbeek"),
        ("Saint-G", "Saint-Gilles"),
        ("st g", "Saint-Gilles"),
        ("rue haut", "Rue Haute (Bruxelles)"),
        ("mol", "Mol"),
    ],
)
def test_a_beginning_is_completed(places, prefix, expected):
    labels = [places.label(place, "fr") for place in places.complete(prefix, "fr", 5)]
    assert expected in labels
    assert len(labels) == len(set(labels)) <= 5


def test_completion_needs_something_to_complete(places):
    assert places.complete("") == []
    assert places.complete("   ") == []
    assert places.complete("zzzz") == []
    assert places.complete("sch", limit=0) == []
    assert places.complete("\uffff" * 50) == []


def test_without_geography_nothing_is_found():
    empty = Gazetteer(Geography())
    assert empty.lookup("Schaerbeek") == []
    assert empty.find_in(["schaerbeek", "1030"]) == []
    assert empty.complete("sch") == []


def test_threads_share_it(places):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(places.lookup("rue Haute 12, 1000")[0]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len({(answer.code, answer.lat) for answer in answers}) == 1


pieces = st.sampled_from(
    "rue Haute avenue 12 12a 1000 1030 b B-1050 bte Bruxelles Elsene , - à te l' saint st straat laan \x00 ß ﬁ ١٢ 🙂".split(
        " "
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=60), st.lists(pieces, max_size=14).map(" ".join)))
def test_no_text_is_an_error(places, text):
    for place in places.lookup(text):
        assert -90 <= place.lat <= 90
        assert place.precision
    tokens = text.split()
    end = 0
    for match in places.find_in(tokens):
        assert end <= match.start < match.end <= len(tokens)
        end = match.end
    assert len(places.complete(text, "fr", 5)) <= 5
