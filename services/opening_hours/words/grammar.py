"""How a language says days, times and dates: one `Grammar` of patterns per language, and the steps all share.

Names in braces are filled in; a pattern that does not need one leaves it out. Hours and units are held together by a
no-break space (U+00A0).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from services.opening_hours.canonical import Dates, Spans
from services.opening_hours.osm import runs
from services.opening_hours.values import DAY, EVERY_DAY


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns of one language. Weekdays from Monday, months from January, nth 1 to 5 then last."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    nths: tuple[str, ...]
    and_: str  # between the last two of a list
    # Days
    one_day: str  # {day}
    day_range: str  # {first} {last}
    every_day: str
    nth_days: str  # {nths} {day}
    of_the_month: str  # {days}
    public_holidays: str
    holidays_on: str  # {days}
    # Times; {h} and {mm} in clocks
    clock: str
    clock_whole: str
    time: str  # {clock}
    span: str  # {opens} {closes}, as clocks
    midnight: str  # as the end of a span
    all_day: str
    # Dates
    first_day_of_month: str  # {day}; "1er" where the first is said otherwise
    day_of_month: str  # {day}
    day_month: str  # {day} {month}
    with_year: str  # {date} {year}
    on_date: str  # {date}
    date_range: str  # {first} {last}
    date_from: str  # {date}
    date_to: str  # {date}
    # Sentences
    open_when: str  # {when} {hours}
    always_open: str
    closed: str
    closed_when: str  # {when}
    closed_days: str  # {days}, as they stand in closed_when
    # State
    all_day_open: str
    open_until: str  # {time}
    open_until_midnight: str
    open_until_tomorrow: str  # {time}
    open_until_weekday: str  # {day} {time}
    open_until_date: str  # {date} {time}
    opens_today: str  # {time}
    opens_tomorrow: str  # {time}
    opens_weekday: str  # {day} {time}
    opens_date: str  # {date} {time}
    closed_today: str
    unknown: str

    def translated(self, gettext: Callable[[str], str]) -> "Grammar":
        """The same grammar with every word and pattern passed through a translation function."""
        found: dict[str, str | tuple[str, ...]] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            found[one.name] = tuple(map(gettext, value)) if isinstance(value, tuple) else gettext(value)
        return replace(self, **found)  # type: ignore[arg-type]

    def listed(self, words: Iterable[str]) -> str:
        *before, last = words
        return f"{', '.join(before)}{self.and_}{last}" if before else last

    def days(self, weekdays: Iterable[int]) -> str:
        """`du lundi au mercredi et le vendredi`."""
        if frozenset(weekdays) == EVERY_DAY:
            return self.every_day
        parts: list[str] = []
        for run in runs(weekdays):
            if len(run) > 2:
                parts.append(self.day_range.format(first=self.weekdays[run[0]], last=self.weekdays[run[-1]]))
            else:
                parts += [self.one_day.format(day=self.weekdays[day]) for day in run]
        return self.listed(parts)

    def nth_weekdays(self, weekdays: Iterable[int], nths: Iterable[int]) -> str:
        """`le 1er et le 3e samedi du mois`."""
        order = sorted(nths, key=lambda nth: nth % 7)  # -1, the last, at the end
        numbers = self.listed(self.nths[5 if nth < 0 else nth - 1] for nth in order)
        days = [self.nth_days.format(nths=numbers, day=self.weekdays[day]) for day in sorted(weekdays)]
        return self.of_the_month.format(days=self.listed(days))

    def holidays(self, weekdays: Iterable[int]) -> str:
        if frozenset(weekdays) == EVERY_DAY:
            return self.public_holidays
        return self.holidays_on.format(days=self.days(weekdays))

    def clock_of(self, minute: int) -> str:
        """`8 h 30`, without the unit where it stands apart."""
        shown = minute % DAY
        pattern = self.clock if shown % 60 else self.clock_whole
        return pattern.format(h=shown // 60, mm=f"{shown % 60:02}")

    def time_of(self, minute: int) -> str:
        return self.time.format(clock=self.clock_of(minute))

    def span_of(self, opens: int, closes: int) -> str:
        """`8 h 30 – 12 h`; past midnight the next day's hour stands as it is: `22 h – 6 h`."""
        if (opens, closes) == (0, DAY):
            return self.all_day
        closing = self.midnight if closes == DAY else self.clock_of(closes)
        return self.span.format(opens=self.clock_of(opens), closes=closing)

    def spans_of(self, spans: Spans) -> str:
        return self.listed(self.span_of(opens, closes) for opens, closes in spans)

    def date_of(self, day: date, *, year: bool) -> str:
        """`1er juillet 2026`."""
        number = self.first_day_of_month if day.day == 1 else self.day_of_month
        text = self.day_month.format(day=number.format(day=day.day), month=self.months[day.month - 1])
        return self.with_year.format(date=text, year=day.year) if year else text

    def dates_of(self, dates: Dates) -> str:
        """`du 15 juillet au 15 août 2026`; "" for no dates."""
        first, last, year = dates.valid_from, dates.valid_to, not dates.yearly
        if first is None:
            return self.date_to.format(date=self.date_of(last, year=year)) if last else ""
        if last is None:
            return self.date_from.format(date=self.date_of(first, year=year))
        if first == last:
            return self.on_date.format(date=self.date_of(first, year=year))
        both = year and first.year != last.year
        return self.date_range.format(
            first=self.date_of(first, year=both), last=self.date_of(last, year=year)
        )


def sentence(text: str) -> str:
    """The text with a capital at the start."""
    return text[:1].upper() + text[1:]


def grammar_for(lang: str, gettext: Callable[[str], str] | None = None) -> Grammar:
    """The grammar of a language code ("fr", "nl-be"). An unknown one is English, through `gettext` when one is given."""
    from services.opening_hours.words import de, en, fr, nl  # each of them needs Grammar first

    known: Mapping[str, Grammar] = {"fr": fr.GRAMMAR, "nl": nl.GRAMMAR, "en": en.GRAMMAR, "de": de.GRAMMAR}
    found = known.get(lang.lower().replace("_", "-").split("-")[0])
    if found is None:
        return en.GRAMMAR.translated(gettext) if gettext else en.GRAMMAR
    return found
