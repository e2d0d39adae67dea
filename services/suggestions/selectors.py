"""Reads of suggestions: whose they are to decide, and how many wait."""

from django.db.models import Q, QuerySet

from accounts.selectors import teams_where
from services import rights
from services.codes import SuggestionState
from services.models import Service, Suggestion

ANSWER = "services.answer_suggestion"


def decidable(user) -> QuerySet[Suggestion]:
    """The suggestions about which this user may decide: of the listings of the own teams, wherever they were handed to
    since, and new services for the own teams."""
    found = Suggestion.objects.all()
    teams = teams_where(user, ANSWER)
    if teams is None:
        return found
    return found.filter(Q(service__steward__in=teams) | Q(service=None, steward__in=teams))


def may_decide(user) -> bool:
    """Whether this user decides about suggestions of any team."""
    return rights.holds_anywhere(user, ANSWER)


def open_count(user) -> int:
    return decidable(user).filter(state=SuggestionState.OPEN).count()


def open_of(service: Service) -> list[Suggestion]:
    """The open ones about a listing, the oldest first."""
    return list(service.suggestions.filter(state=SuggestionState.OPEN).order_by("created_at", "pk"))
