"""Figures of the desk by month and bassin: live rows and what is left of forgotten ones, added. Nothing about anybody.

A month is "2026-11" (Europe/Brussels, of the need's noting); a bassin is its code, "" where it is not known. What leaves
this house goes through referrals.small_counts; the workload is for those who lead the team and is exact.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from accounts.models import Team, User

from .codes import FollowUpKind
from .models import Call, FollowUp, MonthlyBarrier, MonthlyCount, Need, Orientation

Teams = Collection[int]


class NeedKey(NamedTuple):
    """One kind of need: in this month and bassin, of this term (code), with this status and outcome (codes, "" unknown)."""

    month: str
    bassin: str
    term: str
    status: str
    outcome: str


class BarrierKey(NamedTuple):
    month: str
    bassin: str
    barrier: str


def start_of(month: str) -> datetime:
    """The first moment of "2026-11"."""
    return timezone.make_aware(datetime.combine(date.fromisoformat(f"{month}-01"), time()))


def after(month: str) -> str:
    """The month that follows."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def months(first: str, last: str) -> list[str]:
    """All from the first to the last, both counted; empty when they stand the wrong way round."""
    found = []
    while first <= last:
        found.append(first)
        first = after(first)
    return found


def _since(rows: QuerySet, field: str, first: str, last: str) -> QuerySet:
    return rows.filter(**{f"{field}__gte": start_of(first), f"{field}__lt": start_of(after(last))})


def _days(rows: QuerySet, first: str, last: str) -> QuerySet:
    return rows.filter(month__gte=f"{first}-01", month__lte=f"{last}-01")


def needs(teams: Teams, first: str, last: str) -> Counter[NeedKey]:
    """How many needs of each kind were noted in these months. Two queries."""
    found: Counter[NeedKey] = Counter()
    live = _since(Need.objects.filter(team__in=teams), "created_at", first, last)
    columns = ("month", "call__bassin", "term__code", "status", "outcome")
    for month, *kind, count in (
        live.order_by()
        .annotate(month=TruncMonth("created_at"))
        .values(*columns)
        .annotate(count=Count("pk"))
        .values_list(*columns, "count")
    ):
        found[NeedKey(f"{month:%Y-%m}", *kind)] += count
    forgotten = _days(MonthlyCount.objects.filter(team__in=teams), first, last)
    columns = ("month", "bassin", "need", "status", "outcome")
    for month, *kind, count in (
        forgotten.order_by().values(*columns).annotate(all=Sum("count")).values_list(*columns, "all")
    ):
        found[NeedKey(f"{month:%Y-%m}", *kind)] += count
    return found


def barriers(teams: Teams, first: str, last: str) -> Counter[BarrierKey]:
    """In how many needs of these months each barrier was met. A need may have several. Two queries."""
    found: Counter[BarrierKey] = Counter()
    live = _since(Need.objects.filter(team__in=teams).exclude(barriers=[]), "created_at", first, last)
    rows = live.values_list("created_at", "call__bassin", "barriers")
    for at, bassin, codes in rows.iterator(chunk_size=5000):
        month = f"{timezone.localtime(at):%Y-%m}"
        for code in codes:
            found[BarrierKey(month, bassin, code)] += 1
    for at, bassin, code, count in _days(
        MonthlyBarrier.objects.filter(team__in=teams), first, last
    ).values_list("month", "bassin", "barrier", "count"):
        found[BarrierKey(f"{at:%Y-%m}", bassin, code)] += count
    return found


@dataclass
class Work:
    """What one agent did in some months, and what waits for them now."""

    agent: User
    calls: int = 0
    needs: int = 0
    given: int = 0
    done: int = 0
    pending: int = 0
    today: int = 0
    overdue: int = 0

    @property
    def left(self) -> bool:
        """Somebody whose account is closed, with work that waits: it has to be handed over."""
        return not self.agent.is_active and self.pending > 0


def workload(team: Team, first: str, last: str, now: datetime) -> list[Work]:
    """By agent, whoever has most overdue first. Expiry is the machine's and not counted. Five queries."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = today + timedelta(days=1)
    counted: dict[int, Counter[str]] = {}

    def count(rows: QuerySet, who: str, **wanted: Q | None) -> None:
        totals = {name: Count("pk", filter=condition) for name, condition in wanted.items()}
        for row in rows.order_by().values(who).annotate(**totals).values(who, *totals):
            mine = counted.setdefault(row[who], Counter())
            mine.update({name: row[name] for name in totals})

    calls = _since(Call.objects.filter(team=team), "started_at", first, last)
    count(calls, "agent", calls=None)
    count(_since(Need.objects.filter(team=team), "created_at", first, last), "call__agent", needs=None)
    count(_since(Orientation.objects.filter(team=team), "created_at", first, last), "author", given=None)
    people = FollowUp.objects.filter(team=team).exclude(kind=FollowUpKind.EXPIRY)
    count(_since(people.exclude(done_by=None), "done_at", first, last), "done_by", done=None)
    count(
        people.filter(done_at=None, cancelled_at=None),
        "assignee",
        pending=None,
        today=Q(due_at__gte=today, due_at__lt=tomorrow),
        overdue=Q(due_at__lt=today),
    )
    members = User.objects.filter(Q(pk__in=counted) | Q(memberships__team=team, memberships__role="agent"))
    found = [Work(agent, **counted.get(agent.pk, {})) for agent in members.distinct()]
    found = [one for one in found if one.agent.is_active or counted.get(one.agent.pk)]
    return sorted(found, key=lambda one: (-one.overdue, -one.pending, one.agent.get_username()))
