"""What somebody outside may suggest about a listing: one row a field. Pure.

A value is a text, a list of texts (phones) or of codes (languages); hours are a text in OSM's opening_hours syntax, or
`hours_words` where the week does not say it all. `code` is the "field" of a change in Suggestion.changes; `part` there
is the uuid of a ServiceAtLocation for what belongs to a place.
"""

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["line", "text", "numbers", "hours", "words", "codes", "closed"]

TEXT_LENGTH = 4000
NUMBERS = 10  # phones of one listing


@dataclass(frozen=True)
class Field:
    """`column` of the service, or of the place's location; a translated one exists once a language."""

    code: str
    kind: Kind
    column: str
    translated: bool = False
    of_place: bool = False  # belongs to a place; phones and hours belong to either
    length: int = TEXT_LENGTH


FIELDS = (
    Field("name", "line", "name", translated=True, length=200),
    Field("phones", "numbers", "phones", length=40),
    Field("street", "line", "street", translated=True, of_place=True, length=200),
    Field("house_number", "line", "house_number", of_place=True, length=40),
    Field("postcode", "line", "postcode", of_place=True, length=10),
    Field("hours", "hours", "schedules", length=1000),
    Field("hours_words", "words", "schedules", length=1000),
    Field("access", "text", "application_process", translated=True),
    Field("audience", "text", "eligibility_description", translated=True),
    Field("cost", "text", "fees_description", translated=True),
    Field("languages", "codes", "languages"),
    Field("description", "text", "description", translated=True),
    Field("website", "line", "website", length=500),
    Field("email", "line", "email", length=254),
    Field("closed", "closed", "lifecycle"),
)
BY_CODE = {field.code: field for field in FIELDS}
ADDRESS = ("street", "house_number", "postcode")

# A new service: the names of its form's fields, in order, with the longest text each may have.
NEW_SERVICE = {
    "name": 200,
    "organization": 200,
    "description": TEXT_LENGTH,
    "street": 200,
    "postcode": 80,
    "phones": 200,
    "website": 500,
    "email": 254,
}

# The reason somebody ticks, and the field it speaks of: that one is opened for them.
FIELD_OF_REASON = {
    "no_answer": "phones",
    "wrong_number": "phones",
    "wrong_address": "street",
    "wrong_hours": "hours",
}


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same: spaces, line ends, and the order of codes say nothing."""
    return bool(plain(one) == plain(other))


def plain(value: Any) -> Any:
    """The value without what says nothing: spaces and line ends."""
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return " ".join(str(value or "").split())


def change(
    field: str, before: Any, after: Any, *, language: str | None = None, part: str | None = None
) -> dict[str, Any]:
    """A member of Suggestion.changes."""
    return {
        "field": field,
        "language": language,
        "part": part,
        "before": before,
        "after": after,
        "state": "open",
    }
