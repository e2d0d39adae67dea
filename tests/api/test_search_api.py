"""GET /api/v1/search and /suggest over the whole demo directory: the stable shape, and the errors."""

import json
import random
from pathlib import Path

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]

ANSWER = {"total", "page", "size", "took_ms", "engine", "degraded", "interpreted", "hits", "facets"}
HIT = {
    "id", "external_ids", "slug", "url", "name", "name_language", "organization", "summary", "location", "bassin",
    "distance_m", "open", "phones", "needs", "capacity", "verified_at", "score", "why",
}  # fmt: skip


@pytest.fixture
def search(client):
    def ask(**parameters) -> dict:
        response = client.get("/api/v1/search", parameters)
        assert response.status_code == 200, response.content
        assert response["Content-Type"] == "application/json"
        return json.loads(response.content)

    return ask


def test_the_answer_has_its_stable_shape(search):
    answer = search(q="épicerie", near="1000", lang="fr")
    assert set(answer) >= ANSWER
    assert set(answer["interpreted"]) >= {"text", "place", "open_at", "corrections", "expansions"}
    for hit in answer["hits"]:
        assert set(hit) >= HIT
    assert set(answer["facets"]["need"][0]) == {"code", "label", "count"}
    assert answer["engine"] == "embedded"
    assert answer["degraded"] is False


def test_the_cpas_of_molenbeek_is_the_first_cpas_in_molenbeek(search):
    first = search(q="cpas", near="50.8550,4.3053", lang="fr")["hits"][0]
    assert first["external_ids"] == {"nis5-cpas": "cpas-21012"}
    assert 1000 < first["distance_m"] < 1500
    assert first["location"]["commune"]["nis5"] == "21012"


def test_the_same_one_is_found_in_dutch_by_its_dutch_names(search):
    first = search(q="ocmw molenbeek", lang="nl")["hits"][0]
    assert first["external_ids"] == {"nis5-cpas": "cpas-21012"}
    assert (first["name"], first["name_language"]) == ("OCMW Sint-Jans-Molenbeek", "nl")


@pytest.mark.parametrize("lang", ["fr", "nl", "en", "de"])
def test_labels_are_in_the_asked_language_whatever_the_browser_says(client, lang):
    response = client.get("/api/v1/search", {"lang": lang, "need": "food"}, headers={"accept-language": "it"})
    labels = {facet["code"]: facet["label"] for facet in json.loads(response.content)["facets"]["cost"]}
    assert labels["free"] == {"fr": "Gratuit", "nl": "Gratis", "en": "Free", "de": "Kostenlos"}[lang]


def test_what_is_remembered_of_hits_changes_nothing_in_the_answer(search):
    """The same listings are asked for in another language, from another place and by other words in between."""

    def asked(**parameters) -> dict:
        answer = search(q="aide", **parameters)
        answer.pop("took_ms")
        return answer

    fresh = {lang: asked(lang=lang, near="1000") for lang in ("fr", "nl")}
    elsewhere = asked(lang="fr", near="1180")
    assert {lang: asked(lang=lang, near="1000") for lang in ("fr", "nl")} == fresh
    assert asked(lang="fr", near="1180") == elsewhere
    shared = {hit["id"]: hit for hit in fresh["fr"]["hits"]}
    again = [(shared[hit["id"]], hit) for hit in elsewhere["hits"] if hit["id"] in shared]
    assert again
    for one, other in again:
        assert (one["name"], one["needs"], one["url"]) == (other["name"], other["needs"], other["url"])
        assert one["location"] is None or one["distance_m"] != other["distance_m"]


def test_facets_are_the_totals_one_gets(search):
    answer = search(q="repas")
    for facet in ("need", "cost", "commune", "language", "access_mode", "bassin", "organisation_type"):
        for item in answer["facets"][facet][:5]:
            assert search(q="repas", **{facet: item["code"]})["total"] == item["count"], (facet, item)


def test_repeating_a_parameter_means_any_of_them(search):
    food, housing = search(need="food")["total"], search(need="housing")["total"]
    assert max(food, housing) < search(need=["food", "housing"])["total"] <= food + housing


def test_pages_of_a_search_are_disjoint(search):
    ids = [hit["id"] for page in (1, 2, 3) for hit in search(need="food", page=page, size=7)["hits"]]
    assert len(ids) == len(set(ids)) > 14


