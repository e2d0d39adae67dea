"""A team's Monday: what waits for it, as numbers that each lead to their list."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from accounts.models import Team
from accounts.selectors import holds_everywhere, holds_in, roles_by_team
from search.models import SearchWithoutResult
from services import notices
from services.codes import SuggestionState, TranslationState
from services.models import Handover, ListingCare, ListingLanguage, Service, Suggestion

LOST_WEEKS = 4
ANSWER = "services.answer_suggestion"


@dataclass(frozen=True)
class Number:
    """One thing that waits: `count` of them stand in the list at `url`."""

    words: str
    count: int
    url: str
    icon: str


def teams_shown(user) -> list[Team]:
    """The teams whose numbers this user may see, by name."""
    teams = Team.objects.order_by("name")
    if holds_everywhere(user, "services.view_service"):
        return list(teams)
    return list(teams.filter(pk__in=roles_by_team(user).keys()))


def numbers(user, team: Team) -> list[Number]:
    """What waits in one team, each count from an index; what the user may not see is left out."""
    today = localdate()
    found: list[Number] = []

    def add(permission: str, words: str, count: int, icon: str, address: str, **query) -> None:
        if holds_in(user, permission, team.pk):
            found.append(Number(words, count, f"{address}?{urlencode(query)}", icon))

    care = ListingCare.objects.filter(steward=team, listed=True)
    counted = care.aggregate(
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        unverified=Count("pk", filter=Q(due_on=None)),
        unseen=Count("pk", filter=Q(shown=0)),
    )
    own = {"steward": team.pk}
    verify, to_verify = "services.verify_service", reverse("to_verify:index")
    add(verify, _("to verify again"), counted["overdue"], "history", to_verify, why="overdue", **own)
    add(verify, _("never verified"), counted["unverified"], "mobile-alt", to_verify, why="never", **own)

    waiting = Suggestion.objects.filter(steward=team, state=SuggestionState.OPEN).count()
    decide = reverse("suggestions:index")
    add(ANSWER, _("reports and suggestions to decide"), waiting, "mail", decide, state="open", team=team.pk)

    for language, state, words in _translation_work():
        count = ListingLanguage.objects.filter(
            steward=team, listed=True, language=language, state=state
        ).count()
        board = reverse("translations:board", args=[language])
        add("services.translate_service", words, count, "globe", board, state=state, **own)

    write, listings = "services.change_service", reverse("wagtailsnippets_services_service:list")
    ending = notices.of_team(team).filter(notices.when("ending", today)).count()
    add(
        write,
        _("notices that end within a week"),
        ending,
        "date",
        reverse("notices:index"),
        when="ending",
        team=team.pk,
    )
    drafts = Service.objects.filter(steward=team, live=False).count()
    add(write, _("drafts not published"), drafts, "edit", listings, live="false", **own)
    add(
        write,
        _("listings that no search has shown in 90 days"),
        counted["unseen"],
        "no-view",
        listings,
        shown="never",
        **own,
    )

    bassins = list(team.territories.filter(kind="bassin").values_list("code", flat=True))
    for code in bassins[:1]:
        since = localdate() - timedelta(weeks=LOST_WEEKS)
        address = reverse("lost_searches:index")
        words = _("searches here that found nothing, in four weeks")
        add(
            "search.view_searchwithoutresult",
            words,
            lost(code, since),
            "search",
            address,
            bassin=code,
            since=since,
        )

    offered = Handover.objects.filter(to_team=team, state="offered").count()
    if offered:
        add(
            "services.handover_service",
            _("offers of listings to decide"),
            offered,
            "resubmit",
            reverse("handovers"),
        )
    return found


def _translation_work() -> list[tuple[str, str, str]]:
    """(language, state, words) of what is counted: the two languages that every listing should have."""
    return [
        (code, state, words % {"language": get_language_info(code)["name_translated"]})
        for code, _name in settings.LANGUAGES[:2]
        for state, words in (
            (TranslationState.STALE, _("older than the original in %(language)s")),
            (TranslationState.MISSING, _("to translate: %(language)s")),
        )
    ]


def lost(bassin: str, since: date) -> int:
    """Searches that named a place in this bassin and found nothing, in weeks that begin at `since` or later."""
    rows = SearchWithoutResult.objects.filter(week__gte=since, bassin=bassin)
    return rows.aggregate(times=Sum("count"))["times"] or 0


class TeamPanel(Component):
    """On the admin's first page: one team's numbers, and a choice where the user has several."""

    name = "team"
    template_name = "directory_site/admin/dashboard.html"
    order = 10

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        teams = teams_shown(self.request.user)
        asked = self.request.GET.get("team", "")
        own = set(roles_by_team(self.request.user))
        team = next((one for one in teams if one.code == asked), None) or next(
            (one for one in teams if one.pk in own), teams[0] if teams else None
        )
        return {
            "teams": teams,
            "team": team,
            "numbers": numbers(self.request.user, team) if team else [],
        }
