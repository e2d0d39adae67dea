"""What agents report about a listing during a call: the one door between the screen and services.reports.

Where that part is not installed, nothing can be reported and the screen does not offer it.
"""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

REASONS = {
    "no_answer": _("No answer"),
    "wrong_number": _("Wrong number"),
    "closed": _("Closed"),
    "full": _("Full"),
}


def is_there() -> bool:
    return find_spec("services.reports") is not None


def report(*, service, reason: str, by, team) -> None:
    """Raises ValueError for another reason, LookupError when reports are not taken here or not about this listing."""
    if reason not in REASONS:
        raise ValueError(f"{reason[:40]!r} is not one of {', '.join(REASONS)}")
    if not is_there():
        raise LookupError("reports are not installed")
    actions, errors = import_module("services.reports.actions"), import_module("services.reports.errors")
    try:
        actions.report(service=service, reason=reason, by=by, team=team, note="")
    except errors.NotReportable as error:
        raise LookupError(str(error)) from error


def open_reports(pks: Iterable[int]) -> dict[int, list[str]]:
    """Service → its open reports in words ("No answer, 21/11"), in one query; none where reports are not installed."""
    if not is_there():
        return {}
    found = import_module("services.reports.selectors").open_reports(pks, today=localdate())
    return {
        service: list(dict.fromkeys(f"{REASONS[one.reason]}, {one.day:%d/%m}" for one in reports))
        for service, reports in found.items()
    }
