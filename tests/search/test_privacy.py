"""A hidden address leaks nothing: not by coordinates, distance, order, facet, words, JSON or page."""

import json
from pathlib import Path

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]

FILES = [Path("fixtures/listings") / name for name in ("examples_brussels.jsonl", "examples_elsewhere.jsonl")]
LISTINGS = [json.loads(line) for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]
HIDDEN = [
    (listing["id"], place)
    for listing in LISTINGS
    if listing["visibility"] == "public" and listing["lifecycle"] == "published"
    for place in listing["locations"]
    if place.get("visibility") == "address_hidden"
]


def answer(client, **parameters) -> dict:
    return json.loads(client.get("/api/v1/search", {"size": 100, **parameters}).content)


def test_the_demo_directory_has_hidden_addresses_to_look_for():
    assert len(HIDDEN) >= 5


@pytest.mark.parametrize(("listing", "place"), HIDDEN, ids=[identifier for identifier, _place in HIDDEN])
def test_searching_from_its_own_door_does_not_find_the_address(client, listing, place):
    near = f"{place['lat']},{place['lon']}"
    assert listing not in [
        hit["external_ids"].get("demo") for hit in answer(client, near=near, radius_km="0.5")["hits"]
    ], "a circle around the door must not contain it"
    pages = [answer(client, near=near, page=page)["hits"] for page in range(1, 5)]
    hit = next(hit for hits in pages for hit in hits if hit["external_ids"].get("demo") == listing)
    assert hit["distance_m"] is None
    assert hit["location"] is None
    assert hit["bassin"] is None
    body = json.dumps(hit)
    assert str(place["lat"]) not in body
    assert place["street"]["fr"] not in body
    page = client.get(f"/fr/services/{hit['id']}/", follow=True).content.decode()
    assert str(place["lat"]) not in page
    assert place["street"]["fr"] not in page


def test_the_index_holds_no_hidden_coordinates():
    from search import engines

    columns = engines.main().snapshot().columns
    stored = {
        (round(lat, 5), round(lon, 5))
        for lat, lon in zip(columns.lat.values, columns.lon.values, strict=True)
    }
    assert stored
    for _listing, place in HIDDEN:
        assert (round(place["lat"], 5), round(place["lon"], 5)) not in stored


def test_listings_for_professionals_are_found_by_nobody_else(client):
    wanted = {listing["id"] for listing in LISTINGS if listing["visibility"] == "professionals"}
    assert wanted
    found = {
        hit["external_ids"].get("demo") for page in range(1, 6) for hit in answer(client, page=page)["hits"]
    }
    assert found
    assert not wanted & found
