"""Agents' reports as agents and teams read them: one line a reason, with how many say it and how long ago."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from services.since import ago, ago_exactly

from . import rules

_BY_ONE = {
    rules.CLOSED: _("Closed for good according to an agent, %(ago)s"),
    rules.WRONG_NUMBER: _("Wrong number according to an agent, %(ago)s"),
    rules.NO_ANSWER: _("Nobody answers the phone according to an agent, %(ago)s"),
}
_BY_SEVERAL = {
    rules.CLOSED: _("Closed for good according to %(count)d agents, the last %(ago)s"),
    rules.WRONG_NUMBER: _("Wrong number according to %(count)d agents, the last %(ago)s"),
    rules.NO_ANSWER: _("Nobody answers the phone according to %(count)d agents, the last %(ago)s"),
}


@dataclass(frozen=True)
class Line:
    """What agents say about a listing for one reason. `banner`: independent agents agree, everybody is told.

    `notes`: what they wrote, for agents and the team alone; `report`: the newest of them.
    """

    reason: str
    text: str
    people: int
    banner: bool
    notes: tuple[str, ...]
    report: Any


def lines(reports: Iterable, now: datetime) -> list[Line]:
    """One line for each reason that is reported, the gravest first. `reports`: Report or AgentReport; `now`: aware."""
    reports = sorted(reports, key=lambda report: report.at, reverse=True)
    found = []
    for reason in rules.REASONS:
        same = [report for report in reports if report.reason == reason]
        if not same:
            continue
        reporters = [report.by_id for report in same]
        people = rules.people(reporters)
        notes = dict.fromkeys(note for note in (getattr(report, "note", "") for report in same) if note)
        found.append(
            Line(
                reason,
                _in_words(reason, people, same, now),
                people,
                rules.is_banner(reporters),
                tuple(notes),
                same[0],
            )
        )
    return found


def _in_words(reason: str, people: int, same: list, now: datetime) -> str:
    """ "Wrong number according to an agent, 2 h ago", "Reported full on 21 November"."""
    if reason == rules.FULL:
        # The day, not the age: a place may have come free since, and callers are told when it was full.
        day = _day_of_year(max(report.day for report in same))
        if people == 1:
            return gettext("Reported full on %(day)s") % {"day": day}
        said = gettext("Reported full by %(count)d agents, the last time on %(day)s")
        return said % {"count": people, "day": day}
    said = _BY_ONE[reason] if people == 1 else _BY_SEVERAL[reason]
    return str(said) % {"count": people, "ago": _ago(same[0], now)}


def _ago(report, now: datetime) -> str:
    """To the hour when it was written down on the day of the call; a call recorded later, by its day."""
    if report.day < localdate(report.at):
        return ago((localdate(now) - report.day).days)
    return ago_exactly(report.at, now)


def _day_of_year(day) -> str:
    return date_format(day, "j. F" if get_language() == "de" else "j F")
