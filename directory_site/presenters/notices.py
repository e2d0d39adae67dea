"""Temporary notices as people read them: what it is, when, and the current ones before those that begin soon."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext

from services.codes import NoticeKind
from services.models import Notice
from services.rules import notice_state

from .texts import Said, said_of
from .words import day_text


@dataclass(frozen=True)
class NoticeLine:
    kind: str
    title: str
    when: str
    text: Said
    current: bool


def notice_lines(notices, day: date) -> list[NoticeLine]:
    """What is current, then what begins soon."""
    lines = []
    for notice in notices:
        if not isinstance(notice.starts_on, date):
            continue  # a preview of a row that is not finished
        state = notice_state(notice.starts_on, notice.ends_on, day)
        if state in ("current", "incoming"):
            lines.append((notice.starts_on, _notice_line(notice, state == "current")))
    return [line for _start, line in sorted(lines, key=lambda pair: (not pair[1].current, pair[0]))]


def notice_dates(starts_on: date, ends_on: date | None) -> str:
    """ "From 24 December to 1 January 2027", "On …", "From …", in the active language."""
    if ends_on is None:
        return gettext("From %(day)s") % {"day": day_text(starts_on)}
    if ends_on == starts_on:
        return gettext("On %(day)s") % {"day": day_text(starts_on)}
    same_year = starts_on.year == ends_on.year
    first = date_format(starts_on, "MONTH_DAY_FORMAT") if same_year else day_text(starts_on)
    return gettext("From %(first)s to %(last)s") % {"first": first, "last": day_text(ends_on)}


def notice_title(kind: str) -> str:
    """A message needs no heading: its text says it all."""
    return "" if kind == NoticeKind.MESSAGE else str(dict(NoticeKind.choices).get(kind, ""))


def _notice_line(notice: Notice, current: bool) -> NoticeLine:
    when = notice_dates(notice.starts_on, notice.ends_on)
    return NoticeLine(notice.kind, notice_title(notice.kind), when, said_of(notice, "text"), current)
