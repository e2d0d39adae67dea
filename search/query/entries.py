"""One concept as the search uses it: its words in each language, and where they lead. Pure."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "acronym", "lay"]
KINDS: tuple[Kind, ...] = ("name", "acronym", "lay")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as an editor wrote them ("leefloon", "de steun"); not folded, not stemmed."""

    text: str
    language: str  # fr, nl, en, de
    kind: Kind


@dataclass(frozen=True, slots=True)
class ConceptEntry:
    """What one row of the concepts table says.

    `needs`, `organisation_types` and `audiences` are codes of the taxonomies, in the editors' order; a code that was
    retired is already its successor. `counterpart_only`: the other languages name the counterpart of the service, not
    the same one (CASG and CAW), so a phrase may not be expanded into another language's.
    """

    code: str
    needs: tuple[str, ...] = ()
    organisation_types: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    counterpart_only: bool = False

    def name(self, language: str) -> str:
        """The first official name in this language, else the first of all phrases; the code if there is none."""
        named = [phrase for phrase in self.phrases if phrase.kind == "name"]
        for phrase in (*(found for found in named if found.language == language), *named, *self.phrases):
            return phrase.text
        return self.code
