"""Who may import, export and merge, for which team, and which listings a file may change. The one place that knows."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.models import Team
from accounts.selectors import teams_where
from services import rights
from services.models import ImportRun, Organization, Service
from services.models.base import Listed

IMPORT, EXPORT, MERGE = "services.import_service", "services.export_service", "services.merge_service"


def may_import(user) -> bool:
    """Whether the user may import for some team."""
    return user.is_active and rights.holds_anywhere(user, IMPORT)


def teams_of(user) -> list[Team]:
    """The teams for which the user may import, by name."""
    teams = teams_where(user, IMPORT)
    found = Team.objects.order_by("name")
    return list(found if teams is None else found.filter(pk__in=teams))


def runs_of(user) -> QuerySet:
    """The imports that the user may see and go on with: the own ones and those of the own teams."""
    teams = teams_where(user, IMPORT)
    if teams is None:
        return ImportRun.objects.all()
    return ImportRun.objects.filter(Q(user=user) | Q(team__in=teams))


def may_write(user, service: Service) -> bool:
    """Whether the user may change this listing by a file."""
    return rights.holds(user, IMPORT, service)


def may_rename(user, organization: Organization) -> bool:
    """Whether the user may change this organisation's name by a file."""
    return rights.holds(user, IMPORT, organization)


def not_writable(user, pks: Iterable[int]) -> set[int]:
    """Of these services, those that the user may not change by a file; a query for each 500."""
    ordered = sorted(pks)
    found: set[int] = set()
    for start in range(0, len(ordered), 500):
        chunk = ordered[start : start + 500]
        mine = rights.within(Service.objects.filter(pk__in=chunk), user, IMPORT)
        found |= set(chunk) - set(mine.values_list("pk", flat=True))
    return found


def stewarded_by(team: Team | None, instances: Iterable[Listed]) -> None:
    """Put the team in charge of these unsaved objects."""
    for instance in instances:
        instance.steward_id = team.pk if team else None


def visible(user, services: QuerySet) -> QuerySet:
    """Of these services, those whose names the user may be told as possible duplicates."""
    return rights.visible(services, user)


def may_export(user) -> bool:
    """Whether the user may export at all."""
    return user.is_active and rights.holds_anywhere(user, EXPORT)


def exportable(user, services: QuerySet) -> QuerySet:
    """Of these services, those that the user may export."""
    return rights.within(services, user, EXPORT)


def may_merge_some(user) -> bool:
    """Whether the user may merge listings of some team."""
    return user.is_active and rights.holds_anywhere(user, MERGE)


def may_merge(user, kept: Service, other: Service) -> bool:
    """Whether the user may merge these two."""
    return rights.holds(user, MERGE, kept) and rights.holds(user, MERGE, other)
