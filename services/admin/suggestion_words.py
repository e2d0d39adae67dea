"""How the admin names a suggestion, what agents say about a listing, and the note on its form that some are open."""

from collections.abc import Collection

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import ngettext

from services.codes import ReportReason, SuggestionChannel, SuggestionKind, SuggestionState
from services.models import Service, Suggestion
from services.reports import rules
from services.reports.selectors import open_reports, open_rows
from services.reports.words import lines
from services.suggestions.selectors import decidable, open_of
from services.suggestions.words import label_of


def subject_of(suggestion: Suggestion) -> str:
    """The listing's name, or the name that a new service was given."""
    if suggestion.service is not None and suggestion.kind != SuggestionKind.NEW_SERVICE:
        return str(suggestion.service)
    named = [change["after"] for change in suggestion.changes if change["field"] == "name"]
    return str(named[0]) if named else str(suggestion.get_kind_display())


def with_agent_reports(path: str) -> Prefetch:
    """For `prefetch_related`: the open reports of agents about the service at `path`, for `agents_say`. One query."""
    rows = open_rows(timezone.localdate())
    return Prefetch(f"{path}__agent_reports", queryset=rows, to_attr="open_agent_reports")


def agents_say(service: Service, reasons: Collection[str] = rules.REASONS) -> list[str]:
    """ "Wrong number according to 2 agents, the last 2 h ago": a line for each of the reasons that is reported.

    Needs `with_agent_reports`.
    """
    told = [report for report in service.open_agent_reports if report.reason in reasons]
    return [line.text for line in lines(told, timezone.now())]


def waiting_words(service: Service, user) -> list[tuple[str, str]]:
    """What the open suggestions about a listing say, (words, where to decide), for whoever calls about it.

    What agents reported is said to everybody who calls. Of the others, who may not decide learns how many there are, not
    what was written: (words, ""). Four queries at most.
    """
    waiting = open_of(service)
    mine = (
        {one.uuid for one in decidable(user).filter(pk__in=[one.pk for one in waiting])} if waiting else set()
    )
    found = _agents_words(service, mine) if waiting else []
    waiting = [one for one in waiting if one.channel != SuggestionChannel.AGENT]
    if waiting and not mine:
        count = len(waiting)
        said = ngettext("%(count)d suggestion is open", "%(count)d suggestions are open", count)
        return [*found, (said % {"count": count}, "")]
    for one in waiting:
        reasons = [str(label) for code, label in ReportReason.choices if code in one.reasons]
        fields = dict.fromkeys(label_of(change["field"]) for change in one.changes)
        said = [
            ", ".join(reasons or fields) or str(one.get_kind_display()),
            Truncator(one.comment).chars(160),
        ]
        where = reverse("suggestions:decide", args=[one.uuid]) if one.uuid in mine else ""
        found.append((" – ".join(part for part in said if part), where))
    return found


def others_say(suggestion: Suggestion) -> list[str]:
    """What all agents say for the reasons of this report; [] when nobody but this one agent says it. One query."""
    if suggestion.channel != SuggestionChannel.AGENT or suggestion.service_id is None:
        return []
    told = open_reports([suggestion.service_id], today=timezone.localdate()).get(suggestion.service_id, [])
    same = [report for report in told if report.reason in suggestion.reasons]
    return [line.text for line in lines(same, timezone.now())] if len(same) > 1 else []


def _agents_words(service: Service, mine: set) -> list[tuple[str, str]]:
    """A line a reason with the notes of the calls; the newest report is the one to decide about, for all that say so."""
    told = open_reports([service.pk], today=timezone.localdate()).get(service.pk, [])
    found = []
    for line in lines(told, timezone.now()):
        said = " – ".join([line.text, *(Truncator(note).chars(160) for note in line.notes)])
        uuid = line.report.suggestion
        found.append((said, reverse("suggestions:decide", args=[uuid]) if uuid in mine else ""))
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
