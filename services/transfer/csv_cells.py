"""Cells of the CSV format as typed values and back; a wrong cell says what would be right.

What a spreadsheet would run as a formula (a cell that begins with = + - @, a tab or a carriage return) is written with
an apostrophe before it, and read without. A text with HTML in it is refused: listings are plain text.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext_noop as noop

from services import codes
from services.opening_hours import osm
from services.reasons import Reason
from services.rules import phone_e164
from services.texts import has_html

SEPARATOR = "|"
LONGEST_TEXT = 20_000

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BOX = re.compile(r"(?P<number>.*?)\s*\b(?:bte|boîte|bus|box)\b\.?\s*(?P<box>\S.*)", re.IGNORECASE)
_url_is_valid = URLValidator(schemes=["http", "https"])
_email_is_valid = EmailValidator()


class CellRefused(ValueError):
    """Why a cell cannot be taken: a sentence marked by gettext_noop and its values."""

    def __init__(self, msgid: str, params: dict[str, Any] | None = None) -> None:
        super().__init__(msgid if isinstance(msgid, Reason) else Reason(msgid, params))


def guarded(text: str) -> str:
    """The text as it is safe to open in a spreadsheet; `unguarded` gives it back."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def clean(cell: str) -> str:
    """The text of a raw cell, with line ends as \\n and without spaces around it. Raises CellRefused."""
    text = unguarded(cell).replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > LONGEST_TEXT:
        raise CellRefused(
            noop("at most %(most)s characters; got %(got)s (is a quote left open?)"),
            {"most": LONGEST_TEXT, "got": len(text)},
        )
    if match := _CONTROL.search(text):
        raise CellRefused(noop("control character %(code)s"), {"code": f"U+{ord(match.group()):04X}"})
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
        if has_html(cell):
            raise CellRefused(noop("HTML is not taken: plain text only"))
        if not lines and "\n" in cell:
            raise CellRefused(noop("one line only"))
        if len(cell) > longest:
            raise CellRefused(
                noop("at most %(most)s characters; got %(got)s"), {"most": longest, "got": len(cell)}
            )
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
            raise _unknown(unknown, known or ())
        return tuple(found)

    return Kind(read, SEPARATOR.join, (), unordered=True)


def one_of(known: Sequence[str]) -> Kind:
    def read(cell: str) -> str:
        if cell not in known:
            raise _unknown([cell], known)
        return cell

    return Kind(read)


def _quoted(found: Sequence[str]) -> str:
    return ", ".join(f'"{code[:60]}"' for code in found)


def _unknown(found: Sequence[str], known: Sequence[str]) -> CellRefused:
    return CellRefused(
        noop("unknown code %(code)s; known: %(known)s"), {"code": _quoted(found), "known": ", ".join(known)}
    )


def _read_audiences(cell: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for part in _parts(cell):
        code, _colon, welcome = part.partition(":")
        if welcome and welcome not in codes.Welcome.values:
            raise CellRefused(
                noop("unknown code %(code)s; after the colon: %(known)s"),
                {"code": _quoted([part]), "known": ", ".join(codes.Welcome.values)},
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
            raise CellRefused(
                noop("a whole number from %(lowest)s to %(highest)s; got %(got)s"),
                {"lowest": lowest, "highest": highest, "got": _quoted([cell])},
            )
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
            raise CellRefused(
                noop("degrees from %(lowest)s to %(highest)s; got %(got)s"),
                {"lowest": -limit, "highest": limit, "got": _quoted([cell])},
            )
        return round(value, 7)

    return Kind(read, _optional(repr), None)


def _read_day(cell: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell, re.ASCII):
        raise CellRefused(noop("a date such as 2026-11-22; got %(got)s"), {"got": _quoted([cell])})
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise CellRefused(noop("no such day: %(day)s"), {"day": cell}) from None


DAY = Kind(_read_day, _optional(date.isoformat), None)


@lru_cache(maxsize=5_000)  # many listings open at the same hours
def _read_hours(cell: str) -> str:
    try:
        return osm.format(osm.parse(cell))
    except ValueError as error:
        raise CellRefused(noop("opening hours: %(why)s"), {"why": str(error)}) from None


HOURS = Kind(_read_hours)


def _read_phones(cell: str) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for part in _parts(cell):
        number = unguarded(part)
        key = phone_e164(number)
        if key is None or len(number) > 40:
            raise CellRefused(noop("%(text)s is no phone number"), {"text": _quoted([part])})
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
            raise CellRefused(what, {"text": _quoted([cell])}) from None
        if len(cell) > longest:
            raise CellRefused(
                noop("at most %(most)s characters; got %(got)s"), {"most": longest, "got": len(cell)}
            )
        return cell

    return Kind(read)


EMAIL = _checked(_email_is_valid, 254, noop("%(text)s is no e-mail address"))
WEBSITE = _checked(_url_is_valid, 500, noop("%(text)s is no web address (https://…)"))

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
            raise _unknown([part], [*codes.Visibility.values, *ADDRESS_MARKS])
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
