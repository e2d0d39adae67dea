"""Cells of the CSV format as typed values and back; a wrong cell says what would be right.

What a spreadsheet would run as a formula (a cell that begins with = + - @, a tab or a carriage return) is written with
an apostrophe before it, and read without. A text with HTML in it is refused: listings are plain text.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator

from services import codes
from services.opening_hours import osm
from services.rules import phone_e164

SEPARATOR = "|"
LONGEST_TEXT = 20_000

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
# "a < b" and "<3" are text; a tag, a closing tag, a comment or an entity that hides one is not.
_HTML = re.compile(r"<[a-zA-Z/!?]|&(?:lt|#0*60|#x0*3c);?", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BOX = re.compile(r"(?P<number>.*?)\s*\b(?:bte|boîte|bus|box)\b\.?\s*(?P<box>\S.*)", re.IGNORECASE)
_url_is_valid = URLValidator(schemes=["http", "https"])
_email_is_valid = EmailValidator()


class CellRefused(ValueError):
    """Why a cell cannot be taken."""


def guarded(text: str) -> str:
    """The text as it is safe to open in a spreadsheet; `unguarded` gives it back."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def clean(cell: str) -> str:
    """The text of a raw cell, with line ends as \\n and without spaces around it. Raises CellRefused."""
    text = unguarded(cell).replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > LONGEST_TEXT:
        raise CellRefused(f"at most {LONGEST_TEXT} characters; got {len(text)} (is a quote left open?)")
    if match := _CONTROL.search(text):
        raise CellRefused(f"control character U+{ord(match.group()):04X}")
    return text


@dataclass(frozen=True)
class Kind:
    """How one kind of cell is read and written. An empty cell is read as `empty`."""

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    empty: Any = ""
    unordered: bool = False  # the order of several values says nothing

    def value(self, text: str) -> Any:
        return self.read(text) if text else self.empty

    def same(self, one: Any, other: Any) -> bool:
        return set(one) == set(other) if self.unordered else one == other


def text(longest: int = LONGEST_TEXT, *, lines: bool = False) -> Kind:
    def read(cell: str) -> str:
        if _HTML.search(cell):
            raise CellRefused("HTML is not taken: plain text only")
        if not lines and "\n" in cell:
            raise CellRefused("one line only")
        if len(cell) > longest:
            raise CellRefused(f"at most {longest} characters; got {len(cell)}")
        return cell

    return Kind(read)


def _parts(cell: str) -> list[str]:
    return list(dict.fromkeys(part for piece in cell.split(SEPARATOR) if (part := piece.strip())))


def texts(longest: int) -> Kind:
    one = text(longest)
    return Kind(lambda cell: tuple(one.read(part) for part in _parts(cell)), SEPARATOR.join, ())


def several(known: Sequence[str] | None = None) -> Kind:
    """Codes of a closed list; of a table that editors maintain (None) they are looked up later."""

    def read(cell: str) -> tuple[str, ...]:
        found = _parts(cell)
        unknown = [code for code in found if known is not None and code not in known]
        if unknown:
            raise CellRefused(f"unknown code {_quoted(unknown)}; known: {', '.join(known or ())}")
        return tuple(found)

    return Kind(read, SEPARATOR.join, (), unordered=True)


def one_of(known: Sequence[str]) -> Kind:
    def read(cell: str) -> str:
        if cell not in known:
            raise CellRefused(f"unknown code {_quoted([cell])}; known: {', '.join(known)}")
        return cell

    return Kind(read)


def _quoted(found: Sequence[str]) -> str:
    return ", ".join(f'"{code[:60]}"' for code in found)


