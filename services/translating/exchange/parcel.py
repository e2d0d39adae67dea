"""What goes into a translator's file and what comes back, whatever the format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from services.errors import FileRefused
from services.models import ListingLanguage

from .. import units
from ..states import COMPLETE
from ..texts import fingerprint, in_order, kind_of

MOST_LISTINGS = 500  # in one file: a translator's parcel, and what one import takes
MOST_TEXTS = 10_000
MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Text:
    """One text to translate. `longest`: characters; None: no limit. `target`: what there is already."""

    uuid: str
    listing: str
    key: str
    source_language: str
    source_hash: str
    source: str
    target: str
    longest: int | None
    note: str
    state: str


@dataclass(frozen=True)
class Returned:
    """One text as a file brings it. `broken`: why it could not be read at all (a code of plan.REASONS)."""

    line: int
    uuid: str
    key: str
    source_hash: str
    target: str
    broken: str = ""


def at_line(line: int, reason: str) -> str:
    return _("line %(line)d: %(reason)s") % {"line": line, "reason": reason}


def too_many_texts() -> str:
    return _("it has more than %(count)d texts; send it in parts") % {"count": MOST_TEXTS}


def one_language(languages: Iterable[str]) -> None:
    """Raises FileRefused when a file speaks of several target languages."""
    found = sorted(languages)
    if len(found) > 1:
        names = ", ".join(found)[:100]
        raise FileRefused(_("it has several target languages: %(languages)s") % {"languages": names})


def texts(rows: QuerySet, language: str, *, everything: bool = False) -> Iterator[Text]:
    """The texts of the first MOST_LISTINGS listings of a board's rows, in its order: those that need work, or all.

    As published. What is said about an address that not everybody may see stays here.
    """
    found: list[ListingLanguage] = list(rows[:MOST_LISTINGS])
    listings = units.of_services([row.service_id for row in found])
    for row in found:
        listing = listings.get(row.service_id)
        if listing is None or not listing.source or listing.source == language:
            continue
        originals = listing.texts[listing.source]
        for key in in_order(originals):
            if key in listing.private or not (everything or key in row.todo):
                continue
            yield Text(
                uuid=str(listing.uuid),
                listing=originals.get("name", ""),
                key=key,
                source_language=listing.source,
                source_hash=fingerprint(originals[key]),
                source=originals[key],
                target=listing.texts[language].get(key, ""),
                longest=units.longest(kind_of(key)),
                note=units.label(key),
                state=row.todo.get(key, COMPLETE),
            )
