"""The catalogue's rules as pure functions over plain values: what is listed, current, fresh, and how people read it."""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Literal

import phonenumbers

# What the public finds: a listing closed for good is still found by its name, and says so.
LISTED_LIFECYCLES = frozenset({"published", "suspended", "closed_permanently"})

NOTICE_INCOMING_DAYS = 15  # vocabulary: incoming = starts in 15 days or fewer
CAPACITY_SHELF_DAYS = 30  # vocabulary: an older capacity falls back to unknown
STALE_AFTER_DAYS = 365  # a listing verified longer ago says so to everybody

NoticeState = Literal["current", "incoming", "future", "past"]
ListingStatus = Literal["draft", "in_review", "published", "suspended", "closed_permanently", "archived"]


def notice_state(starts_on: date, ends_on: date | None, today: date) -> NoticeState:
    """Both days belong to the notice; without an end it stays current."""
    if ends_on is not None and ends_on < today:
        return "past"
    if starts_on <= today:
        return "current"
    return "incoming" if (starts_on - today).days <= NOTICE_INCOMING_DAYS else "future"


def current_capacity(capacity: str, updated_on: date | None, today: date) -> str:
    """The capacity that may still be believed today."""
    if updated_on is None or (today - updated_on).days > CAPACITY_SHELF_DAYS:
        return "unknown"
    return capacity


def listing_status(*, live: bool, in_review: bool, lifecycle: str) -> ListingStatus:
    """The vocabulary's listing_status; draft and in_review come from the publication workflow."""
    if not live:
        return "in_review" if in_review else "draft"
    return lifecycle  # type: ignore[return-value]


def is_listed(*, live: bool, lifecycle: str) -> bool:
    """Whether a listing is in the indexes at all."""
    return live and lifecycle in LISTED_LIFECYCLES


def verified_days_ago(verified_on: date | None, today: date) -> int | None:
    return None if verified_on is None else max(0, (today - verified_on).days)


@lru_cache(maxsize=10_000)
def phone_forms(number: str) -> tuple[str, str | None]:
    """(as people read it, as a telephone dials it): ("02 212 96 12", "+3222129612").

    Short numbers ("112", "116 000") are dialled as they are; what is no number is shown unchanged and dialled not at
    all (None). Numbers of other countries, or that Belgium has not given out, are shown as they were written.
    """
    shown = number.strip()
    digits = re.sub(r"[^\d+]", "", number)
    if re.fullmatch(r"\d{3,4}|116\d{3}", digits):
        return shown, digits
    try:
        parsed = phonenumbers.parse(number, "BE")
    except phonenumbers.NumberParseException:
        return shown, None
    if not phonenumbers.is_possible_number(parsed):
        return shown, None
    if parsed.country_code == 32 and phonenumbers.is_valid_number(parsed):
        shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return shown, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def phone_e164(number: str) -> str | None:
    """The number for a tel: link, None if it is none."""
    return phone_forms(number)[1]


def phone_display(number: str) -> str:
    """The number as Belgians write it."""
    return phone_forms(number)[0]


def slug(text: str) -> str:
    """ASCII words joined by hyphens, at most 80 characters, for readable addresses."""
    ascii_text = (
        unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("ß", "ss"))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:80].strip("-")
