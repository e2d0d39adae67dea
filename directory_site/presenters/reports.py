"""What agents found out in calls, as the public reads it: only what several of them say, and never who."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.reports import rules
from services.reports.selectors import banners

_SENTENCES = {
    rules.CLOSED: _(
        "%(people)s told us that this service does not exist any more. We are checking. Call before you go."
    ),
    rules.WRONG_NUMBER: _(
        "%(people)s told us that the phone number is wrong. We are checking. Before you go, try to reach them another way."
    ),
    rules.NO_ANSWER: _(
        "%(people)s told us that nobody answers the phone. We are checking. Before you go, try to reach them another way."
    ),
    rules.FULL: _(
        "%(people)s told us that this service is full for the moment. We are checking. Call before you go."
    ),
}
_SHORT = {
    rules.CLOSED: _("May be closed for good: we are checking. Call before you go."),
    rules.WRONG_NUMBER: _("The phone number may be wrong: we are checking."),
    rules.NO_ANSWER: _("Perhaps nobody answers the phone: we are checking."),
    rules.FULL: _("May be full at the moment: call before you go."),
}


def banner_sentences(told: Mapping[str, int]) -> list[str]:
    """ "Two people told us that …": one sentence a reason. `told`: {reason: how many}, of selectors.banners."""
    return [str(_SENTENCES[reason]) % {"people": _people(count)} for reason, count in told.items()]


def _people(count: int) -> str:
    return gettext("Two people") if count == 2 else gettext("Several people")


def card_warnings(service_pks: Iterable[int], today) -> dict[int, str]:
    """{service: one short sentence, about the gravest reason} for a page of results. One query."""
    found = banners(service_pks, today=today)
    return {pk: str(_SHORT[next(iter(told))]) for pk, told in found.items()}
