"""A text of a listing as translators meet it: its key, its fingerprint, and what may be written.

A key names one text of one listing, whatever the language: a field of the service ("description"), or a part by its
uuid ("notice:<uuid>"). `FIELDS` and `PARTS` decide what is translated and thus what the state of a translation speaks
of. Other names are no translations of each other (what people call a service in a language), notes of opening hours
are shown nowhere, contacts are personal: none of them is here.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from uuid import UUID

Texts = dict[str, str]  # key → text, in one language
TextsByLanguage = dict[str, Texts]

# In the order of the form.
FIELDS = (
    "name",
    "summary",
    "description",
    "eligibility_description",
    "application_process",
    "fees_description",
)
# Kind of part → its translated field.
PARTS = {
    "notice": "text",
    "place": "description",
    "phone": "description",
    "document": "document",
    "cost": "amount_description",
}
LONGEST = 20_000  # characters of a text whose column sets no limit

# "a < b" and "<3" are text; a tag, a closing tag, a comment or an entity that hides one is not.
_HTML = re.compile(r"<[a-zA-Z/!?]|&(?:lt|#0*60|#x0*3c);?", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def part_key(kind: str, uuid: UUID) -> str:
    return f"{kind}:{uuid}"


def kind_of(key: str) -> str:
    """The field's name, or the kind of part."""
    return key.partition(":")[0]


def is_key(key: str) -> bool:
    """Whether this can name a text of some listing."""
    kind, mark, rest = key.partition(":")
    if not mark:
        return kind in FIELDS
    try:
        return kind in PARTS and str(UUID(rest)) == rest
    except ValueError:
        return False


def in_order(keys: Iterable[str]) -> list[str]:
    """The fields in the form's order, then the parts by kind."""
    kinds = [*FIELDS, *PARTS]
    return sorted(keys, key=lambda key: (kinds.index(kind_of(key)), key))


def normalised(text: str) -> str:
    """What two texts have in common that read the same: composed letters (NFC), single spaces, none around.

    French spaces before ":" and line breaks count as spaces; a capital or a full stop more is another text.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def fingerprint(text: str) -> str:
    """16 hexadecimal digits (64 bits of SHA-256) of the normalised text; "" of a text without any."""
    plain = normalised(text)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:16] if plain else ""


def present(texts: Mapping[str, str | None]) -> Texts:
    """The texts that say something."""
    return {key: text for key, text in texts.items() if text and text.strip()}


def source_language(names: Mapping[str, str], declared: str, languages: Iterable[str]) -> str:
    """The language of the original: the declared one, else the first of the site's in which it has a name.

    `names`: language → name. A declared language without a name is not believed. "" when there is no name at all.
    """
    if declared and names.get(declared, "").strip():
        return declared
    return next((language for language in languages if names.get(language, "").strip()), "")


def refusal(text: str, longest: int | None) -> str:
    """Why this cannot be written: "empty", "html", "control", "too_long"; "" when it can."""
    if not text.strip():
        return "empty"
    if _CONTROL.search(text):
        return "control"
    if _HTML.search(text):
        return "html"
    return "too_long" if len(text) > (longest or LONGEST) else ""


def tidy(text: str) -> str:
    """Line ends as \\n, none of the spaces around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
