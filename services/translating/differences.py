"""What changed in an original since its translation was made, found in the listing's versions."""

from collections.abc import Iterator, Mapping
from typing import Any

from wagtail.models import Revision

from services.models import Service

from .texts import PARTS, Texts, fingerprint, kind_of, part_key

MOST_VERSIONS = 40  # looked at, newest first; a translation that is older shows no difference

# Where a version's content keeps the parts: (name of the list, kind).
_LISTS = (
    ("notices", "notice"),
    ("required_documents", "document"),
    ("cost_options", "cost"),
    ("phones", "phone"),
)


def older_originals(service: Service, language: str, wanted: Mapping[str, str]) -> Texts:
    """`wanted`: key → fingerprint of an original; key → that original's text, where a version still has it.

    `language`: that of the original. One query at most.
    """
    left = {key: mark for key, mark in wanted.items() if mark}
    found: Texts = {}
    if not left:
        return found
    versions = Revision.objects.for_instance(service).order_by("-created_at", "-pk")
    for content in versions.values_list("content", flat=True)[:MOST_VERSIONS].iterator(chunk_size=5):
        texts = _texts(content, language, left)
        for key, text in texts.items():
            if fingerprint(text) == left.get(key):
                found[key] = text
                del left[key]
        if not left:
            break
    return found


def _texts(content: dict[str, Any], language: str, keys: Mapping[str, str]) -> Texts:
    parts = {key: text for key, text in _parts(content, language) if key in keys}
    fields = {key: content.get(f"{key}_{language}") or "" for key in keys if kind_of(key) == key}
    return {**parts, **fields}


def _parts(content: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    for name, kind in _LISTS:
        for part in content.get(name) or ():
            yield _part(part, kind, language)
    for place in content.get("service_at_locations") or ():
        yield _part(place, "place", language)
        yield from _parts(place, language)


def _part(part: dict[str, Any], kind: str, language: str) -> tuple[str, str]:
    return part_key(kind, part.get("uuid", "")), part.get(f"{PARTS[kind]}_{language}") or ""
