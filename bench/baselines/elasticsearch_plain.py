"""A plain multi_match on Elasticsearch: its own analysers for each language, our weights as boosts, best field wins."""

from collections.abc import Sequence

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from bench.baselines import Listing, Tier
from search.documents import FIELDS
from search.weights import WEIGHTS

ANALYSERS = {"fr": "french", "nl": "dutch", "en": "english", "de": "german"}
MOST = 10_000


class PlainElasticsearch:
    scores = True

    def __init__(self, url: str, prefix: str, *, fuzzy: bool = False) -> None:
        self._client = Elasticsearch(url, request_timeout=60)
        self._index = f"{prefix}-plain{'-fuzzy' if fuzzy else ''}"
        self._options = {"fuzziness": "AUTO"} if fuzzy else {}
        self.name = "Elasticsearch multi_match" + (", fuzzy" if fuzzy else "")
        version = self._client.info()["version"]["number"]
        self.how = (
            f"Elasticsearch {version}, the analyser of each language, multi_match over all fields with boosts, best_fields"
            + (", fuzziness AUTO" if fuzzy else "")
        )

    def fill(self, listings: Sequence[Listing]) -> None:
        fields = {
            f"{field}_{language}": {"type": "text", "analyzer": analyser}
            for field in FIELDS
            for language, analyser in ANALYSERS.items()
        }
        self._client.indices.create(
            index=self._index,
            mappings={"properties": fields},
            settings={"number_of_shards": 1, "number_of_replicas": 0},
        )
        bulk(
            self._client,
            (
                {
                    "_index": self._index,
                    "_id": str(listing.pk),
                    **{
                        f"{field}_{language}": text
                        for field, by_language in listing.texts.items()
                        for language, text in by_language.items()
                        if language in ANALYSERS
                    },
                }
                for listing in listings
            ),
            refresh=True,
        )

    def ranked(self, words: str, language: str) -> list[Tier]:
        if not words.strip():
            return []
        boosted = [f"{field}_{one}^{WEIGHTS.fields[field]}" for field in FIELDS for one in ANALYSERS]
        answer = self._client.search(
            index=self._index,
            query={"multi_match": {"query": words, "fields": boosted, **self._options}},
            size=MOST,
            source=False,
        )
        return [{int(hit["_id"]): hit["_score"] for hit in answer["hits"]["hits"]}]

    def close(self) -> None:
        self._client.close()
