"""Open or closed at a moment, in the few words that people use."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.opening_hours.evaluate import BRUSSELS, OpenState
from services.opening_hours.words.grammar import Grammar, grammar_for

SAME_NIGHT = timedelta(hours=12)  # an end after midnight within this is said by its hour alone


def describe_state(
    state: OpenState, now: datetime, lang: str, gettext: Callable[[str], str] | None = None
) -> str:
    """ "Ouvert jusqu'à 16 h", "Rouvre lundi à 9 h", "Fermé aujourd'hui. Rouvre demain à 9 h". `now`: the moment of the state."""
    grammar = grammar_for(lang, gettext)
    now = _local(now)
    if state.open is None:
        return grammar.unknown
    if state.open:
        return _until(grammar, now, _local(state.until)) if state.until else grammar.all_day_open
    opening = _opening(grammar, now, _local(state.next)) if state.next else ""
    if state.closed_all_day:
        return f"{grammar.closed_today}. {opening}" if opening else grammar.closed_today
    return opening or grammar.closed


def _until(grammar: Grammar, now: datetime, until: datetime) -> str:
    time, days = grammar.time_of(until.hour * 60 + until.minute), (until.date() - now.date()).days
    if days == 1 and until.hour == until.minute == 0:
        return grammar.open_until_midnight
    if days == 0 or (days == 1 and until - now < SAME_NIGHT):
        return grammar.open_until.format(time=time)
    if days == 1:
        return grammar.open_until_tomorrow.format(time=time)
    if days < 7:
        return grammar.open_until_weekday.format(day=grammar.weekdays[until.weekday()], time=time)
    return grammar.open_until_date.format(date=grammar.date_of(until.date(), year=False), time=time)


def _opening(grammar: Grammar, now: datetime, opens: datetime) -> str:
    time, days = grammar.time_of(opens.hour * 60 + opens.minute), (opens.date() - now.date()).days
    if days == 0:
        return grammar.opens_today.format(time=time)
    if days == 1:
        return grammar.opens_tomorrow.format(time=time)
    if days < 7:
        return grammar.opens_weekday.format(day=grammar.weekdays[opens.weekday()], time=time)
    return grammar.opens_date.format(date=grammar.date_of(opens.date(), year=False), time=time)


def _local(moment: datetime) -> datetime:
    """The clock in Brussels, naive."""
    return (
        moment if moment.tzinfo is None else moment.astimezone(UTC).astimezone(BRUSSELS).replace(tzinfo=None)
    )
