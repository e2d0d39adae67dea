"""How the admin names a suggestion, and the note on a listing's form that some are open."""

from django.urls import reverse
from django.utils.translation import ngettext

from services.codes import SuggestionKind, SuggestionState
from services.models import Service, Suggestion
from services.suggestions.selectors import decidable


def subject_of(suggestion: Suggestion) -> str:
    """The listing's name, or the name that a new service was given."""
    if suggestion.service is not None and suggestion.kind != SuggestionKind.NEW_SERVICE:
        return str(suggestion.service)
    named = [change["after"] for change in suggestion.changes if change["field"] == "name"]
    return str(named[0]) if named else str(suggestion.get_kind_display())


def open_note(service: Service, user) -> tuple[str, str] | None:
    """("2 suggestions are open", where they are), for who may decide about them; None when there are none."""
    count = decidable(user).filter(service=service.pk, state=SuggestionState.OPEN).count()
    if not count:
        return None
    said = ngettext("%(count)d suggestion is open", "%(count)d suggestions are open", count) % {
        "count": count
    }
    return said, f"{reverse('suggestions:index')}?service={service.pk}&state={SuggestionState.OPEN}"
