"""How the admin names a suggestion, and the note on a listing's form that some are open."""

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import ngettext

from services.codes import ReportReason, SuggestionKind, SuggestionState
from services.models import Service, Suggestion
from services.suggestions.selectors import decidable, open_of
from services.suggestions.words import label_of


def subject_of(suggestion: Suggestion) -> str:
    """The listing's name, or the name that a new service was given."""
    if suggestion.service is not None and suggestion.kind != SuggestionKind.NEW_SERVICE:
        return str(suggestion.service)
    named = [change["after"] for change in suggestion.changes if change["field"] == "name"]
    return str(named[0]) if named else str(suggestion.get_kind_display())


def waiting_words(service: Service, user) -> list[tuple[str, str]]:
    """What the open suggestions about a listing say, (words, where to decide), for whoever calls about it.

    Who may not decide learns how many there are, not what was written: [(words, "")]. Three queries at most.
    """
    waiting = open_of(service)
    mine = (
        {one.pk for one in decidable(user).filter(pk__in=[one.pk for one in waiting])} if waiting else set()
    )
    if waiting and not mine:
        count = len(waiting)
        said = ngettext("%(count)d suggestion is open", "%(count)d suggestions are open", count)
        return [(said % {"count": count}, "")]
    found = []
    for one in waiting:
        reasons = [str(label) for code, label in ReportReason.choices if code in one.reasons]
        fields = dict.fromkeys(label_of(change["field"]) for change in one.changes)
        said = [
            ", ".join(reasons or fields) or str(one.get_kind_display()),
            Truncator(one.comment).chars(160),
        ]
        where = reverse("suggestions:decide", args=[one.uuid]) if one.pk in mine else ""
        found.append((" – ".join(part for part in said if part), where))
    return found


def open_note(service: Service, user) -> tuple[str, str] | None:
    """("2 suggestions are open", where they are), for who may decide about them; None when there are none."""
    count = decidable(user).filter(service=service.pk, state=SuggestionState.OPEN).count()
    if not count:
        return None
    said = ngettext("%(count)d suggestion is open", "%(count)d suggestions are open", count) % {
        "count": count
    }
    return said, f"{reverse('suggestions:index')}?service={service.pk}&state={SuggestionState.OPEN}"
