"""One shape for hours that mean the same: rules laid out as a table of days, and back.

A `Table` is what the rules with one and the same dates say of each weekday; `osm` reads into tables and writes from
them, `words` speaks from them. `rules_of(tables_of(hours))` opens and closes exactly when `hours` does.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from services.opening_hours.values import EVERY_DAY, LAST, Hours, OnHolidays, Rule, dates_rank

Span = tuple[int, int]
Spans = tuple[Span, ...]  # sorted; () = closed
Key = TypeVar("Key", bound=Hashable)
CLOSED: Spans = ()


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates that a table is for; all None = always."""

    valid_from: date | None = None
    valid_to: date | None = None
    yearly: bool = False

    @property
    def always(self) -> bool:
        return self.valid_from is None and self.valid_to is None

    @property
    def order(self) -> tuple[int, date, date, bool]:
        """Wide to narrow: the order in which each replaces the ones before it."""
        rank = dates_rank(self.valid_from, self.valid_to, self.yearly)
        return (rank, self.valid_from or date.min, self.valid_to or date.max, self.yearly)


ALWAYS = Dates()


@dataclass(slots=True)
class Table:
    """What the rules with the same dates say, day by day. A day that is absent is not spoken of."""

    weekly: dict[int, Spans] = field(default_factory=dict)  # by weekday
    nth: dict[tuple[int, int], Spans] = field(default_factory=dict)  # by weekday and nth
    only: dict[int, Spans] = field(default_factory=dict)  # holidays, by weekday
    off: set[int] = field(default_factory=set)  # weekdays that are closed when they are holidays

    @property
    def spoken_of(self) -> set[int]:
        """Weekdays of the regular rules."""
        return set(self.weekly) | {weekday for weekday, _ in self.nth}

    @property
    def can_be_off(self) -> set[int]:
        """Weekdays whose regular rules open at some time."""
        return {day for day, spans in self.weekly.items() if spans} | {weekday for weekday, _ in self.nth}


Tables = dict[Dates, Table]


def tables_of(hours: Hours) -> Tables:
    """The tables of some hours, wide dates first."""
    tables: Tables = defaultdict(Table)
    for rule in hours.rules:
        table = tables[Dates(rule.valid_from, rule.valid_to, rule.yearly)]
        weekdays = rule.weekdays or EVERY_DAY
        spans: Spans = CLOSED if rule.opens is None or rule.closes is None else ((rule.opens, rule.closes),)
        if rule.on_holidays == "only":
            _join(table.only, weekdays, spans)
            continue
        if rule.nth:
            _join(table.nth, ((weekday, nth) for weekday in weekdays for nth in rule.nth), spans)
        else:
            _join(table.weekly, weekdays, spans)
        if rule.on_holidays == "off":
            table.off |= weekdays
    return settle(tables)


def settle(tables: Mapping[Dates, Table]) -> Tables:
    """Say each thing in one way only, and drop what changes nothing. Changes the tables in place, returns them sorted."""
    for table in tables.values():
        for weekday, spans in list(table.only.items()):
            if spans:
                table.off.discard(weekday)
            else:
                del table.only[weekday]
                table.off.add(weekday)
        for weekday in EVERY_DAY:  # a fifth one is always the last
            last = table.nth.get((weekday, LAST))
            if last is not None and (last == CLOSED or table.nth.get((weekday, 5)) == last):
                table.nth.pop((weekday, 5), None)
        table.off -= table.spoken_of - table.can_be_off
    always = tables.get(ALWAYS)
    if always and (always.spoken_of or always.only or any(dates != ALWAYS for dates in tables)):
        always.off &= always.can_be_off
    kept = {dates: table for dates, table in tables.items() if table.spoken_of or table.only or table.off}
    return {dates: kept[dates] for dates in sorted(kept, key=lambda dates: dates.order)}


