"""Opening hours of a whole index as NumPy columns: which of many listings are open at a moment, in one pass.

Each listing's rules are stored with the index as packed bytes (`pack`); `Columns` lines up the rules of all listings
and answers without a Python loop over them. The answer equals `evaluate.state_at` for each (`values` has the
semantics). Most listings only have weekly rules without dates, where nothing outranks anything: those need one
comparison. The others, "ranked", go through a maximum of ranks per listing.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from services.opening_hours.belgian_holidays import Holidays, is_holiday
from services.opening_hours.evaluate import local_clock
from services.opening_hours.values import DAY, LAST, WIDEST, YEARLY_YEAR, Hours, OnHolidays, Rule

# One rule: weekdays and nth as bits (0 = all), opens, closes (minutes), dates (ordinals, 0 = open-ended), flags.
_RECORD = struct.Struct("<BBHHIIB")
_RECORD_TYPE = np.dtype(
    [
        ("weekdays", "u1"),
        ("nth", "u1"),
        ("opens", "<u2"),
        ("closes", "<u2"),
        ("valid_from", "<u4"),
        ("valid_to", "<u4"),
        ("flags", "u1"),
    ]
)
_YEARLY, _CLOSED, _OFF, _ONLY = 1, 2, 4, 8
_LAST_BIT = 1 << 5
_YEARLY_START = date(YEARLY_YEAR, 1, 1).toordinal()
_MONTH_DAYS = np.array(
    [
        day.month * 100 + day.day
        for day in (date.fromordinal(_YEARLY_START + number) for number in range(366))
    ],
    dtype=np.int32,
)

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def pack(hours: Hours) -> bytes:
    """The rules as bytes, 15 each; unknown hours are b""."""
    return b"".join(_packed(rule) for rule in hours.rules)


def unpack(packed: bytes) -> Hours:
    """The hours that were packed. Raises ValueError when these are not packed hours."""
    if len(packed) % _RECORD.size:
        raise ValueError(f"packed opening hours: {len(packed)} bytes is not a multiple of {_RECORD.size}")
    return Hours(tuple(_unpacked(*values) for values in _RECORD.iter_unpack(packed)))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rules of some listings, sorted by listing. Row = one rule, or the closed holiday that a rule's "off" stands for."""

    owner: Ints  # (rows,) which listing
    regular_days: npt.NDArray[np.uint64]  # (rows,) bit per class of day, see _day_class, that it matches
    holiday_days: npt.NDArray[np.uint64]  # the same, when the day is a holiday
    opens: npt.NDArray[np.int16]
    closes: npt.NDArray[np.int16]  # 0 for closed rows: they hold no minute
    dated: Ints  # indices of the rows with dates, and for each of those:
    first: npt.NDArray[np.int32]  # ordinal, or month * 100 + day when yearly
    last: npt.NDArray[np.int32]
    yearly: Bools
    wraps: Bools  # yearly over New Year
    rank: npt.NDArray[np.int32]
    starts: Ints  # first row of each listing that has rows
    counts: Ints  # number of rows of each of those

    def open_at(self, day: date, minute: int, holiday: bool, *, ranked: bool) -> Ints:
        """Listings (with repeats) that a rule of this day keeps open at a minute, which may be beyond 1440."""
        if not len(self.owner):
            return self.owner
        days = self.holiday_days if holiday else self.regular_days
        matches = (days & np.uint64(1 << _day_class(day))) != 0
        if len(self.dated):
            matches[self.dated] &= self._on_dates(day)
        now = (self.opens <= minute) & (self.closes > minute)
        if ranked:
            ranks = np.where(matches, self.rank, -1)
            highest = np.repeat(np.maximum.reduceat(ranks, self.starts), self.counts)
            matches &= ranks == highest
        found: Ints = self.owner[matches & now]
        return found

    def _on_dates(self, day: date) -> Bools:
        asked = np.where(self.yearly, day.month * 100 + day.day, day.toordinal())
        after, before = self.first <= asked, asked <= self.last
        return np.where(self.wraps, after | before, after & before)


