"""The tantivy schema: pre-analysed tokens as white-space separated text, one field a kind of text and a language."""

import hashlib
import json
from functools import cache

import orjson
import tantivy

from search.engine import IndexDocument
from search.query.analysis import ALGORITHMS

from .cards import NO_CARD

EXACT_FIELDS = ("name", "alternate", "topic", "organization", "body", "place")
STEMMED_FIELDS = ("name", "alternate", "topic", "organization", "body")
LANGUAGES = tuple(ALGORITHMS)
# Raised when what a document holds changes its meaning without changing the schema.
FORMAT = 5


def exact_field(field: str) -> str:
    return f"{field}_x"


def stem_field(field: str, language: str) -> str:
    return f"{field}_{language}"


@cache
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in EXACT_FIELDS:
        builder.add_text_field(exact_field(field), tokenizer_name="whitespace", index_option="basic")
    for field in STEMMED_FIELDS:
        for language in LANGUAGES:
            builder.add_text_field(
                stem_field(field, language), tokenizer_name="whitespace", index_option="basic"
            )
    # The key is text: deleting by a term of an unsigned field deletes nothing, silently.
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("pk", fast=True, stored=True)
    builder.add_unsigned_field("version", fast=True)
    builder.add_unsigned_field("generation", fast=True, indexed=True)
    builder.add_bytes_field("row", stored=True)
    builder.add_bytes_field("card", stored=True)
    return builder.build()


@cache
def schema_hash() -> str:
    """Names the folder, so that an index of another shape is never opened but rebuilt beside."""
    described = [FORMAT, EXACT_FIELDS, STEMMED_FIELDS, LANGUAGES, tantivy.__version__]
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:12]


def _stored(source: IndexDocument, card: bytes, generation: int) -> dict:
    return {
        "key": str(source.pk),
        "pk": source.pk,
        "version": source.version,
        "generation": generation,
        "card": card,
    }


def stored_document(source: IndexDocument, card: bytes) -> tantivy.Document:
    """A listing of a rebuild: its tokens go into the postings and its values into the columns."""
    return tantivy.Document.from_dict(_stored(source, card, 0), schema())


def document(source: IndexDocument, row: dict, card: bytes, generation: int) -> tantivy.Document:
    """A listing that changed since the rebuild. from_dict with the schema: without it numbers become signed and kill
    the writer's thread."""
    fields = _stored(source, card, generation) | {"row": orjson.dumps(row)}
    for field, tokens in source.exact.items():
        if tokens:
            fields[exact_field(field)] = " ".join(tokens)
    for field, by_language in source.stems.items():
        for language, tokens in by_language.items():
            if tokens and language in LANGUAGES:
                fields[stem_field(field, language)] = " ".join(tokens)
    return tantivy.Document.from_dict(fields, schema())


def tombstone(pk: int, generation: int) -> tantivy.Document:
    """Stands for a deleted listing until the next rebuild, so that readers learn of it like of any change."""
    return tantivy.Document.from_dict(
        {"key": str(pk), "pk": pk, "version": 0, "generation": generation, "row": b"null", "card": NO_CARD},
        schema(),
    )


def row_values(source: IndexDocument) -> dict:
    """What the columns need of a document, JSON."""
    return {
        "codes": source.codes,
        "open": source.audience_open,
        "named": source.audience_named,
        "points": [[point.lat, point.lon] for point in source.points],
        "areas": source.areas,
        "hours": [packed.hex() for packed in source.hours],
        "ages": [source.minimum_age, source.maximum_age],
        "professional": source.professional,
        "lifecycle": source.lifecycle,
        "full": source.capacity_full,
        "verified": source.verified,
        "names": source.name_keys,
        "uuid": source.uuid,
    }
