"""The real Elasticsearch does what the search engine for scale leans on."""

import uuid
from collections.abc import Callable

import pytest
from elasticsearch import BadRequestError, ConflictError, Elasticsearch

# Brussels, from west to east: the town halls of Molenbeek and Schaerbeek, and Ghent's for far away (WGS84).
MOLENBEEK = {"lat": 50.8550, "lon": 4.3386}
SCHAERBEEK = {"lat": 50.8676, "lon": 4.3737}
GENT = {"lat": 51.0543, "lon": 3.7250}

# Tokens come analysed from search.query.analysis, one space between them: the server must add nothing of its own.
TOKENS = {"type": "text", "analyzer": "whitespace"}
LISTING = {
    "dynamic": "strict",
    "properties": {
        "name": {"properties": {"fr": TOKENS, "nl": TOKENS, "exact": {"type": "keyword"}}},
        "needs": {"type": "keyword"},
        "point": {"type": "geo_point"},
    },
}


def names(answer: dict) -> list[str]:
    return [hit["_id"] for hit in answer["hits"]["hits"]]


@pytest.fixture
def listings(elasticsearch: Elasticsearch, make_index: Callable[..., str]) -> str:
    index = make_index(mappings=LISTING)
    documents = {
        "cpas-molenbeek": {
            "fr": "cpas molenbek",
            "nl": "ocmw molenbek",
            "needs": ["food", "debt"],
            "point": MOLENBEEK,
        },
        "cpas-schaerbeek": {
            "fr": "cpas scharbek",
            "nl": "ocmw scharbek",
            "needs": ["food"],
            "point": SCHAERBEEK,
        },
        "ocmw-gent": {"fr": "cpas gand", "nl": "ocmw gent", "needs": ["debt"], "point": GENT},
    }
    operations: list[dict] = []
    for key, document in documents.items():
        operations.append({"index": {"_id": key}})
        operations.append(
            {
                "name": {"fr": document["fr"], "nl": document["nl"], "exact": key},
                "needs": document["needs"],
                "point": document["point"],
            }
        )
    answer = elasticsearch.bulk(index=index, operations=operations, refresh=True)
    assert answer["errors"] is False
    return index


def test_analysed_tokens_are_indexed_as_they_come(elasticsearch: Elasticsearch, listings: str) -> None:
    answer = elasticsearch.indices.analyze(index=listings, field="name.fr", text="cpas MOLENBEK l'aid été")
    assert [token["token"] for token in answer["tokens"]] == ["cpas", "MOLENBEK", "l'aid", "été"]


def test_words_are_found_in_the_language_they_are_in(elasticsearch: Elasticsearch, listings: str) -> None:
    found = elasticsearch.search(index=listings, query={"match": {"name.nl": "ocmw molenbek"}})
    assert names(found)[0] == "cpas-molenbeek"
    assert found["hits"]["total"]["value"] == 3
    assert names(elasticsearch.search(index=listings, query={"match": {"name.fr": "ocmw"}})) == []
    both = {"combined_fields": {"query": "cpas gent", "fields": ["name.fr", "name.nl^2"], "operator": "and"}}
    assert names(elasticsearch.search(index=listings, query=both)) == ["ocmw-gent"]


def test_an_unknown_field_is_refused(elasticsearch: Elasticsearch, listings: str) -> None:
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        elasticsearch.index(index=listings, id="wrong", document={"nmae": "typo"})


def test_near_ranks_first_and_far_is_kept(elasticsearch: Elasticsearch, listings: str) -> None:
    decay = {"gauss": {"point": {"origin": MOLENBEEK, "offset": "500m", "scale": "3km", "decay": 0.5}}}
    query = {
        "function_score": {
            "query": {"match": {"name.fr": "cpas"}},
            "functions": [decay, {"filter": {"term": {"needs": "debt"}}, "weight": 1.0}],
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }
    sort = [{"_score": "desc"}, {"_geo_distance": {"point": MOLENBEEK, "unit": "m"}}]
    found = elasticsearch.search(index=listings, query=query, sort=sort, track_scores=True)
    assert names(found) == ["cpas-molenbeek", "ocmw-gent", "cpas-schaerbeek"]
    metres = {hit["_id"]: hit["sort"][1] for hit in found["hits"]["hits"]}
    assert metres["cpas-molenbeek"] == pytest.approx(0, abs=1)
    assert metres["cpas-schaerbeek"] == pytest.approx(2_834, rel=0.02)  # on a sphere of 6,371 km
    circle = {"geo_distance": {"distance": "5km", "point": MOLENBEEK}}
    inside = elasticsearch.search(index=listings, query={"bool": {"filter": [circle]}})
    assert sorted(names(inside)) == ["cpas-molenbeek", "cpas-schaerbeek"]


def test_a_facet_does_not_count_itself_out(elasticsearch: Elasticsearch, listings: str) -> None:
    found = elasticsearch.search(
        index=listings,
        query={"match": {"name.fr": "cpas"}},
        post_filter={"term": {"needs": "food"}},
        aggs={"needs": {"terms": {"field": "needs"}}},
    )
    counts = {bucket["key"]: bucket["doc_count"] for bucket in found["aggregations"]["needs"]["buckets"]}
    assert sorted(names(found)) == ["cpas-molenbeek", "cpas-schaerbeek"]
    assert counts == {"food": 2, "debt": 2}


def test_a_late_write_cannot_overwrite_a_newer_one(elasticsearch: Elasticsearch, listings: str) -> None:
    newer, older = {"needs": ["health"]}, {"needs": ["food"]}
    elasticsearch.index(index=listings, id="one", document=newer, version=42, version_type="external")
    with pytest.raises(ConflictError):
        elasticsearch.index(index=listings, id="one", document=older, version=41, version_type="external")
    operations = [{"index": {"_id": "one", "version": 41, "version_type": "external"}}, older]
    operations += [{"index": {"_id": "two", "version": 43, "version_type": "external"}}, older]
    answer = elasticsearch.bulk(index=listings, operations=operations)
    assert [item["index"]["status"] for item in answer["items"]] == [409, 201], (
        "the refusal stops nobody else"
    )
    assert elasticsearch.get(index=listings, id="one")["_source"] == newer


def test_a_late_write_cannot_bring_back_a_deleted_listing(
    elasticsearch: Elasticsearch, listings: str
) -> None:
    elasticsearch.index(index=listings, id="gone", document={"needs": []}, version=7, version_type="external")
    elasticsearch.delete(index=listings, id="gone", version=8, version_type="external")
    with pytest.raises(ConflictError):
        elasticsearch.index(
            index=listings, id="gone", document={"needs": []}, version=7, version_type="external"
        )


def test_an_alias_moves_to_the_new_index_in_one_step(
    elasticsearch: Elasticsearch, listings: str, make_index: Callable[..., str]
) -> None:
    alias = f"test-alias-{uuid.uuid4().hex}"
    rebuilt = make_index(mappings=LISTING)
    elasticsearch.index(index=rebuilt, id="rebuilt", document={"needs": ["food"]}, refresh=True)
    elasticsearch.indices.put_alias(index=listings, name=alias)
    assert elasticsearch.count(index=alias)["count"] == 3
    elasticsearch.indices.update_aliases(
        actions=[
            {"add": {"index": rebuilt, "alias": alias, "is_write_index": True}},
            {"remove": {"index": listings, "alias": alias, "must_exist": True}},
        ]
    )
    assert names(elasticsearch.search(index=alias)) == ["rebuilt"]
    assert list(elasticsearch.indices.get_alias(name=alias)) == [rebuilt]
