"""What reading one HSDS entry gives: drafts, and which of their fields the file speaks of."""

from dataclasses import dataclass, field
from datetime import date

from services.transfer.drafts import LocationDraft, OrganizationDraft, ServiceDraft

from .books import LANGUAGES, Books


@dataclass
class Setting:
    """What a whole import shares."""

    source: str
    language: str  # of plain texts
    books: Books
    today: date


@dataclass
class ReadOrganization:
    draft: OrganizationDraft
    spoken: frozenset[str]


@dataclass
class ReadPlace:
    """`draft.locations[n]` of the service and what is said of it."""

    draft: LocationDraft
    spoken: frozenset[str]


@dataclass
class ReadService:
    """A field that is not in `spoken` stays as the catalogue has it; texts are spoken of in `languages` only.

    `profile`: "public" or "complete" for a file of our own, "" for another's.
    """

    line: int
    where: str
    draft: ServiceDraft
    spoken: frozenset[str]
    languages: tuple[str, ...]
    profile: str
    organization: ReadOrganization | None
    places: list[ReadPlace] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_ours(self) -> bool:
        return bool(self.profile)


def languages_of(profile: str, language: str) -> tuple[str, ...]:
    return LANGUAGES if profile else (language,)
