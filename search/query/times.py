"""Reads when a service should be open from the words of a query, in four languages. Pure.

A weekday is a time by itself ("médecin dimanche matin", "zondagochtend"). Words that callers also use for urgency
(now, today, this evening, the night) count only beside a word for "open": whoever asks where to sleep tonight is not
helped by a filter on opening hours. A day that something began ("depuis lundi") is no time to be open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

WEEKEND, TODAY, TOMORROW, NOW, ANY = "weekend", "today", "tomorrow", "now", "any"

_DAYS = [
    "lundi maandag monday montag",
    "mardi dinsdag tuesday dienstag",
    "mercredi woensdag wednesday mittwoch",
    "jeudi donderdag thursday donnerstag",
    "vendredi vrijdag friday freitag",
    "samedi zaterdag saturday samstag",
    "dimanche zondag sunday sonntag",
]
DAYS: dict[str, int | str] = {
    form: number
    for number, names in enumerate(_DAYS)
    for name in names.split()
    for form in (name, name + "s")
}
RELATIVE: dict[tuple[str, ...], tuple[int | str, str | None]] = {
    tuple(words.split()): (day, part)
    for words, day, part in [
        ("maintenant", NOW, None),
        ("en ce moment", NOW, None),
        ("nu", NOW, None),
        ("now", NOW, None),
        ("jetzt", NOW, None),
        ("aujourd hui", TODAY, None),
        ("vandaag", TODAY, None),
        ("today", TODAY, None),
        ("heute", TODAY, None),
        ("ce matin", TODAY, "morning"),
        ("vanmorgen", TODAY, "morning"),
        ("vanochtend", TODAY, "morning"),
        ("this morning", TODAY, "morning"),
        ("cet apres midi", TODAY, "afternoon"),
        ("vanmiddag", TODAY, "afternoon"),
        ("this afternoon", TODAY, "afternoon"),
        ("ce soir", TODAY, "evening"),
        ("vanavond", TODAY, "evening"),
        ("this evening", TODAY, "evening"),
        ("tonight", TODAY, "evening"),
        ("cette nuit", TODAY, "night"),
        ("vannacht", TODAY, "night"),
        ("heute nacht", TODAY, "night"),
        ("demain", TOMORROW, None),
        ("morgen", TOMORROW, None),
        ("tomorrow", TOMORROW, None),
        ("s avonds", ANY, "evening"),
        ("s nachts", ANY, "night"),
        ("abends", ANY, "evening"),
        ("nachts", ANY, "night"),
        ("at night", ANY, "night"),
    ]
}
SUNDAY, WEEK = 6, timedelta(days=7)
WEEKENDS = (("week", "end"), ("weekend",), ("weekends",), ("wochenende",))
# Minutes of the day, from and until; a night ends on the next day.
PARTS = {
    "morning": (8 * 60, 12 * 60),
    "noon": (12 * 60, 14 * 60),
    "afternoon": (12 * 60, 18 * 60),
    "evening": (18 * 60, 22 * 60),
    "night": (22 * 60, 30 * 60),
}
WHOLE_DAY = (7 * 60, 22 * 60)
_PART_WORDS: dict[tuple[str, ...], str] = {
    tuple(words.split("_")): part
    for part, names in {
        "morning": "matin matinee ochtend voormiddag morning vormittag morgen",
        "noon": "midi middag noon mittag",
        "afternoon": "apres_midi apresmidi namiddag afternoon nachmittag",
        "evening": "soir soiree avond evening abend",
        "night": "nuit nacht night",
    }.items()
    for words in names.split()
}
# "zondagochtend", "sonntagmorgen": day and part in one word.
_JOINED = {
    day + "".join(part): (number, name)
    for day, number in DAYS.items()
    for part, name in _PART_WORDS.items()
    if day.endswith(("dag", "tag", "woch"))
}
OPEN = frozenset(
    "ouvert ouverts ouverte ouvertes ouvre ouvrent open opened geopend offen geoffnet opening".split()
)
# "ouvert à tous", "open voor iedereen", "open door day": not about the clock.
_OPEN_TO = frozenset("a aux au pour voor for to door deur fur".split())
_BETWEEN = frozenset(
    "le la les l au aux en du de des a ce cet cette het op in om on the at am im um s ook aussi also late later tard laat spat".split()
)
_AFTER = frozenset("apres vanaf na after ab nach des".split())
_SINCE = frozenset("depuis sinds sedert since seit jusqu tot until bis".split())
_PAST = frozenset("dernier derniere passe passee vorige voorbije last letzten letzte".split())
_HOUR_UNITS = frozenset("h heure heures u uur uhr".split())


@dataclass(frozen=True, slots=True)
class TimeSaid:
    """Words `start` to `end` ask for this day (0 = Monday, or one of the names above), part or minute of the day."""

    start: int
    end: int
    day: int | str
    part: str | None = None
    minute: int | None = None
    later: bool = False  # from that minute on, not only then


def find_time(tokens: Sequence[str]) -> TimeSaid | None:
    """The first time among these folded words; None when there is none."""
    opens = [
        position
        for position, token in enumerate(tokens)
        if token in OPEN and (position + 1 == len(tokens) or tokens[position + 1] not in _OPEN_TO)
    ]
    for position in range(len(tokens)):
        said = _at(tokens, position, bool(opens))
        if said is not None:
            return _widened(tokens, said, opens)
    if opens and _asks_for_now(tokens, opens[0]):
        return TimeSaid(opens[0], opens[0] + 1, NOW)
    return None


def _asks_for_now(tokens: Sequence[str], position: int) -> bool:
    """ "médecin ouvert", not "les services ouverts le" of some sentence: at the beginning or the end."""
    return tokens[position] in {"ouvert", "ouverte", "open", "offen", "geoffnet"} and (
        position == 0 or position == len(tokens) - 1
    )


def _at(tokens: Sequence[str], start: int, is_open: bool) -> TimeSaid | None:
    word = tokens[start]
    if start and (tokens[start - 1] in _SINCE):
        return None
    if word in _JOINED:
        day, part = _JOINED[word]
        return TimeSaid(start, start + 1, day, part)
    if word in DAYS:
        if (start + 1 < len(tokens) and tokens[start + 1] in _PAST) or (start and tokens[start - 1] in _PAST):
            return None
        return _detailed(tokens, TimeSaid(start, start + 1, DAYS[word]))
    for weekend in WEEKENDS:
        if tuple(tokens[start : start + len(weekend)]) == weekend:
            return TimeSaid(start, start + len(weekend), WEEKEND)
    if not is_open:
        return None
    for length in (3, 2, 1):
        span = tuple(tokens[start : start + length])
        relative = RELATIVE.get(span)
        if relative is not None:
            said = TimeSaid(start, start + len(span), *relative)
            return said if relative[1] or relative[0] == NOW else _detailed(tokens, said)
    said = _detailed(tokens, TimeSaid(start, start, ANY))
    return said if said.end > start else None


def _detailed(tokens: Sequence[str], said: TimeSaid) -> TimeSaid:
    """With the part of the day or the hour that follows."""
    position, later = said.end, False
    while (
        position < len(tokens)
        and tokens[position] in _BETWEEN | _AFTER
        and tuple(tokens[position : position + 2]) not in _PART_WORDS  # après-midi
    ):
        later = later or tokens[position] in _AFTER
        position += 1
    for length in (2, 1):
        part = _PART_WORDS.get(tuple(tokens[position : position + length]))
        if part is not None:
            return TimeSaid(said.start, position + length, said.day, part)
    minute, after = _hour(tokens, position)
    if minute is not None:
        return TimeSaid(said.start, after, said.day, None, minute, later)
    return said


def _hour(tokens: Sequence[str], start: int) -> tuple[int | None, int]:
    """(minutes since midnight, position after) of "18h30", "9 h", "9 heures 30", "18u", "9am", "9 uur"."""
    if start >= len(tokens):
        return None, start
    token, position = tokens[start], start + 1
    digits = token[:2] if token[:2].isdigit() else token[:1]
    if not (digits and digits.isascii() and digits.isdigit()):
        return None, start
    unit = token[len(digits) :]
    if not unit and position < len(tokens) and tokens[position] in _HOUR_UNITS | {"am", "pm"}:
        unit, position = tokens[position], position + 1
    hour = int(digits)
    minutes = unit[1:] if unit[:1] in ("h", "u") and unit[1:].isdigit() else ""
    if unit == "pm" and hour < 12:
        hour += 12
    elif not (unit in _HOUR_UNITS or minutes or unit == "am"):
        return None, start
    if hour > 23 or int(minutes or 0) > 59:
        return None, start
    if (
        not minutes
        and unit in _HOUR_UNITS
        and position < len(tokens)
        and tokens[position] in ("15", "30", "45")
    ):
        minutes, position = tokens[position], position + 1
    return hour * 60 + int(minutes or 0), position


def _widened(tokens: Sequence[str], said: TimeSaid, opens: Sequence[int]) -> TimeSaid:
    """With the small words before it, and the word for "open" next to these."""
    start, end = said.start, said.end
    while start > 0 and tokens[start - 1] in _BETWEEN | _AFTER:
        start -= 1
    if start - 1 in opens:
        start -= 1
    elif end in opens:
        end += 1
    return replace(said, start=start, end=end)


def when(said: TimeSaid, now: datetime) -> tuple[datetime, datetime | None]:
    """(from, until) in naive local time, in the coming seven days; until is None for a single moment.

    For ANY it is today's: whoever asks what is open at night asks for every night from now on.
    """
    if said.day == NOW:
        return now, None
    midnight = datetime.combine(now.date(), time())
    if said.day == WEEKEND:
        ahead = -1 if now.weekday() == SUNDAY else 5 - now.weekday()  # days to its Saturday
        start, until = (
            midnight + timedelta(days=ahead, hours=8),
            midnight + timedelta(days=ahead + 1, hours=20),
        )
        if now >= until:
            start, until = start + WEEK, until + WEEK
        return max(start, now), until
    last: int | None
    if said.minute is None:
        first, last = PARTS.get(said.part or "", WHOLE_DAY)
    else:
        first, last = said.minute, max(said.minute + 60, WHOLE_DAY[1]) if said.later else None
    if said.day in (TODAY, ANY):
        ahead = 0
    elif said.day == TOMORROW:
        ahead = 1
    else:
        ahead = (int(said.day) - now.weekday()) % 7
        if ahead == 0 and midnight + timedelta(minutes=last if last is not None else first) <= now:
            ahead = 7
    day = midnight + timedelta(days=ahead)
    start = day + timedelta(minutes=first)
    if last is None:
        return start, None
    until = day + timedelta(minutes=last)
    return (now if start < now < until and said.day != ANY else start), until