class Columns:
    """The opening hours of many listings, in a fixed order.

    `known`: bool array, whether anything is known of each. `open_at` answers for all of them. Instances do not change.
    """

    def __init__(self, packed: Sequence[bytes]):
        """`packed`: one result of `pack` per listing. Raises ValueError, naming the listing, when one is not."""
        sizes = np.fromiter((len(one) for one in packed), dtype=np.int64, count=len(packed))
        if wrong := np.flatnonzero(sizes % _RECORD.size).tolist():
            raise ValueError(f"packed opening hours: listing {wrong[0]} has {sizes[wrong[0]]} bytes")
        counts = sizes // _RECORD.size
        rules = np.frombuffer(b"".join(packed), dtype=_RECORD_TYPE)
        owner = np.repeat(np.arange(len(packed)), counts)
        self.known: Bools = counts > 0
        ranked = _ranked_owners(rules, owner, len(packed))[owner]
        overnight = _any_by_owner(rules["closes"] > DAY, owner, len(packed))[owner]
        self._simple = _rows(rules[~ranked], owner[~ranked])
        self._ranked = _rows(rules[ranked], owner[ranked], ranked=True)
        spills = ~ranked & (
            rules["closes"] > DAY
        )  # where nothing is outranked, a rule can be looked at alone
        self._simple_overnight = _rows(rules[spills], owner[spills])
        spills = ranked & overnight
        self._ranked_overnight = _rows(rules[spills], owner[spills], ranked=True)

    @classmethod
    def of(cls, hours: Iterable[Hours]) -> "Columns":
        """Columns of hours that are not packed yet."""
        return cls([pack(one) for one in hours])

    def __len__(self) -> int:
        return len(self.known)

    def open_at(self, moment: datetime, holidays: Holidays) -> Bools:
        """Which listings are open at a moment (aware, or naive = Europe/Brussels). False where nothing is known."""
        day, minute = local_clock(moment)
        holiday = is_holiday(day, holidays)
        yesterday = day - timedelta(days=1)
        holiday_yesterday = is_holiday(yesterday, holidays)
        answer = np.zeros(len(self.known), dtype=np.bool_)
        answer[self._simple.open_at(day, minute, holiday, ranked=False)] = True
        answer[self._ranked.open_at(day, minute, holiday, ranked=True)] = True
        late = minute + DAY
        answer[self._simple_overnight.open_at(yesterday, late, holiday_yesterday, ranked=False)] = True
        answer[self._ranked_overnight.open_at(yesterday, late, holiday_yesterday, ranked=True)] = True
        return answer


def _day_class(day: date) -> int:
    """One of 42 numbers: the weekday, and which of the month it is (1st, 2nd, 3rd, 4th, 4th and last, 5th and last)."""
    nth = (day.day - 1) // 7
    last = (day + timedelta(days=7)).month != day.month
    return day.weekday() * 6 + (nth if nth < 3 else 3 + last if nth == 3 else 5)


def _class_table() -> npt.NDArray[np.uint64]:
    """(128, 64) by weekday bits and nth bits: the classes of day that they match."""
    slots = (1, 2, 4, 8, 8 | _LAST_BIT, 16 | _LAST_BIT)
    table = np.zeros((128, 64), dtype=np.uint64)
    for weekdays in range(128):
        for nth in range(64):
            bits = 0
            for weekday in range(7):
                if weekdays == 0 or weekdays >> weekday & 1:
                    for slot, matching in enumerate(slots):
                        if nth == 0 or nth & matching:
                            bits |= 1 << (weekday * 6 + slot)
            table[weekdays, nth] = bits
    return table


_CLASSES = _class_table()


def _any_by_owner(flags: Bools, owner: Ints, owners: int) -> Bools:
    found = np.zeros(owners, dtype=np.bool_)
    found[owner[flags]] = True
    return found


def _ranked_owners(rules: npt.NDArray[Any], owner: Ints, owners: int) -> Bools:
    """Listings in which one rule may outrank another."""
    dated = (rules["valid_from"] > 0) | (rules["valid_to"] > 0)
    special = dated | (rules["nth"] > 0) | ((rules["flags"] & (_CLOSED | _ONLY)) > 0)
    off = (rules["flags"] & _OFF) > 0
    some_off = _any_by_owner(off, owner, owners) & _any_by_owner(~off, owner, owners)
    return _any_by_owner(special, owner, owners) | some_off


