"""Points and outlines: which commune, how far, which neighbourhood is near."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.shapes import CommuneIndex, NeighbourhoodIndex, commune_index, decode, haversine_m, read_shapes


@pytest.fixture(scope="module")
def index() -> CommuneIndex:
    return commune_index()


# The town halls' surroundings; coordinates as on any map.
@pytest.mark.parametrize(
    ("place", "lat", "lon", "nis5"),
    [
        ("Grand-Place of Brussels", 50.8467, 4.3525, "21004"),
        ("CPAS of Molenbeek", 50.8550, 4.3053, "21012"),
        ("Liège, place Saint-Lambert", 50.6453, 5.5736, "62063"),
        ("Ghent, Korenmarkt", 51.0543, 3.7219, "44021"),
        ("Ostend, on the beach", 51.2330, 2.9130, "35013"),
        ("Eupen", 50.6279, 6.0363, "63023"),
        ("Baarle-Hertog, an enclave in the Netherlands", 51.4432, 4.9330, "13002"),
        ("Arlon", 49.6833, 5.8167, "81001"),
        ("Comines, cut off from Wallonia", 50.7667, 3.0000, "57097"),
    ],
)
def test_a_point_has_its_commune(index, place, lat, lon, nis5):
    assert index.locate([lat], [lon]).tolist() == [nis5]


@pytest.mark.parametrize(
    ("place", "lat", "lon"),
    [
        ("Paris", 48.8566, 2.3522),
        ("Lille", 50.6292, 3.0573),
        ("Maastricht", 50.8514, 5.6910),
        ("Luxembourg", 49.6116, 6.1319),
        ("the North Sea", 51.5, 2.5),
        ("nowhere", 0.0, 0.0),
        ("the pole", 90.0, 180.0),
    ],
)
def test_a_point_outside_belgium_has_none(index, place, lat, lon):
    assert index.locate([lat], [lon]).tolist() == [None]


def test_missing_coordinates_have_none_and_leave_the_others_alone(index):
    found = index.locate([None, 50.8467, float("nan"), 50.8467], [4.35, 4.3525, 4.35, None])
    assert found.tolist() == [None, "21004", None, None]
    assert index.locate([], []).tolist() == []


def test_lengths_must_agree(index):
    with pytest.raises(ValueError, match="1 latitudes for 2 longitudes"):
        index.locate([50.0], [4.0, 5.0])


def test_a_point_on_a_border_belongs_to_the_lower_code(index):
    border = shapely.intersection(index.shape("21009"), index.shape("21013"))
    corner = shapely.get_coordinates(border)[0]
    touching = [code for code in index.codes if index.shape(code).intersects(shapely.Point(corner))]
    assert len(touching) >= 2
    assert index.locate([corner[1]], [corner[0]]).tolist() == [min(touching)]


def test_a_house_just_outside_the_simplified_outline_still_has_its_commune(index):
    # North-west of Ostend there is only the sea: walk out from the middle of the longest edge of its shore.
    land = shapely.union_all([index.shape(code) for code in index.codes])
    shore = shapely.intersection(index.shape("35013").boundary, land.boundary)
    edge = max(shapely.get_parts(shapely.line_merge(shore)), key=shapely.length)
    middle = shapely.line_interpolate_point(edge, 0.5, normalized=True)
    north_west = 1 / 111_195 / 2**0.5  # a metre, in degrees of latitude; a little less in longitude

    def out(metres: float) -> tuple[float, float]:
        return middle.y + metres * north_west, middle.x - metres * north_west

    near, far = out(100), out(500)
    assert not land.contains(shapely.Point(near[1], near[0]))
    assert index.locate([near[0], far[0]], [near[1], far[1]]).tolist() == ["35013", None]


def test_the_index_agrees_with_asking_every_outline(index):
    random = np.random.default_rng(7)
    lats, lons = random.uniform(50.7, 50.95, 400), random.uniform(4.2, 4.6, 400)
    slowly = [
        min(code for code in index.codes if index.shape(code).intersects(shapely.Point(lon, lat)))
        for lat, lon in zip(lats, lons, strict=True)
    ]
    assert index.locate(lats, lons).tolist() == slowly


def test_neighbours_share_their_borders_without_gap_or_overlap(index):
    shapes = [index.shape(code) for code in index.codes]
    assert len(shapes) == 565
    assert all(shape.is_valid for shape in shapes)
    assert shapely.coverage_is_valid(np.array(shapes, dtype=object))


def test_areas_are_those_of_the_communes(index, files):
    for row in files.territories:
        if row.kind == "commune" and row.area_km2 > 5:
            shape = index.shape(row.code)
            km2 = shape.area * 111.195**2 * np.cos(np.radians(shape.centroid.y))
            assert km2 == pytest.approx(row.area_km2, rel=0.12), row.code


def test_the_form_of_the_file_is_what_it_says():
    square = decode({"1": [[[400000, 5000000, 10, 0, 0, 10, -10, 0]]]})["1"]
    assert shapely.equals_exact(
        shapely.normalize(square), shapely.normalize(shapely.box(4.0, 50.0, 4.0001, 50.0001)), tolerance=1e-9
    )
    with_hole = decode(
        {"1": [[[0, 0, 9, 0, 0, 9, -9, 0], [3, 3, 0, 3, 3, 0, 0, -3]], [[20, 0, 9, 0, 0, 9]]]}
    )["1"]
    assert with_hole.geom_type == "MultiPolygon"
    assert with_hole.geoms[0].area == pytest.approx(72e-10)
    assert set(read_shapes()) == set(commune_index().codes)


def test_outlines_are_geojson_in_lon_lat(index):
    drawn = index.outlines(["21015", "21014"], tolerance_m=50)
    assert [feature["id"] for feature in drawn["features"]] == ["21015", "21014"]
    lon, lat = drawn["features"][0]["geometry"]["coordinates"][0][0]
    assert 4 < lon < 5 < 50 < lat < 51
    json.dumps(drawn, allow_nan=False)
    whole = index.outlines(["21015", "21014"])
    assert len(json.dumps(drawn)) < len(json.dumps(whole))
    assert index.outlines([]) == {"type": "FeatureCollection", "features": []}
    with pytest.raises(KeyError):
        index.outlines(["99999"])


latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@settings(max_examples=60, deadline=None)
@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_a_distance(lat1, lon1, lat2, lon2):
    there, back = float(haversine_m(lat1, lon1, lat2, lon2)), float(haversine_m(lat2, lon2, lat1, lon1))
    assert there == pytest.approx(back, abs=0.01)
    assert 0 <= there <= 20_015_200  # half way around
    assert float(haversine_m(lat1, lon1, lat1, lon1)) == pytest.approx(0, abs=0.01)


def test_distance_of_known_places():
    # Brussels-Midi to Gent-Sint-Pieters, as the crow flies.
    assert float(haversine_m(50.8354, 4.3366, 51.0357, 3.7108)) == pytest.approx(49_200, rel=0.01)
    assert haversine_m(50.0, 4.0, [50.0, 51.0], [4.0, 4.0]).round().tolist() == [0.0, 111195.0]


def test_the_nearest_centre_counts_within_the_commune_only():
    index = NeighbourhoodIndex([("a", "1", 50.0, 4.0), ("b", "1", 50.0, 4.02), ("c", "2", 50.0, 4.005)])
    codes, metres = index.nearest(
        [50.0, 50.0, 50.0, None, 50.0], [4.006, 4.006, 4.019, 4.0, 4.0], ["1", "2", "1", "1", "3"]
    )
    assert codes.tolist() == ["a", "c", "b", None, None]
    assert metres[:3] == pytest.approx(
        [float(haversine_m(50, 4.006, 50, lon)) for lon in (4.0, 4.005)]
        + [float(haversine_m(50, 4.019, 50, 4.02))],
        abs=1,
    )
    assert np.isnan(metres[3:]).all()
