"""HSDS schedules as rows of our opening hours; what these cannot say stays as words. Pure."""

import re
from datetime import date
from typing import Any

from services.opening_hours import osm, schedules
from services.transfer.create_parts import DraftRefused

from .taking import Taker

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?")
# Rules of RFC 5545 that our opening hours have no word for.
_UNKNOWN = ("count", "byweekno", "byyearday", "bymonthday")
# Said by the row itself, or about how rows are counted.
_PLAIN = ("timezone", "wkst")
NOTE = 200


def own_row(taker: Taker) -> dict[str, Any]:
    """A row of our own profile, column by column. Raises DraftRefused."""
    flags = taker.attributes
    interval = taker.raw("interval")
    row: dict[str, Any] = {
        **{name: taker.text(name) or None for name in ("valid_from", "valid_to", "dtstart", "until")},
        "freq": taker.text("freq"),
        "byday": taker.text("byday"),
        "bymonthday": taker.text("bymonthday"),
        "opens_at": taker.text("opens_at"),
        "closes_at": taker.text("closes_at"),
        "interval": int(interval) if str(interval or "").isdigit() else None,
        "on_holidays": flags.code("on_holidays") or "regular",
        "closed": bool(flags.pairs("closed")),
        "yearly": bool(flags.pairs("yearly")),
    }
    notes = taker.texts("notes", NOTE)
    for name in ("valid_from", "valid_to", "dtstart", "until"):
        row[name] = _day(row[name], name)
    return {**row, "notes": notes}


def _day(text: str | None, name: str) -> Any:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DraftRefused(f'schedules.{name}: "{text[:40]}" is no date such as 2026-11-22') from None


def rows(takers: list[Taker]) -> list[dict[str, Any]]:
    """Rows of somebody else's schedules, in our canonical form; notes of a row go to each row that comes of it."""
    plain: list[dict[str, Any]] = []
    noted: list[dict[str, Any]] = []
    for taker in takers:
        row = _row(taker)
        if row is None:
            continue
        notes = row.pop("notes")
        (noted if notes else plain).extend(
            {**one, "notes": notes} for one in schedules.to_schedule_rows(_hours(row))
        )
    return [*_canonical(plain), *noted]


def _hours(row: dict[str, Any]) -> Any:
    return schedules.from_schedule_rows([row])


def _canonical(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Monday to Friday in one row rather than in five."""
    try:
        hours = osm.parse(osm.format(schedules.from_schedule_rows(found)))
    except ValueError:
        return found
    return [{**row, "notes": {}} for row in schedules.to_schedule_rows(hours)]


def _row(taker: Taker) -> dict[str, Any] | None:
    row: dict[str, Any] = {
        name: taker.text(name) for name in ("valid_from", "valid_to", "dtstart", "until", "byday")
    }
    row["freq"] = taker.text("freq").upper()
    row["closed"], row["yearly"] = bool(taker.raw("closed")), bool(taker.raw("yearly"))
    for name in ("opens_at", "closes_at"):
        row[name] = _clock(taker.text(name))
    interval = taker.raw("interval")
    row["interval"] = None if interval in (None, "") else str(interval).removesuffix(".0")
    unknown = [name for name in _UNKNOWN if taker.has(name)]
    note = " ".join(filter(None, [taker.text("description"), taker.text("notes")]))
    for name in (*_PLAIN, "schedule_link", "attending_type"):
        if name in _PLAIN:
            taker.raw(name)
    for name in ("valid_from", "valid_to", "dtstart", "until"):
        row[name] = row[name][:10]
    try:
        if unknown:
            raise ValueError(f"{unknown[0]} is not known")
        if not row["closed"] and not row["opens_at"] and not row["closes_at"]:
            raise ValueError("no times")
        _hours(row)
    except ValueError as error:
        said = ", ".join(
            f"{name} {value}"
            for name in (*row, *_UNKNOWN)
            if (value := taker.raw(name)) not in (None, "", False)
        )
        if said or note:
            taker.words.keep(
                "opening hours",
                "; ".join(filter(None, [note, said])),
                "" if not said else f"not understood ({error})",
            )
        return None
    if row["yearly"]:
        row["freq"] = "WEEKLY"
    row["notes"] = {taker.language: note} if note and len(note) <= NOTE else {}
    if len(note) > NOTE:
        taker.words.keep("opening hours", note)
    taker.keep_the_rest("opening hours")
    return row


def _clock(text: str) -> str:
    found = _TIME.fullmatch(text)
    return f"{int(found[1]):02}:{found[2]}" if found else text
