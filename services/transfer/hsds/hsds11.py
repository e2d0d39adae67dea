"""Rows of HSDS 1.1 (and of Ohana, which shares its shapes) in the words of HSDS 3.0. Pure.

What has no word in 3.0 keeps its own name; the mapping keeps it as a note.
"""

import re
from datetime import date, datetime
from typing import Any

Row = dict[str, Any]

# File name → table of 3.0, or one of the older tables that the reader turns into a newer one.
FILES = {
    "organization": "organization",
    "organizations": "organization",
    "service": "service",
    "services": "service",
    "location": "location",
    "locations": "location",
    "service_at_location": "service_at_location",
    "service_at_locations": "service_at_location",
    "services_at_location": "service_at_location",
    "services_at_locations": "service_at_location",
    "address": "address",
    "addresses": "address",
    "physical_address": "address",
    "physical_addresses": "address",
    "postal_address": "postal_address",
    "postal_addresses": "postal_address",
    "mail_addresses": "postal_address",
    "phone": "phone",
    "phones": "phone",
    "contact": "contact",
    "contacts": "contact",
    "schedule": "schedule",
    "schedules": "schedule",
    "regular_schedule": "regular_schedule",
    "regular_schedules": "regular_schedule",
    "holiday_schedule": "holiday_schedule",
    "holiday_schedules": "holiday_schedule",
    "cost_option": "cost_option",
    "cost_options": "cost_option",
    "payment_accepted": "payment_accepted",
    "payments_accepted": "payment_accepted",
    "required_document": "required_document",
    "required_documents": "required_document",
    "eligibility": "eligibility",
    "eligibilities": "eligibility",
    "language": "language",
    "languages": "language",
    "accessibility": "accessibility",
    "accessibility_for_disabilities": "accessibility",
    "service_area": "service_area",
    "service_areas": "service_area",
    "attribute": "attribute",
    "attributes": "attribute",
    "service_taxonomy": "service_taxonomy",
    "services_taxonomy": "service_taxonomy",
    "taxonomy_term": "taxonomy_term",
    "taxonomy_terms": "taxonomy_term",
    "organization_identifier": "organization_identifier",
    "organization_identifiers": "organization_identifier",
    "program": "program",
    "programs": "program",
    "funding": "funding",
    "meta_table_description": "meta_table_description",
    "meta_table_descriptions": "meta_table_description",
    "metadata": "metadata",
    "taxonomies": "taxonomies",
}
# Read by nobody, and nothing about a listing is lost with them.
IGNORED = frozenset({"metadata", "taxonomies"})

WEEKDAYS = {
    name: code
    for code, names in {
        "MO": "monday mon mo lundi maandag montag 1",
        "TU": "tuesday tue tues tu mardi dinsdag dienstag 2",
        "WE": "wednesday wed we mercredi woensdag mittwoch 3",
        "TH": "thursday thu thur thurs th jeudi donderdag donnerstag 4",
        "FR": "friday fri fr vendredi vrijdag freitag 5",
        "SA": "saturday sat sa samedi zaterdag samstag 6",
        "SU": "sunday sun su dimanche zondag sonntag 7",
    }.items()
    for name in names.split()
}
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
_DAYS = ("%Y-%m-%d", "%B %d, %Y", "%b %d, %Y", "%m/%d/%Y", "%m/%d/%y", "%d %B %Y")


def clock(text: str) -> str:
    """ "09:00" of "9:00", "9am", "4:00 PM", "09:00:00"; the text itself when it is no time."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return text
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        return text
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{minute:02}"


def day(text: str) -> tuple[date, bool] | None:
    """(day, whether it comes back every year): the year 1 is how Ohana writes "every year". None: no date."""
    for pattern in _DAYS:
        try:
            found = datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return (found.replace(year=2000), True) if found.year == 1 else (found, False)
    return None


def regular_schedule(row: Row) -> Row | None:
    """None for a day without hours, which is how a week's closed days are written."""
    if not row.get("opens_at") and not row.get("closes_at"):
        return None
    weekday = str(row.get("weekday") or "").strip().lower()
    return {
        "freq": "WEEKLY",
        "byday": WEEKDAYS.get(weekday, weekday),
        "opens_at": clock(row.get("opens_at") or ""),
        "closes_at": clock(row.get("closes_at") or ""),
    }


def holiday_schedule(row: Row) -> Row:
    """Hours, or none, between two dates; with our own words for closed and for every year."""
    found: Row = {"freq": "WEEKLY", "byday": ""}
    every_year = False
    for column, name in (("start_date", "valid_from"), ("end_date", "valid_to")):
        read = day(row.get(column) or "")
        found[name] = read[0].isoformat() if read else row.get(column) or ""
        every_year |= bool(read and read[1])
    found["yearly"] = every_year
    if str(row.get("closed") or "").strip().lower() in ("true", "t", "yes", "1", "x"):
        found["closed"] = True
    else:
        found["opens_at"] = clock(row.get("opens_at") or "")
        found["closes_at"] = clock(row.get("closes_at") or "")
    return found


def renamed(row: Row, **names: str) -> Row:
    """The row with old=new names; a new name that has a value keeps it."""
    found = dict(row)
    for old, new in names.items():
        if old in found and not found.get(new):
            found[new] = found.pop(old)
    return found


def words(text: str) -> list[str]:
    """Parts of a cell that lists several: "Spanish, Tagalog"."""
    return [part for piece in re.split(r"[,;|]", text) if (part := piece.strip())]


def phone(row: Row) -> Row:
    found = renamed(row, number_type="type")
    if department := found.pop("department", ""):
        found["description"] = ", ".join(part for part in (department, found.get("description")) if part)
    if found.get("number") and (prefix := found.pop("country_prefix", "")):
        found["number"] = f"{prefix if prefix.startswith('+') else '+' + prefix} {found['number']}"
    found.pop("vanity_number", None)  # the same number in letters
    return found
