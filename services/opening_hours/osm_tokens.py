"""The words of the OSM opening_hours syntax, each with its place in the text."""

import re
from dataclasses import dataclass
from typing import Literal

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Kind = Literal["always", "time", "year", "number", "weekday", "month", "holiday", "off", "mark", "end"]

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<always>24/7)|(?P<time>\d{1,2}:\d{2})|(?P<year>\d{4})|(?P<number>\d{1,2})"
    r"|(?P<word>[^\W\d_]+)|(?P<mark>[-–,;+:\[\]])|(?P<other>\S[^\s;,]*)"
)
_NOT_USED = {
    "sh": "school holidays are not supported, write their dates",
    "week": "week numbers are not supported, write dates",
    "easter": "Easter is not supported, write the date",
    "sunrise": "times of the sun are not supported, write hours",
    "sunset": "times of the sun are not supported, write hours",
    "dawn": "times of the sun are not supported, write hours",
    "dusk": "times of the sun are not supported, write hours",
    "unknown": "leave the hours out when they are not known",
    "open": "write the hours, or 00:00-24:00",
}
_NOT_USED_MARKS = {
    '"': "comments are not supported",
    "||": "alternatives (||) are not supported",
    "(": "brackets are not supported",
}


class OpeningHoursError(ValueError):
    """A text that is not opening hours. `position` counts characters from 0, `token` is what stands there."""

    def __init__(self, position: int, token: str, message: str):
        super().__init__(
            f"at character {position + 1}, {token!r}: {message}" if token else f"at the end: {message}"
        )
        self.position = position
        self.token = token
        self.message = message


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text. `value`: 0.. for weekdays, 1.. for months, minutes for times, the number itself for numbers."""

    kind: Kind
    text: str
    position: int
    value: int = 0


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, ended by one of kind "end". Raises OpeningHoursError at the first that cannot be one."""
    tokens = []
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            tokens.append(_token(match.lastgroup or "", match.group(), match.start()))
    return [*tokens, Token("end", "", len(text))]


def _token(group: str, text: str, position: int) -> Token:
    if group == "always":
        return Token("always", text, position)
    if group == "time":
        hour, minute = map(int, text.split(":"))
        if minute > 59 or hour * 60 + minute > 48 * 60:
            raise OpeningHoursError(position, text, "is not a time between 00:00 and 48:00")
        return Token("time", text, position, hour * 60 + minute)
    if group == "year":
        return Token("year", text, position, int(text))
    if group == "number":
        return Token("number", text, position, int(text))
    if group == "mark":
        return Token("mark", text, position)
    if group == "word":
        return _word(text, position)
    for start, message in _NOT_USED_MARKS.items():
        if text.startswith(start):
            raise OpeningHoursError(position, text, message)
    raise OpeningHoursError(position, text, "is not understood")


def _word(text: str, position: int) -> Token:
    name = text.capitalize()
    if name in WEEKDAYS:
        return Token("weekday", text, position, WEEKDAYS.index(name))
    if name in MONTHS:
        return Token("month", text, position, MONTHS.index(name) + 1)
    if name == "Ph":
        return Token("holiday", text, position)
    if name in ("Off", "Closed"):
        return Token("off", text, position)
    message = _NOT_USED.get(
        text.lower(), "is not understood; days are Mo Tu We Th Fr Sa Su, months Jan … Dec, holidays PH"
    )
    raise OpeningHoursError(position, text, message)
