"""Reads the rules of an OSM opening_hours text one by one, without deciding what they mean together."""

import calendar
from dataclasses import dataclass, field
from datetime import date

from services.opening_hours.canonical import Dates, Spans
from services.opening_hours.osm_tokens import MONTHS, Kind, OpeningHoursError, Token, tokens_of
from services.opening_hours.values import DAY, EVERY_DAY, FIRST_YEAR, LAST, LAST_YEAR, YEARLY_YEAR

SINCE_EVER = date(1900, 1, 1)


@dataclass(slots=True)
class RuleText:
    """What one rule names: dates (none = always), days of the week, nth weekdays, holidays by weekday; and its hours."""

    dates: tuple[Dates, ...] = ()
    weekdays: set[int] = field(default_factory=set)
    nth: set[tuple[int, int]] = field(default_factory=set)
    holidays: frozenset[int] = frozenset()
    spans: Spans = ()


@dataclass(frozen=True, slots=True)
class _Date:
    token: Token
    year: int | None
    month: int
    day: int | None


def rules_in(text: str) -> list[RuleText]:
    """The rules of a text, in order. Raises OpeningHoursError."""
    reader = _Reader(tokens_of(text))
    rules = []
    while not reader.at("end"):
        rules.append(_rule(reader))
        if not reader.at("end"):
            reader.expect_mark(";", "rules are separated by ';'")
    return rules


class _Reader:
    def __init__(self, tokens: list[Token]):
        self.tokens = tokens
        self.index = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.token
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def at(self, kind: Kind, ahead: int = 0) -> bool:
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)].kind == kind

    def mark(self, text: str, ahead: int = 0) -> bool:
        token = self.tokens[min(self.index + ahead, len(self.tokens) - 1)]
        return token.kind == "mark" and token.text.replace("–", "-") == text

    def take_mark(self, text: str) -> bool:
        found = self.mark(text)
        if found:
            self.take()
        return found

    def expect(self, kind: Kind, message: str) -> Token:
        if not self.at(kind):
            raise self.error(message)
        return self.take()

    def expect_mark(self, text: str, message: str) -> None:
        if not self.take_mark(text):
            raise self.error(message)

    def error(self, message: str, token: Token | None = None) -> OpeningHoursError:
        token = token or self.token
        return OpeningHoursError(token.position, token.text, message)


def _rule(reader: _Reader) -> RuleText:
    rule = RuleText()
    if reader.at("always"):
        reader.take()
        rule.weekdays = set(EVERY_DAY)
        if reader.at("off"):
            reader.take()
        else:
            rule.spans = ((0, DAY),)
        return rule
    if reader.at("year") or reader.at("month"):
        rule.dates = _date_list(reader)
    _days(reader, rule)
    reader.take_mark(":")
    if not (rule.weekdays or rule.nth or rule.holidays):
        rule.weekdays = set(EVERY_DAY)
    rule.spans = _hours(reader)
    return rule


def _date_list(reader: _Reader) -> tuple[Dates, ...]:
    found = [_dates(reader)]
    while reader.mark(",") and (reader.at("year", 1) or reader.at("month", 1)):
        reader.take()
        found.append(_dates(reader))
    return tuple(found)


def _dates(reader: _Reader) -> Dates:
    first = _date(reader, after=None)
    if reader.mark("+"):
        if first.year is None:
            raise reader.error("dates without an end need a year")
        reader.take()
        return Dates(valid_from=_day(reader, first, end=False))
    last = first
    if reader.take_mark("-"):
        last = _date(reader, after=first)
    if first.year is None:
        if last.year is not None:
            raise reader.error("a date of every year cannot run to one of a given year", first.token)
        return Dates(_day(reader, first, end=False), _day(reader, last, end=True), yearly=True)
    begins, ends = _day(reader, first, end=False), _day(reader, last, end=True)
    if ends < begins:
        raise reader.error(f"{ends} is before {begins}; write the year of both", last.token)
    return Dates(None if begins == SINCE_EVER else begins, ends)


def _date(reader: _Reader, after: _Date | None) -> _Date:
    """A date, month or, after another date, what of it is new: `Dec 24-26`, `2026 Jul 15-Aug 15`."""
    token = reader.token
    year = after.year if after else None
    if reader.at("year"):
        year = reader.take().value
        first_allowed = SINCE_EVER.year if after is None else FIRST_YEAR
        if not first_allowed <= year <= LAST_YEAR:
            raise reader.error(f"the year is not between {FIRST_YEAR} and {LAST_YEAR}", token)
    elif after and after.day and reader.at("number"):
        return _Date(token, year, after.month, reader.take().value)
    month = reader.expect("month", "a month is expected (Jan … Dec)").value
    return _Date(token, year, month, reader.take().value if reader.at("number") else None)


