"""The catalogue's rules as pure functions over plain values: what is listed, current, fresh, and how people read it."""

import re
import unicodedata
from datetime import date
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


def phone_e164(number: str) -> str | None:
    """The number as "+3222129612" for a tel: link; short numbers ("112", "116 000") as they are; None if it is neither."""
    digits = re.sub(r"[^\d+]", "", number)
    if re.fullmatch(r"\d{3,4}|116\d{3}", digits):
        return digits
    try:
        parsed = phonenumbers.parse(number, "BE")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def phone_display(number: str) -> str:
    """The number as Belgians write it ("02 212 96 12"); unchanged when it is not a number we know how to write."""
    dialled = phone_e164(number)
    if dialled is None or not dialled.startswith("+"):
        return number.strip()
    parsed = phonenumbers.parse(number, "BE")
    if parsed.country_code != 32 or not phonenumbers.is_valid_number(parsed):
        return number.strip()
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def slug(text: str) -> str:
    """ASCII words joined by hyphens, at most 80 characters, for readable addresses."""
    ascii_text = (
        unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("ß", "ss"))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:80].strip("-")
