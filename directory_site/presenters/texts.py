"""A catalogue text as its reader gets it: in their language, or in another one that is then named."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from services.records import Texts, pick

from ..addresses import languages
from .words import written_in


@dataclass(frozen=True)
class Said:
    """`lang` is empty when the text is in the reader's language, else it goes into the HTML attribute."""

    text: str = ""
    lang: str = ""
    note: str = ""  # "in French only"

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        return self.text

    @property
    def paragraphs(self) -> list[str]:
        return [part.strip() for part in self.text.split("\n\n") if part.strip()]


def said(texts: Texts) -> Said:
    """The text in the active language, else in the first language of the site that has one."""
    reader = get_language() or ""
    text, language = pick(texts, reader, languages())
    if not text or language == reader:
        return Said(text)
    return Said(text, language, written_in(language, only=len(texts) == 1))


def texts_of(obj: object, name: str) -> Texts:
    """Every language's text of a translated field; reads the language columns, never the base one."""
    return {code: text for code in languages() if (text := getattr(obj, f"{name}_{code}", None))}


def said_of(obj: object, name: str) -> Said:
    return said(texts_of(obj, name))


def labels(choices, codes: Iterable[str]) -> list[str]:
    """The translated labels of codes of a closed list; a code it does not know stands for itself."""
    known = dict(choices.choices)
    return [str(known.get(code, code)) for code in codes]
