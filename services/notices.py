"""Temporary notices by when they are shown: current, soon, ending, without an end, past. Computed by the day, never stored."""

from datetime import date, timedelta

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.selectors import teams_where

from .models import Notice
from .rules import NOTICE_INCOMING_DAYS, notice_state

ENDING_DAYS = 7
# A notice without a last day that has stood so long is probably forgotten.
FORGOTTEN_DAYS = 30

STATES = {
    "current": _("Shown now"),
    "incoming": _("Shown, begins soon"),
    "ending": _("Ends within 7 days"),
    "endless": _("Without a last day for over 30 days"),
    "future": _("Later: not shown yet"),
    "past": _("Past: no longer shown"),
}


def of_teams(user) -> QuerySet[Notice]:
    """The notices of listings that this user may write, with `listing` (primary key) and `rank`: current ones first."""
    found = Notice.objects.annotate(listing=Coalesce("service", "service_at_location__service"))
    teams = teams_where(user, "services.change_service")
    if teams is None:
        return found
    own = Q(service__steward__in=teams) | Q(service_at_location__service__steward__in=teams)
    return found.filter(own)


def of_team(team) -> QuerySet[Notice]:
    """The notices of the listings that this team is in charge of."""
    return Notice.objects.filter(Q(service__steward=team) | Q(service_at_location__service__steward=team))


def when(state: str, today: date) -> Q:
    """The condition of a state of STATES; the same days as `rules.notice_state`. Raises KeyError."""
    soon = today + timedelta(days=NOTICE_INCOMING_DAYS)
    over = Q(ends_on__lt=today)
    return {
        "current": Q(starts_on__lte=today) & ~over,
        "incoming": Q(starts_on__gt=today, starts_on__lte=soon),
        "ending": Q(
            starts_on__lte=today, ends_on__gte=today, ends_on__lte=today + timedelta(days=ENDING_DAYS)
        ),
        "endless": Q(starts_on__lt=today - timedelta(days=FORGOTTEN_DAYS), ends_on=None),
        "future": Q(starts_on__gt=soon),
        "past": over,
    }[state]


def ordered(queryset: QuerySet[Notice], today: date) -> QuerySet[Notice]:
    """Current first, those that end soonest on top; then by their first day; past ones last."""
    states = ("current", "incoming", "future", "past")
    rank = Case(
        *(When(when(state, today), then=Value(place)) for place, state in enumerate(states)),
        default=Value(len(states)),
        output_field=IntegerField(),
    )
    return queryset.annotate(rank=rank).order_by("rank", F("ends_on").asc(nulls_last=True), "starts_on", "pk")


def state_of(notice: Notice, today: date) -> str:
    """Its state in the active language; one that ends soon or never says so."""
    state: str = notice_state(notice.starts_on, notice.ends_on, today)
    if state == "current" and notice.ends_on and (notice.ends_on - today).days <= ENDING_DAYS:
        state = "ending"
    if state == "current" and notice.ends_on is None and (today - notice.starts_on).days > FORGOTTEN_DAYS:
        state = "endless"
    return str(STATES[state])
