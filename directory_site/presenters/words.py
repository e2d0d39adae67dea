"""Small sentences that several pages share: how long ago, how many, how checked."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, gettext_noop

from services.codes import VerificationChannel
from services.rules import STALE_AFTER_DAYS, verified_days_ago
from services.since import ago


@dataclass(frozen=True)
class Freshness:
    """How far a listing's facts can be trusted: one sentence, and whether it is a warning."""

    text: str
    old: bool
    detail: str = ""


def freshness(
    verified_on: date | None, channel: str, source_date: str, today: date, lasts_days: int = STALE_AFTER_DAYS
) -> Freshness:
    """Verified lately, verified too long ago, or never: then the date of the data decides.

    `lasts_days`: how long a verification of this listing lasts (its rhythm); nothing lasts longer than a year.
    """
    days = verified_days_ago(verified_on, today)
    if days is not None and verified_on is not None:
        detail = day_text(verified_on)
        if channel:
            label = (
                str(VerificationChannel(channel).label) if channel in VerificationChannel.values else channel
            )
            detail = f"{detail} · {label}"
        if days > min(lasts_days, STALE_AFTER_DAYS):
            return Freshness(
                gettext("Last checked %(ago)s. Call before you go.") % {"ago": ago(days)}, True, detail
            )
        return Freshness(gettext("Checked %(ago)s") % {"ago": ago(days)}, False, detail)
    known = source_day(source_date)
    if known is not None and (today - known).days > STALE_AFTER_DAYS:
        said = gettext("Data of %(date)s, not checked since. Call before you go.")
        return Freshness(said % {"date": partial_date(source_date)}, True)
    return Freshness(gettext("Not checked yet"), False)


def source_day(text: str) -> date | None:
    """The first day that "2026", "2026-11" or "2026-11-22" can mean; None when it is no date."""
    try:
        year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
        return date(year, month, day)
    except ValueError:
        return None


def partial_date(text: str) -> str:
    """ "2020", "February 2020" or "1 February 2020": as exact as it was given."""
    day = source_day(text)
    if day is None:
        return text
    exactness = text.count("-")
    return day_text(day) if exactness >= 2 else date_format(day, "F Y" if exactness else "Y")


def day_text(day: date) -> str:
    """ "22 November 2026", as it is written in the active language."""
    return date_format(day, "j. F Y" if get_language() == "de" else "j F Y")


def near_day_text(day: date) -> str:
    """ "Sunday 29 November": a day of the coming weeks."""
    return date_format(day, "l, j. F" if get_language() == "de" else "l j F")


_WRITTEN_IN = {
    "fr": (gettext_noop("in French"), gettext_noop("in French only")),
    "nl": (gettext_noop("in Dutch"), gettext_noop("in Dutch only")),
    "en": (gettext_noop("in English"), gettext_noop("in English only")),
    "de": (gettext_noop("in German"), gettext_noop("in German only")),
}


def written_in(language: str, *, only: bool = False) -> str:
    """ "in French", "in French only": said beside a text that is not in the reader's language."""
    if language not in _WRITTEN_IN:
        return gettext("in another language")
    return gettext(_WRITTEN_IN[language][only])
