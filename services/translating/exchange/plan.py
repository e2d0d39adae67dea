"""What a translator's file would do, text by text, before anything is written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from services import rights
from services.errors import FileRefused
from services.models import Service, TranslationFile

from .. import units
from ..selectors import PERMISSION
from ..texts import fingerprint, is_key, kind_of, refusal, tidy
from . import csv_file, xliff
from .parcel import MOST_BYTES, MOST_LISTINGS, Returned

# To be written · says the same already, or nothing · its original has changed since · cannot be taken ·
# and afterwards: published · waits in a draft.
APPLY, UNCHANGED, OUTDATED, REFUSED = "apply", "unchanged", "outdated", "refused"
PUBLISHED, DRAFTED = "published", "drafted"
PENDING = (APPLY, OUTDATED)
# Why a text is refused; the sentences stand in services.admin.translations.words.
REASONS = (
    "unknown_listing", "unknown_text", "foreign", "original", "private", "twice", "no_hash", "markup", "cells",
    "quotes", "html", "control", "too_long", "lines", "invalid", "draft_differs", "locked",
)  # fmt: skip

_HASH = re.compile(r"[0-9a-f]{16}")


@dataclass
class Line:
    """One text of the file. `outcome` as above; `reason` of REASONS where it is refused; `line`: in the file, from 1."""

    line: int
    uuid: str
    key: str
    source_hash: str
    target: str
    outcome: str
    reason: str = ""
    listing: str = ""
    before: str = ""


def read(name: str, content: bytes) -> tuple[str, list[Returned]]:
    """(target language, texts) of an XLIFF or CSV file, by its content. Raises FileRefused."""
    if len(content) > MOST_BYTES:
        raise FileRefused(_("at most %(size)d MB a file") % {"size": MOST_BYTES // 1024**2})
    start = content[:1000].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    is_xml = start.startswith(b"<") or name.lower().endswith((".xlf", ".xliff", ".xml"))
    if start.startswith(b"PK"):
        raise FileRefused(_("it is a zip or spreadsheet file; save it as XLIFF 1.2 or as “CSV UTF-8”"))
    language, found = xliff.read(content) if is_xml else csv_file.read(content)
    if language not in units.languages():
        named = {"language": language[:20], "known": ", ".join(units.languages())}
        raise FileRefused(_("its target language is “%(language)s”; known are %(known)s") % named)
    if not found:
        raise FileRefused(_("it has no texts"))
    if len({text.uuid for text in found}) > MOST_LISTINGS:
        raise FileRefused(
            _("it has more than %(count)d listings; send it in parts") % {"count": MOST_LISTINGS}
        )
    return language, found


def plan(language: str, found: Iterable[Returned], user) -> list[Line]:
    """What would become of each text, in the order of the file. Nine queries, whatever it holds."""
    found = list(found)
    listings, foreign = _listings({text.uuid for text in found}, user)
    seen: set[tuple[str, str]] = set()
    lines = []
    for text in found:
        line = Line(
            text.line, text.uuid[:40], text.key[:80], text.source_hash[:16], tidy(text.target), REFUSED
        )
        listing = listings.get(text.uuid)
        if listing is not None and listing.source:
            line.listing = listing.texts[listing.source].get("name", "")
        line.reason = text.broken or _reason(text, listing, foreign, language)
        if not line.reason and (text.uuid, text.key) in seen:
            line.reason = "twice"
        seen.add((text.uuid, text.key))
        if not line.reason and listing is not None:
            line.outcome, line.before = _outcome(line, listing, language)
        if line.reason in ("control", "too_long"):
            line.target = ""  # nothing is done with it, and it may be huge
        lines.append(line)
    return lines


def _listings(uuids: set[str], user) -> tuple[dict[str, units.ListingTexts], set[str]]:
    """(by uuid, those that the user may translate; uuids of others' that the user may read)."""
    wanted = [uuid for uuid in uuids if _is_uuid(uuid)]
    services = Service.objects.filter(uuid__in=wanted)
    own = rights.within(services, user, PERMISSION).values_list("pk", flat=True)
    texts = units.of_services(list(own))
    mine = {str(listing.uuid): listing for listing in texts.values()}
    readable = rights.visible(services, user).values_list("uuid", flat=True)
    return mine, {str(uuid) for uuid in readable} - mine.keys()


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _reason(text: Returned, listing: units.ListingTexts | None, foreign: set[str], language: str) -> str:
    if text.uuid in foreign:
        return "foreign"
    if listing is None:
        return "unknown_listing"
    if not is_key(text.key):
        return "unknown_text"
    if not listing.source or listing.source == language:
        return "original"
    if text.key in listing.private:
        return "private"
    if text.key not in listing.texts[listing.source]:
        return "unknown_text"
    if not _HASH.fullmatch(text.source_hash):
        return "no_hash"
    target = tidy(text.target)
    why = refusal(target, units.longest(kind_of(text.key)))
    if not why and "\n" in target and not units.has_lines(kind_of(text.key)):
        why = "lines"
    return "" if why == "empty" else why


def _outcome(line: Line, listing: units.ListingTexts, language: str) -> tuple[str, str]:
    before = listing.texts[language].get(line.key, "")
    if not line.target or tidy(before) == line.target:
        return UNCHANGED, before
    if line.source_hash != fingerprint(listing.texts[listing.source][line.key]):
        return OUTDATED, before
    return APPLY, before


def keep(name: str, content: bytes, user) -> TranslationFile:
    """Read a file, plan it, and keep both until somebody applies it. Raises FileRefused."""
    language, found = read(name, content)
    return TranslationFile.objects.create(
        name=name.replace("\x00", "")[:200],
        language=language,
        created_by=user,
        texts=[asdict(line) for line in plan(language, found, user)],
    )


def lines(file: TranslationFile) -> Iterator[Line]:
    return (Line(**value) for value in file.texts)
