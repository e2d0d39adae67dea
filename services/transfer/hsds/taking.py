"""Takes values out of an HSDS object, keeps as words what has no place with us, and says so. Pure."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.transfer.create_parts import DraftRefused

from . import profile
from .profile import Attributes

_TAG = re.compile(r"<(?:[a-zA-Z/!?][^<>]{0,2000})>")
_BREAK = re.compile(r"<(?:br\s*/?|/p|/li|/div|/h[1-6])>", re.IGNORECASE)
_HTML = re.compile(r"<[a-zA-Z/!?]|&(?:#\d+|#x[0-9a-f]+|[a-z]+);", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LONGEST = 20_000
# Names of things that say nothing about a listing.
SILENT = frozenset(
    "id metadata attributes _line organization_id program_id service_id location_id contact_id phone_id link_id "
    "service_at_location_id".split()
)


@dataclass
class Words:
    """What is kept as a note for editors, and what the reader of the report is told."""

    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def keep(self, label: str, text: Any, why: str = "") -> None:
        """A line of the note; with a reason it is reported too."""
        shown = _shown(text)
        if not shown:
            return
        line = f"{label}: {shown}"
        if line not in self.lines:
            self.lines.append(line)
            if why:
                self.warnings.append(f"{label}: {why}, kept as a note: {shown[:80]}")

    @property
    def note(self) -> str:
        return "\n".join(self.lines)


def _shown(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(
            part for name, item in value.items() if name not in SILENT and (part := _shown(item))
        )
    if isinstance(value, list | tuple):
        return "; ".join(part for item in value if (part := _shown(item)))
    return " ".join(_CONTROL.sub(" ", str(value)).split())[:2000]


def plain_text(value: Any, name: str) -> str:
    """The text without HTML, line ends as \\n. Raises DraftRefused on what is no text or holds control characters."""
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        raise DraftRefused(f"{name}: a text is needed")
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if _HTML.search(text):
        text = html.unescape(_TAG.sub("", _BREAK.sub("\n", text))).strip()
        text = _TAG.sub("", text)  # what was hidden in entities
    if match := _CONTROL.search(text):
        raise DraftRefused(f"{name}: control character U+{ord(match.group()):04X}")
    if len(text) > LONGEST:
        raise DraftRefused(f"{name}: at most {LONGEST} characters; got {len(text)}")
    return text


class Taker:
    """One HSDS object, its attributes, and the keys that nobody has asked for yet."""

    def __init__(self, values: Any, what: str, words: Words, language: str) -> None:
        if not isinstance(values, Mapping):
            raise DraftRefused(f"{what}: an object is needed")
        self._values = values
        self._left = dict.fromkeys(name for name in values if name not in SILENT)
        self.what, self.words, self.language = what, words, language
        self.attributes = Attributes(
            values.get("attributes") if isinstance(values.get("attributes"), list) else ()
        )

    def raw(self, name: str) -> Any:
        self._left.pop(name, None)
        return self._values.get(name)

    def has(self, name: str) -> bool:
        return self._values.get(name) not in (None, "", [], {})

    def text(self, name: str, longest: int = LONGEST) -> str:
        """One value as text; one that is too long is cut, and kept whole as a note."""
        text = plain_text(self.raw(name), f"{self.what}.{name}")
        if len(text) > longest:
            self.words.keep(name, text, f"longer than {longest} characters")
            text = text[: longest - 1].rstrip() + "…"
        return text

    def texts(self, name: str, longest: int = LONGEST) -> dict[str, str]:
        """The text by language: the plain one, and the translations of our profile."""
        plain = self.text(name, longest)
        told_in = dict(self.attributes.pairs(profile.LANGUAGE_OF)).get(name, self.language)
        found = {} if told_in == profile.NO_TEXT or not plain else {told_in: plain}
        for code, text in self.attributes.pairs(profile.TRANSLATION):
            field_name, _dot, language = code.rpartition(".")
            if field_name == name and text:
                found[language] = plain_text(text, f"{self.what}.{code}")[:longest]
        return found

    def objects(self, name: str) -> list[Any]:
        """A list of objects; null is an empty one. Raises DraftRefused on anything else."""
        found = self.raw(name)
        if found is None or found == "":
            return []
        if not isinstance(found, list):
            raise DraftRefused(f"{self.what}.{name}: a list is needed")
        return found

    def one(self, name: str) -> Mapping[str, Any]:
        found = self.raw(name)
        if found in (None, ""):
            return {}
        if not isinstance(found, Mapping):
            raise DraftRefused(f"{self.what}.{name}: an object is needed")
        return found

    def keep_the_rest(self, label: str = "", but: Iterable[str] = ()) -> None:
        """What is left is kept as words, under its own name."""
        for name in [name for name in self._left if name not in set(but)]:
            self.words.keep(" ".join(filter(None, [label, name.replace("_", " ")])), self.raw(name))