def _read_audiences(cell: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for part in _parts(cell):
        code, _colon, welcome = part.partition(":")
        if welcome and welcome not in codes.Welcome.values:
            raise CellRefused(
                f"unknown code {_quoted([part])}; after the colon: {', '.join(codes.Welcome.values)}"
            )
        found[code] = welcome or codes.Welcome.PREFERENTIAL.value
    return tuple(found.items())


def _write_audiences(found: Sequence[tuple[str, str]]) -> str:
    usual = codes.Welcome.PREFERENTIAL
    return SEPARATOR.join(code if welcome == usual else f"{code}:{welcome}" for code, welcome in found)


AUDIENCES = Kind(_read_audiences, _write_audiences, (), unordered=True)


def _optional(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "" if value is None else write(value)


def whole(lowest: int, highest: int) -> Kind:
    def read(cell: str) -> int:
        if not re.fullmatch(r"\d{1,9}", cell, re.ASCII) or not lowest <= int(cell) <= highest:
            raise CellRefused(f"a whole number from {lowest} to {highest}; got {_quoted([cell])}")
        return int(cell)

    return Kind(read, _optional(str), None)


def degrees(limit: int) -> Kind:
    """Decimal degrees, also with a decimal comma; seven decimals are a centimetre."""

    def read(cell: str) -> float:
        try:
            value = float(cell.replace(",", "."))
        except ValueError:
            value = float("nan")
        if not -limit <= value <= limit:
            raise CellRefused(f"degrees from -{limit} to {limit}; got {_quoted([cell])}")
        return round(value, 7)

    return Kind(read, _optional(repr), None)


def _read_day(cell: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell, re.ASCII):
        raise CellRefused(f"a date such as 2026-11-22; got {_quoted([cell])}")
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise CellRefused(f"no such day: {cell}") from None


DAY = Kind(_read_day, _optional(date.isoformat), None)


def _read_hours(cell: str) -> str:
    try:
        return osm.format(osm.parse(cell))
    except ValueError as error:
        raise CellRefused(str(error)) from None


HOURS = Kind(_read_hours)


def _read_phones(cell: str) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for part in _parts(cell):
        number = unguarded(part)
        key = phone_e164(number)
        if key is None or len(number) > 40:
            raise CellRefused(f"{_quoted([part])} is no phone number")
        found.setdefault(key, number)
    return tuple(found.values())


@dataclass(frozen=True)
class PhoneKind(Kind):
    """Numbers are the same when they ring the same phone, however they are written."""

    def same(self, one: Sequence[str], other: Sequence[str]) -> bool:
        return {phone_e164(number) for number in one} == {phone_e164(number) for number in other}


PHONES = PhoneKind(_read_phones, SEPARATOR.join, ())


def _checked(validator: Callable[[str], None], longest: int, what: str) -> Kind:
    def read(cell: str) -> str:
        try:
            validator(cell)
        except ValidationError:
            raise CellRefused(f"{_quoted([cell])} is no {what}") from None
        if len(cell) > longest:
            raise CellRefused(f"at most {longest} characters; got {len(cell)}")
        return cell

    return Kind(read)


EMAIL = _checked(_email_is_valid, 254, "e-mail address")
WEBSITE = _checked(_url_is_valid, 500, "web address (https://…)")

ADDRESS_MARKS = {
    "address_hidden": codes.AddressVisibility.ADDRESS_HIDDEN.value,
    "address_professionals": codes.AddressVisibility.PROFESSIONALS.value,
}


def _read_visibility(cell: str) -> tuple[str, str]:
    listing, address = codes.Visibility.PUBLIC.value, codes.AddressVisibility.PUBLIC.value
    for part in _parts(cell):
        if part in codes.Visibility.values:
            listing = part
        elif part in ADDRESS_MARKS:
            address = ADDRESS_MARKS[part]
        else:
            raise CellRefused(
                f"unknown code {_quoted([part])}; known: {', '.join([*codes.Visibility.values, *ADDRESS_MARKS])}"
            )
    return listing, address


def _write_visibility(value: tuple[str, str] | None) -> str:
    if value is None:
        return ""
    listing, address = value
    mark = next((mark for mark, code in ADDRESS_MARKS.items() if code == address), "")
    if not mark:
        return listing
    return mark if listing == codes.Visibility.PUBLIC else f"{listing}{SEPARATOR}{mark}"


# An empty cell says nothing: it must not make public what was hidden.
VISIBILITY = Kind(_read_visibility, _write_visibility, None)


def split_box(number: str) -> tuple[str, str]:
    """("12", "3") of "12 bte 3"; the box is empty when none is named."""
    match = _BOX.fullmatch(number)
    return (match["number"], match["box"]) if match else (number, "")


def join_box(number: str, box: str) -> str:
    return f"{number} bte {box}".strip() if box else number