def rules_of(tables: Tables) -> tuple[Rule, ...]:
    """The rules of settled tables, in the order in which people write them."""
    return tuple(rule for dates, table in tables.items() for rule in _rules_of_table(dates, table))


def canonical(hours: Hours) -> Hours:
    """Hours that open and close exactly as these do, in the one shape that `osm.parse(osm.format(…))` gives back."""
    return Hours(rules_of(tables_of(hours)))


def weekly_groups(table: Table) -> list[tuple[frozenset[int], Spans]]:
    """Weekdays with the same hours together, by first weekday."""
    return _by_first_day(_grouped(table.weekly.items()))


def nth_groups(table: Table) -> list[tuple[frozenset[int], frozenset[int], Spans]]:
    """(weekdays, nths, hours) of the nth weekdays with the same hours, by first weekday."""
    nths: dict[tuple[int, Spans], set[int]] = defaultdict(set)
    for (weekday, nth), spans in table.nth.items():
        nths[weekday, spans].add(nth)
    groups = _grouped((weekday, (frozenset(found), spans)) for (weekday, spans), found in nths.items())
    return sorted(
        ((weekdays, found, spans) for weekdays, (found, spans) in groups),
        key=lambda group: (sorted(group[0]), [nth % 7 for nth in sorted(group[1])], group[2]),
    )


def holiday_groups(table: Table) -> list[tuple[frozenset[int], Spans]]:
    """Weekdays with the same holiday hours together, by first weekday."""
    return _by_first_day(_grouped(table.only.items()))


def _rules_of_table(dates: Dates, table: Table) -> Iterable[Rule]:
    for weekdays, spans in weekly_groups(table):
        yield from _split(dates, table, weekdays, frozenset(), spans)
    for weekdays, nth, spans in nth_groups(table):
        yield from _split(dates, table, weekdays, nth, spans)
    for weekdays, spans in holiday_groups(table):
        yield from _rules(dates, weekdays, frozenset(), spans, "only")
    if alone := frozenset(table.off - table.spoken_of):
        yield from _rules(dates, alone, frozenset(), CLOSED, "only")


def _split(
    dates: Dates, table: Table, weekdays: frozenset[int], nth: frozenset[int], spans: Spans
) -> Iterable[Rule]:
    """The rules of a group, apart for the weekdays that are off on holidays and those that are not."""
    parts: list[tuple[frozenset[int], OnHolidays]] = [
        (weekdays - table.off, "regular"),
        (weekdays & table.off, "off"),
    ]
    for part, on_holidays in sorted((part for part in parts if part[0]), key=lambda part: sorted(part[0])):
        yield from _rules(dates, part, nth, spans, on_holidays)


def _rules(
    dates: Dates, weekdays: frozenset[int], nth: frozenset[int], spans: Spans, on_holidays: OnHolidays
) -> Iterable[Rule]:
    for opens, closes in spans or ((None, None),):
        yield Rule(
            weekdays=weekdays,
            nth=nth,
            opens=opens,
            closes=closes,
            valid_from=dates.valid_from,
            valid_to=dates.valid_to,
            yearly=dates.yearly,
            on_holidays=on_holidays,
            closed=opens is None,
        )


def _join(days: dict[Key, Spans], keys: Iterable[Key], spans: Spans) -> None:
    """Add spans to days; closed outranks open."""
    for key in keys:
        before = days.get(key, spans)
        days[key] = tuple(sorted({*before, *spans})) if before and spans else CLOSED


def _grouped(items: Iterable[tuple[int, Key]]) -> list[tuple[frozenset[int], Key]]:
    groups: dict[Key, set[int]] = defaultdict(set)
    for weekday, value in items:
        groups[value].add(weekday)
    return [(frozenset(weekdays), value) for value, weekdays in groups.items()]


def _by_first_day(groups: list[tuple[frozenset[int], Spans]]) -> list[tuple[frozenset[int], Spans]]:
    return sorted(groups, key=lambda group: sorted(group[0]))
