"""What agents report about a listing during a call, and what others have reported, in the desk's words."""

from collections.abc import Iterable

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from services.reports import rules, selectors

# In the order in which they happen on the phone.
REASONS = {
    rules.NO_ANSWER: _("No answer"),
    rules.WRONG_NUMBER: _("Wrong number"),
    rules.CLOSED: _("Closed"),
    rules.FULL: _("Full"),
}


def open_reports(pks: Iterable[int]) -> dict[int, list[str]]:
    """Service → its open reports in words ("No answer, 21/11"), in one query."""
    return {
        service: list(dict.fromkeys(f"{REASONS[one.reason]}, {one.day:%d/%m}" for one in reports))
        for service, reports in selectors.open_reports(pks, today=localdate()).items()
    }
