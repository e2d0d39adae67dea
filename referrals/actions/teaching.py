"""What an orientation teaches about a listing goes to the listing's team, as a suggestion to look at."""

from collections.abc import Callable

from django.conf import settings
from django.utils import translation

from services.codes import ReportReason
from services.models import Service
from services.suggestions.actions import suggest_correction


def suspect(service: Service, *, said: Callable[[], str], language: str, channel: str) -> None:
    """`said`: gettext of our own words, worded in the team's language; never what somebody typed, which may be about a person."""
    with translation.override(service.steward.language if service.steward else settings.LANGUAGE_CODE):
        comment = said()
    suggest_correction(
        service=service,
        changes=[],
        reasons=[ReportReason.OTHER],
        comment=comment,
        language=language,
        channel=channel,
    )
