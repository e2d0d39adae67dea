"""How long ago something was, in the words that all pages share."""

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext


def ago(days: int) -> str:
    """ "today", "yesterday", "5 days ago", "3 weeks ago", "4 months ago", "2 years ago"."""
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    if days < 14:
        return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}
    if days < 61:
        weeks = round(days / 7)
        return ngettext("%(count)d week ago", "%(count)d weeks ago", weeks) % {"count": weeks}
    if days < 700:
        months = round(days / 30.44)
        return ngettext("%(count)d month ago", "%(count)d months ago", months) % {"count": months}
    years = round(days / 365.25)
    return ngettext("%(count)d year ago", "%(count)d years ago", years) % {"count": years}


def ago_exactly(at: datetime, now: datetime) -> str:
    """ "just now", "20 min ago", "2 h ago", and from yesterday on as `ago`; both aware, days are those of Brussels."""
    days = (localtime(now).date() - localtime(at).date()).days
    if days > 0:
        return ago(days)
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 2:
        return gettext("just now")
    if minutes < 60:
        return gettext("%(count)d min ago") % {"count": minutes}
    return gettext("%(count)d h ago") % {"count": minutes // 60}
