"""Commune, neighbourhood and bassin of points, and how certain the bassin is."""

import pytest

from geo.placing import Placement, place, placer

GRAND_PLACE = (50.8467, 4.3525)


def one(lat=None, lon=None, postcode=None, nis5=None) -> Placement:
    (placement,) = place([lat], [lon], [postcode], [nis5])
    return placement


def bassin(**given) -> tuple[str | None, str]:
    placement = one(**given)
    return placement.bassin_code, placement.bassin_status


BASSIN_OF_COMMUNE = {
    **dict.fromkeys(["21003", "21008", "21010", "21011"], "nord"),
    **dict.fromkeys(["21006", "21014", "21015"], "nord-est"),
    **dict.fromkeys(["21002", "21005", "21018", "21019"], "sud-est"),
    **dict.fromkeys(["21007", "21009", "21013", "21016", "21017"], "sud"),
    **dict.fromkeys(["21001", "21012"], "centre-ouest"),
}


def test_each_whole_commune_of_brussels_is_officially_in_its_bassin(files):
    centres = {row.code: (row.lat, row.lon) for row in files.territories if row.kind == "commune"}
    codes = list(BASSIN_OF_COMMUNE)
    placed = place([centres[code][0] for code in codes], [centres[code][1] for code in codes])
    assert [placement.nis5 for placement in placed] == codes
    assert [placement.bassin_code for placement in placed] == list(BASSIN_OF_COMMUNE.values())
    assert {placement.bassin_status for placement in placed} == {"official"}
    assert all(placement.neighbourhood_code for placement in placed)


@pytest.mark.parametrize("postcode", ["1020", "1120", "1130"])
def test_laeken_neder_over_heembeek_and_haren_are_provisionally_nord(postcode):
    assert bassin(postcode=postcode) == ("nord", "provisional")
    assert bassin(nis5="21004", postcode=postcode) == ("nord", "provisional")


def test_1000_is_centre_ouest_by_inference_only():
    assert bassin(postcode="1000") == ("centre-ouest", "review")
    assert bassin(lat=GRAND_PLACE[0], lon=GRAND_PLACE[1], postcode="1000") == ("centre-ouest", "review")


def test_a_neighbourhood_of_brussels_city_suggests_and_never_decides():
    assert bassin(lat=GRAND_PLACE[0], lon=GRAND_PLACE[1]) == ("centre-ouest", "review")
    bois_de_la_cambre = {"lat": 50.8085, "lon": 4.3797}
    assert one(**bois_de_la_cambre).nis5 == "21004"
    assert bassin(**bois_de_la_cambre) == ("sud", "review")
    assert bassin(**bois_de_la_cambre, postcode="1000") == ("sud", "review")


def test_the_rest_of_brussels_city_has_no_bassin_and_asks_for_review():
    squares = {"lat": 50.8465, "lon": 4.3850}  # the squares' quarter, which no source gives to a bassin
    assert one(**squares).nis5 == "21004"
    assert bassin(**squares) == (None, "review")
    assert bassin(nis5="21004") == (None, "review")
    assert bassin(nis5="21004", postcode="1040") == (None, "review")


def test_a_commune_in_no_bassin_needs_no_review_and_an_unknown_place_does():
    assert bassin(nis5="92094") == (None, "official")
    assert bassin() == (None, "review")


@pytest.mark.parametrize(
    ("nis5", "expected"),
    [
        ("62063", ("liege", "official")),
        ("63020", ("dison", "provisional")),
        ("55040", ("centre", "provisional")),
        ("44021", ("gent", "official")),
        ("11002", ("antwerpen", "official")),
    ],
)
def test_territories_elsewhere(nis5, expected):
    assert bassin(nis5=nis5) == expected


def test_the_point_wins_over_the_commune_and_the_postcode_given():
    placement = one(lat=GRAND_PLACE[0], lon=GRAND_PLACE[1], postcode="4000", nis5="62063")
    assert placement.nis5 == "21004"


def test_without_a_point_the_commune_then_a_postcode_of_one_commune():
    assert one(nis5="21015", postcode="1000").nis5 == "21015"
    assert one(postcode="1060").nis5 == "21013"
    assert one(postcode="1030").nis5 is None  # reaches into Bruxelles too
    assert one(postcode="9999").nis5 is None
    assert one(lat=50.8).nis5 is None  # half a point is none


def test_a_point_abroad_is_nowhere():
    assert one(lat=48.8566, lon=2.3522, postcode="1000", nis5="21004") == Placement()


def test_many_at_once_keep_their_order():
    placed = place(
        [GRAND_PLACE[0], None, 51.0543, None],
        [GRAND_PLACE[1], None, 3.7219, None],
        [None, "1060", None, None],
    )
    assert [placement.nis5 for placement in placed] == ["21004", "21013", "44021", None]
    assert place([], []) == []


def test_sequences_of_different_length_are_an_error():
    with pytest.raises(ValueError, match="2 postcodes for 1 lats"):
        place([50.0], [4.0], ["1000", "1020"])


def test_every_neighbourhood_centre_gives_back_its_neighbourhood(files):
    centres = [(row.code, *point) for row in files.territories for point in row.points]
    placed = place([lat for *_, lat, _ in centres], [lon for *_, lon in centres])
    wrong = [
        (code, nis5, placement)
        for (code, nis5, *_), placement in zip(centres, placed, strict=True)
        if (placement.nis5, placement.neighbourhood_code) != (nis5, code)
    ]
    assert wrong == []


def test_the_placer_is_built_once():
    assert placer() is placer()
