"""A week of opening hours as people type it, one line a day, from and to OSM syntax. Pure.

"9-12, 13-17", "9h30 à 12h", "09:00–12:00 en 13:00–17:00", "fermé" or nothing.
"""

import re

from services.opening_hours import osm
from services.opening_hours.values import DAY, Hours, Rule

WEEKDAYS = 7
_TIME = r"(\d{1,2})(?:\s*(?:[:.]|[hu](?![a-z]))\s*(\d{2})?)?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|–|—|à|tot|to|bis|until)\s*{_TIME}", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;/&+.]*(?:et|en|and|und|uhr)?[\s,;/&+.]*", re.IGNORECASE)
_CLOSED = {"", "-", "–", "fermé", "ferme", "gesloten", "dicht", "closed", "geschlossen", "zu"}


class NotHours(ValueError):
    """What was typed for a day is no opening hours. `day`: 0 = Monday."""

    def __init__(self, day: int, text: str):
        super().__init__(f"day {day}: {text!r}")
        self.day = day
        self.text = text


def days_of(text: str) -> list[str] | None:
    """Seven lines of hours in OSM syntax ("" for a closed day); None when a plain week does not say it all."""
    try:
        hours = osm.parse(text)
    except ValueError:
        return None
    spans: list[list[tuple[int, int]]] = [[] for _day in range(WEEKDAYS)]
    for rule in hours.rules:
        if _is_closed_holiday(rule):
            continue
        if rule.dated or rule.nth or rule.on_holidays == "only":
            return None
        if rule.closed or rule.opens is None or rule.closes is None:
            continue
        for day in rule.weekdays or range(WEEKDAYS):
            spans[day].append((rule.opens, rule.closes))
    return [", ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in sorted(day)) for day in spans]


def hours_of(days: list[str], before: str = "") -> str:
    """Seven typed lines as OSM syntax; closed on public holidays where `before` was. Nothing typed at all gives "".

    Raises NotHours naming the day.
    """
    if not any(line.strip() for line in days):
        return ""
    holidays = "off" if _closed_on_holidays(before) else "regular"
    rules = []
    for day, line in enumerate(days):
        for opens, closes in _spans(day, line):
            rules.append(
                Rule(weekdays=frozenset({day}), opens=opens, closes=closes, on_holidays=holidays)  # type: ignore[arg-type]
            )
    return osm.format(Hours(tuple(rules) or (Rule(closed=True),)))


def _spans(day: int, line: str) -> list[tuple[int, int]]:
    text = line.strip()
    if text.casefold() in _CLOSED:
        return []
    found, place = [], 0
    for match in _SPAN.finditer(text):
        if not _BETWEEN.fullmatch(text[place : match.start()]):
            raise NotHours(day, line)
        opens, closes = _minute(match[1], match[2]), _minute(match[3], match[4])
        if opens is None or closes is None or opens == closes or opens >= DAY:
            raise NotHours(day, line)
        found.append((opens, closes))
        place = match.end()
    if not found or not _BETWEEN.fullmatch(text[place:].removeprefix("h")):
        raise NotHours(day, line)
    return found


def _minute(hours: str, minutes: str | None) -> int | None:
    minute = int(hours) * 60 + int(minutes or 0)
    return minute if int(minutes or 0) < 60 and minute <= DAY else None


def _clock(minute: int) -> str:
    return f"{minute % DAY // 60:02}:{minute % 60:02}"


def _is_closed_holiday(rule: Rule) -> bool:
    return rule.on_holidays == "only" and rule.closed and not rule.dated and not rule.weekdays


def _closed_on_holidays(text: str) -> bool:
    try:
        rules = osm.parse(text).rules
    except ValueError:
        return False
    return any(rule.on_holidays == "off" or _is_closed_holiday(rule) for rule in rules)
