"""Whether an Elasticsearch index holds exactly what the database says: every listing, field by field and token by token."""

import json

from search import vocabulary
from search.building import build_documents
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.elasticsearch.schema import SHOWN, body, mapping
from services.models import Change

PAGE = 1000
# Kept as doc values, so that they can be read back; tokens are in the index only and are asked for instead.
STORED = sorted(
    name
    for name, field in mapping().to_dict()["properties"].items()
    if field.get("doc_values", True) and field["type"] not in ("object", "geo_point") and name not in ("uuid", "cursor")
)  # fmt: skip


def differences(engine: ElasticsearchEngine) -> list[str]:
    """In words, for a test's message; empty when they are equal."""
    vocabulary.forget()
    client, alias = engine._client.options(request_timeout=60), engine._indexes.alias
    client.indices.refresh(index=alias)
    found = {hit["_id"]: hit for hit in _hits(client, alias)}
    expected = {str(document.pk): document for document in build_documents(None, 0)}
    newest: dict[str, int] = {}
    for number, pk in Change.objects.filter(entity="service").order_by("pk").values_list("pk", "object_pk"):
        newest[str(pk)] = number
    wrong = [f"{pk} is missing" for pk in expected.keys() - found.keys()]
    wrong += [f"{pk} is too many" for pk in found.keys() - expected.keys()]
    for pk in sorted(expected.keys() & found.keys(), key=int):
        wanted, hit = body(expected[pk]), found[pk]
        if hit["_version"] < newest.get(pk, 0):
            wrong.append(f"{pk} is of change {hit['_version']} and not {newest[pk]}")
        shown = json.loads(json.dumps({name: wanted[name] for name in SHOWN}))
        if hit["_source"] != shown:
            wrong.append(f"{pk} shows something else")
        for name in STORED:
            if _values(hit.get("fields", {}).get(name, [])) != _values(wanted.get(name, [])):
                wrong.append(f"{pk} has {name}={hit.get('fields', {}).get(name)} and not {wanted.get(name)}")
        tokens = [(name, token) for name in wanted if _is_tokens(name) for token in wanted[name]]
        if not _has_all(client, alias, pk, tokens):
            wrong.append(f"{pk} lacks one of its {len(tokens)} words")
    return wrong


def _hits(client, alias):
    after: dict = {}
    while True:
        answer = client.search(
            index=alias,
            query={"exists": {"field": "pk"}},
            sort=[{"pk": "asc"}],
            size=PAGE,
            version=True,
            docvalue_fields=STORED,
            **after,
        )
        hits = answer["hits"]["hits"]
        yield from hits
        if len(hits) < PAGE:
            return
        after = {"search_after": hits[-1]["sort"]}


def _is_tokens(name: str) -> bool:
    return mapping().to_dict()["properties"][name].get("doc_values") is False and name != "uuid"


def _has_all(client, alias, pk: str, tokens: list[tuple[str, str]]) -> bool:
    terms = [{"term": {name: token}} for name, token in tokens if len(token) <= 255]
    query = {"bool": {"filter": [{"ids": {"values": [pk]}}, *terms]}}
    return client.count(index=alias, query=query)["count"] == 1


def _values(values) -> list[str]:
    """Doc values are sorted, and a keyword is kept once."""
    several = values if isinstance(values, list) else [values]
    return sorted({str(value).lower() if isinstance(value, bool) else str(value) for value in several})