def test_every_commune_finds_its_own_cpas_first(search):
    communes = Path("fixtures/listings/real.jsonl").read_text(encoding="utf-8").splitlines()
    for listing in map(json.loads, communes):
        if listing["scheme"] != "nis5-cpas":
            continue
        place = listing["locations"][0]
        first = search(q="cpas", near=f"{place['lat']},{place['lon']}", lang="fr")["hits"][0]
        assert first["external_ids"].get("nis5-cpas") == listing["id"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("need=nothing_like_it", "need"),
        ("near=91,4", "near"),
        ("near=Atlantis-sur-Mer", "near"),
        ("radius_km=-1", "radius_km"),
        ("age=old", "age"),
        ("open=later", "open"),
        ("sort=best", "sort"),
        ("page=0", "page"),
        ("size=1000", "size"),
        ("lang=xx", "lang"),
        ("q=" + "x" * 10_000, "q"),
    ],
)
def test_a_wrong_value_is_a_problem_that_names_its_parameter(client, query, parameter):
    response = client.get(f"/api/v1/search?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert problem["parameter"] == parameter
    assert set(problem) == {"type", "title", "detail", "parameter"}


def test_no_query_string_is_a_500(client):
    """Two thousand queries made of what breaks parsers: every answer is 200, or 400 with a problem."""
    chance = random.Random(7)
    pieces = [
        "cpas", "\x00", "\u202e", "'", '"', "\\", "*", "?", "(", ")", "[a-", "AND", "OR NOT", "name:x", "^9", "~",
        "<b>", "&amp;", "%", "é" * 50, "🙂", "\ud7ff", "-1", "1e309", "NaN", "50.8,4.3", "1030", "now", "é̀", "", " ",
        "{{7*7}}", "' OR 1=1 --", "/../", "\r\n", "0x10", "٣",
    ]  # fmt: skip
    names = "q near radius_km need audience cost commune bassin age open sort page size lang unknown".split()
    for _ in range(2000):
        parameters = {
            chance.choice(names): "".join(chance.choices(pieces, k=chance.randint(1, 4)))
            for _count in range(chance.randint(0, 4))
        }
        for path in ("/api/v1/search", "/api/v1/suggest"):
            response = client.get(path, parameters)
            assert response.status_code in (200, 400), (path, parameters)
            if response.status_code == 400:
                assert json.loads(response.content)["parameter"] in names


def test_writing_methods_are_refused(client):
    assert client.post("/api/v1/search").status_code == 405


class TestSuggest:
    @pytest.fixture
    def suggest(self, client):
        def ask(q: str, lang: str = "fr") -> list[dict]:
            return json.loads(client.get("/api/v1/suggest", {"q": q, "lang": lang}).content)["suggestions"]

        return ask

    def test_it_answers_from_two_letters_with_at_most_ten_of_several_kinds(self, suggest):
        assert suggest("e") == []
        found = suggest("ep")
        assert 1 < len(found) <= 10
        assert {"text", "kind", "url"} == set(found[0])
        assert {item["kind"] for item in suggest("mol")} >= {"place"}
        assert {item["kind"] for item in found} <= {"service", "organization", "need", "place"}

    def test_the_prefix_of_any_word_counts(self, suggest):
        assert "Épicerie sociale Les Quatre Saisons" in [item["text"] for item in suggest("saisons")]

    def test_each_suggestion_leads_somewhere(self, suggest, client):
        for item in suggest("soc") + suggest("anderl"):
            response = client.get(item["url"], follow=True)
            assert response.status_code == 200, item

    def test_needs_are_in_the_readers_language(self, suggest):
        assert any(
            item["kind"] == "need" and "schuld" in item["text"].lower() for item in suggest("schul", "nl")
        )


def test_without_index_and_database_search_it_is_a_clear_503(client, tmp_path, settings, monkeypatch):
    from search import engines
    from search.engine import EngineUnavailable
    from search.engines.database import DatabaseEngine

    def away(*_arguments):
        raise EngineUnavailable("the database does not answer")

    settings.SEARCH_INDEX_DIR = tmp_path / "nothing-here"
    monkeypatch.setattr(DatabaseEngine, "search", away)
    engines.embedded_engine.cache_clear()
    try:
        response = client.get("/api/v1/search?q=cpas")
    finally:
        engines.embedded_engine.cache_clear()
    assert response.status_code == 503
    assert json.loads(response.content)["title"] == "Search is not available"
