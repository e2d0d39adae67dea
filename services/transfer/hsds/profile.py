"""Our profile of HSDS 3.0: what the standard has no field for travels as attributes, and one attribute says so.

An attribute is `link_type` (what kind), `taxonomy_term.code` (which) and `value`. Readers who do not know ours still see
plain HSDS; a file without the `profile` attribute is read as somebody else's. Pure.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

VERSION = "3.0"
# Names our attributes' ids; not an address that answers.
_NAMESPACE = uuid5(NAMESPACE_URL, "urn:social-health-directory:hsds")

# link_type of the attribute whose code says how much of a listing the file holds, and whose value is the language of
# its plain texts.
PROFILE = "profile"
PUBLIC, COMPLETE = "public", "complete"

TRANSLATION = "translation"  # code "description.nl", value the text
LANGUAGE_OF = (
    "language_of"  # code "description", value the language of the plain text when it is not the file's
)
NO_TEXT = "none"  # that value where the standard wants a text and there is none
EXTERNAL_ID = "external_id"  # code the scheme, value the identifier
NOTICE = "notice"  # code the kind, value JSON: starts_on, ends_on, text by language
TERRITORY = "territory"  # extent_type of a service area whose extent is "commune:21012"

# HSDS status of a published listing; see the vocabulary's listing_status.
STATUS = {
    "published": "active",
    "suspended": "temporarily closed",
    "closed_permanently": "defunct",
    "archived": "inactive",
}


def identifier(*parts: object) -> str:
    """The same id for the same parts, in every export."""
    return str(uuid5(_NAMESPACE, "|".join(str(part) for part in parts)))


def attribute(
    owner: str, entity: str, link_type: str, code: str, value: str = "", *, name: str = "", number: int = 0
) -> dict[str, Any]:
    """One HSDS attribute of the object whose id is `owner`; `number` tells equal ones apart."""
    return {
        "id": identifier(owner, link_type, code, number),
        "link_entity": entity,
        "link_type": link_type,
        "value": value,
        "taxonomy_term": {
            "id": identifier("term", link_type, code),
            "code": code,
            "name": name or code,
            "description": name or code,
            "taxonomy": link_type,
        },
    }


class Attributes:
    """The attributes of one object, by link_type."""

    def __init__(self, found: Iterable[Any] | None) -> None:
        self.all: list[Mapping[str, Any]] = [item for item in found or () if isinstance(item, Mapping)]
        self._by_type: dict[str, list[tuple[str, str]]] = {}
        for item in self.all:
            term = item.get("taxonomy_term")
            code = str(term.get("code") or "") if isinstance(term, Mapping) else ""
            value = item.get("value")
            self._by_type.setdefault(str(item.get("link_type") or ""), []).append(
                (code, "" if value is None else str(value))
            )

    def pairs(self, link_type: str) -> list[tuple[str, str]]:
        """(code, value) of each."""
        return self._by_type.get(link_type, [])

    def codes(self, link_type: str) -> list[str]:
        return [code for code, _value in self.pairs(link_type)]

    def value(self, link_type: str) -> str:
        """The first one's value, "" when there is none."""
        pairs = self.pairs(link_type)
        return pairs[0][1] if pairs else ""

    def code(self, link_type: str) -> str:
        pairs = self.pairs(link_type)
        return pairs[0][0] if pairs else ""


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
