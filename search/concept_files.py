"""Concepts as lines of JSON, one concept a line: what `load_concepts` reads and `export_concepts` writes.

{"id": "cpas", "needs": ["rights_cpas"], "organisation_types": ["cpas"], "audiences": [], "names": {"fr": ["…"]},
"acronyms": {"fr": ["CPAS"], "nl": ["OCMW"]}, "lay": {…}, "counterpart_only": false, "note": "…", "active": true}.
Only `id` and one phrase are required.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .models.concept import LANGUAGES, TERM_FIELDS, WORD_COLUMNS
from .models.phrases import COLUMN_OF, lines

_KEYS = {"id", *TERM_FIELDS, *COLUMN_OF.values(), "counterpart_only", "note", "active"}


@dataclass(frozen=True)
class LineRefused(Exception):
    """A line that cannot be loaded: where, and why."""

    line: int  # from 1
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True)
class ConceptRow:
    """One concept as plain values; codes in no order that means anything, words as in the model's columns."""

    code: str
    terms: dict[str, tuple[str, ...]] = field(default_factory=dict)  # "needs" → codes
    words: dict[str, str] = field(default_factory=dict)  # "names_fr" → one phrase a line
    counterpart_only: bool = False
    note: str = ""
    active: bool = True

    def as_json(self) -> str:
        values: dict = {"id": self.code, "needs": list(self.terms.get("needs", ()))}
        for name in ("organisation_types", "audiences"):
            if self.terms.get(name):
                values[name] = list(self.terms[name])
        for column in COLUMN_OF.values():
            texts = {
                code: found for code in LANGUAGES if (found := lines(self.words.get(f"{column}_{code}", "")))
            }
            if texts or column != "acronyms":
                values[column] = texts
        values["counterpart_only"] = self.counterpart_only
        if self.note:
            values["note"] = self.note
        if not self.active:
            values["active"] = False
        return json.dumps(values, ensure_ascii=False)

    def digest(self) -> str:
        """SHA-256 of what it says, whatever the order of its codes."""
        terms = {name: sorted(self.terms.get(name, ())) for name in TERM_FIELDS}
        words = {column: text for column in WORD_COLUMNS if (text := self.words.get(column))}
        said = [self.code, terms, words, self.counterpart_only, self.note, self.active]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read(source: Iterable[str]) -> Iterator[tuple[int, ConceptRow | LineRefused]]:
    """(line number, concept or why it is refused) of every line that is not empty; a code given twice is refused."""
    seen: dict[str, int] = {}
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            row = _row(json.loads(line))
            if row.code in seen:
                raise ValueError(f'"{row.code}" stands in line {seen[row.code]} already')
            seen[row.code] = number
        except json.JSONDecodeError as error:
            yield number, LineRefused(number, f"not JSON: {error.msg} at character {error.pos + 1}")
        except ValueError as error:
            yield number, LineRefused(number, str(error))
        else:
            yield number, row


def _row(values: object) -> ConceptRow:
    if not isinstance(values, dict):
        raise ValueError("not an object {…}")
    if unknown := sorted(set(values) - _KEYS):
        raise ValueError(f'unknown key "{unknown[0]}"')
    words: dict[str, str] = {}
    for column in COLUMN_OF.values():
        texts = values.get(column, {})
        if not isinstance(texts, dict):
            raise ValueError(f'{column}: an object of languages is expected, as {{"fr": ["…"]}}')
        for language, listed in texts.items():
            if language not in LANGUAGES:
                raise ValueError(f'{column}: unknown language "{language}"')
            words[f"{column}_{language}"] = "\n".join(
                lines("\n".join(_strings(listed, f"{column}.{language}")))
            )
    for name in ("counterpart_only", "active"):
        if type(values.get(name, False)) is not bool:
            raise ValueError(f"{name}: true or false is expected")
    for name in ("id", "note"):
        if not isinstance(values.get(name, ""), str):
            raise ValueError(f"{name}: a text is expected")
    if not values.get("id"):
        raise ValueError("id is missing")
    return ConceptRow(
        code=values["id"],
        terms={name: tuple(dict.fromkeys(_strings(values.get(name, []), name))) for name in TERM_FIELDS},
        words=words,
        counterpart_only=values.get("counterpart_only", False),
        note=values.get("note", "").strip(),
        active=values.get("active", True),
    )


def _strings(values: object, where: str) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{where}: a list of texts is expected")
    return values