def _day(reader: _Reader, found: _Date, *, end: bool) -> date:
    """The day of a date; a month alone begins on its first day and ends on its last."""
    year = found.year or YEARLY_YEAR
    last = calendar.monthrange(year, found.month)[1]
    day = found.day if found.day is not None else last if end else 1
    if not 1 <= day <= last:
        raise reader.error(f"{MONTHS[found.month - 1]} has no day {day}", found.token)
    result = date(year, found.month, day)
    if year < FIRST_YEAR and result != SINCE_EVER:
        raise reader.error(f"the year is not between {FIRST_YEAR} and {LAST_YEAR}", found.token)
    return result


def _days(reader: _Reader, rule: RuleText) -> None:
    """`Mo-Fr,Su`, `Sa[1,-1]`, `PH`, `PH,Su` (both), `PH Mo-Fr` (holidays on those days)."""
    while True:
        if reader.at("holiday"):
            reader.take()
            if reader.at("weekday"):
                within = RuleText()
                _weekdays(reader, within)
                while reader.mark(",") and reader.at("weekday", 1):
                    reader.take()
                    _weekdays(reader, within)
                if within.nth:
                    raise reader.error("holidays cannot be combined with nth weekdays")
                rule.holidays |= within.weekdays
            else:
                rule.holidays = EVERY_DAY
        elif reader.at("weekday"):
            _weekdays(reader, rule)
            if reader.at("holiday"):
                raise reader.error("write 'PH' first, or ',' before it")
        else:
            return
        if not (reader.mark(",") and (reader.at("weekday", 1) or reader.at("holiday", 1))):
            return
        reader.take()


def _weekdays(reader: _Reader, rule: RuleText) -> None:
    first = reader.take().value
    if reader.take_mark("["):
        rule.nth |= {(first, nth) for nth in _nths(reader)}
        return
    if not reader.take_mark("-"):
        rule.weekdays.add(first)
        return
    last = reader.expect("weekday", "a weekday is expected after '-'").value
    rule.weekdays |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    if reader.mark("["):
        raise reader.error("[…] can only follow one weekday")


def _nths(reader: _Reader) -> set[int]:
    """`1`, `2,4`, `1-3`, `-1`; the opening bracket is taken."""
    found: set[int] = set()
    while True:
        token = reader.token
        if reader.take_mark("-"):
            number = reader.expect("number", "a number is expected after '-'")
            if number.value != 1:
                raise reader.error("only the last one, -1, is counted from the end of the month", token)
            found.add(LAST)
        else:
            first = reader.expect("number", "a number from 1 to 5, or -1, is expected")
            last = (
                reader.expect("number", "a number is expected after '-'") if reader.take_mark("-") else first
            )
            for number in (first, last):
                if not 1 <= number.value <= 5:
                    raise reader.error("is not a number from 1 to 5", number)
            if last.value < first.value:
                raise reader.error(f"is before {first.text}", last)
            found |= set(range(first.value, last.value + 1))
        if not reader.take_mark(","):
            break
    reader.expect_mark("]", "']' is expected")
    return found


def _hours(reader: _Reader) -> Spans:
    if reader.at("off"):
        reader.take()
        return ()
    if not reader.at("time"):
        raise reader.error("hours are expected (09:00-17:00), or 'off'")
    spans = {_span(reader)}
    while reader.mark(","):
        if not reader.at("time", 1):
            reader.take()
            raise reader.error("after ',' another time is expected; separate rules with ';'")
        reader.take()
        spans.add(_span(reader))
    return tuple(sorted(spans))


def _span(reader: _Reader) -> tuple[int, int]:
    opens = reader.expect("time", "a time is expected")
    if opens.value >= DAY:
        raise reader.error("nothing opens at 24:00 or later; write it on the next day", opens)
    if reader.mark("+"):
        raise reader.error("a closing time is needed, '+' is not supported")
    reader.expect_mark("-", "'-' and a closing time are expected")
    closes = reader.expect("time", "a closing time is expected")
    end = closes.value + DAY if closes.value <= opens.value else closes.value
    if end > opens.value + DAY:
        raise reader.error(f"is more than a day after {opens.text}", closes)
    if reader.mark("+"):
        raise reader.error("an open end ('+') is not supported")
    return opens.value, end