def _rows(rules: npt.NDArray[Any], owner: Ints, *, ranked: bool = False) -> _Rows:
    kind = np.where(rules["flags"] & _ONLY, 3, np.where(rules["nth"] > 0, 1, 0))
    off = (rules["flags"] & _OFF) > 0
    if ranked and off.any():
        closing = rules[
            off
        ]  # a copy: what "off" stands for is a closed row of its own, on holidays of any nth
        closing["nth"] = 0
        closing["flags"] = closing["flags"] & _YEARLY | _CLOSED | _ONLY
        order = np.argsort(np.concatenate([owner, owner[off]]), kind="stable")
        rules = np.concatenate([rules, closing])[order]
        kind = np.concatenate([kind, np.full(len(closing), 2)])[order]
        owner = np.concatenate([owner, owner[off]])[order]
    flags = rules["flags"]
    days = _CLASSES[rules["weekdays"], rules["nth"]]
    never = np.uint64(0)
    dated = np.flatnonzero((rules["valid_from"] > 0) | (rules["valid_to"] > 0))
    first, last, yearly = _dates(rules[dated])
    ranks = kind * 2 + ((flags & _CLOSED) > 0)
    ranks[dated] += _dates_ranks(rules[dated]) * 8
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    return _Rows(
        owner=owner,
        regular_days=np.where(flags & _ONLY, never, days),
        holiday_days=days if ranked else np.where(flags & _OFF, never, days),
        opens=rules["opens"].astype(np.int16),
        closes=np.where(flags & _CLOSED, 0, rules["closes"]).astype(np.int16),
        dated=dated,
        first=first,
        last=last,
        yearly=yearly,
        wraps=yearly & (first > last),
        rank=ranks.astype(np.int32),
        starts=starts,
        counts=np.diff(starts, append=len(owner)),
    )


def _dates(rules: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Bools]:
    """First and last day of dated rules, as ordinals or, for yearly ones, as month * 100 + day; and which are yearly."""
    yearly = (rules["flags"] & _YEARLY) > 0
    first = rules["valid_from"].astype(np.int32)
    last = np.where(rules["valid_to"] > 0, rules["valid_to"], date.max.toordinal()).astype(np.int32)
    first[yearly] = _MONTH_DAYS[first[yearly] - _YEARLY_START]
    last[yearly] = _MONTH_DAYS[last[yearly] - _YEARLY_START]
    return first, last, yearly


def _dates_ranks(rules: npt.NDArray[Any]) -> Ints:
    """`values.dates_rank` of dated rules."""
    yearly = (rules["flags"] & _YEARLY) > 0
    days = rules["valid_to"].astype(np.int64) - rules["valid_from"] + 1
    days = np.where(yearly & (days <= 0), days + 366, days)
    bounded = (rules["valid_from"] > 0) & (rules["valid_to"] > 0)
    return np.where(bounded, 2 + 2 * (WIDEST - np.minimum(days, WIDEST)) + ~yearly, 1)


def _packed(rule: Rule) -> bytes:
    flags = (
        (_YEARLY if rule.yearly else 0)
        | (_CLOSED if rule.closed else 0)
        | {"regular": 0, "off": _OFF, "only": _ONLY}[rule.on_holidays]
    )
    return _RECORD.pack(
        sum(1 << weekday for weekday in rule.weekdays),
        sum(_nth_bit(number) for number in rule.nth),
        rule.opens or 0,
        rule.closes or 0,
        rule.valid_from.toordinal() if rule.valid_from else 0,
        rule.valid_to.toordinal() if rule.valid_to else 0,
        flags,
    )


def _unpacked(weekdays: int, nth: int, opens: int, closes: int, first: int, last: int, flags: int) -> Rule:
    on_holidays: OnHolidays = "off" if flags & _OFF else "only" if flags & _ONLY else "regular"
    closed = bool(flags & _CLOSED)
    return Rule(
        weekdays=frozenset(weekday for weekday in range(7) if weekdays >> weekday & 1),
        nth=frozenset(number for number in (1, 2, 3, 4, 5, LAST) if nth & _nth_bit(number)),
        opens=None if closed else opens,
        closes=None if closed else closes,
        valid_from=date.fromordinal(first) if first else None,
        valid_to=date.fromordinal(last) if last else None,
        yearly=bool(flags & _YEARLY),
        on_holidays=on_holidays,
        closed=closed,
    )


def _nth_bit(number: int) -> int:
    return _LAST_BIT if number == LAST else 1 << (number - 1)
