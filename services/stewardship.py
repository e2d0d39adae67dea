"""Which team is in charge of what: proposed by territory for what has none, changed by assignment or hand-over."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Team
from accounts.teams import COMMON

from . import changes
from .models import Change, Location, Organization, Service, ServiceAtLocation

CHUNK = 500


def team_of_bassin() -> dict[int, int]:
    """Primary key of a bassin → that of the team that works there; the first team by code where there are several."""
    pairs = Team.territories.through.objects.order_by("-team__code").values_list("territory", "team")
    return dict(pairs)


def assign(queryset: QuerySet, team: Team) -> int:
    """Put a team in charge of all these services, organisations or places; returns how many changed hands.

    Written beside drafts: a version that is published later keeps the new team (Listed.KEPT).
    """
    model = queryset.model
    pks = list(queryset.exclude(steward=team).order_by("pk").values_list("pk", flat=True))
    return _write(model, dict.fromkeys(pks, team.pk))


@transaction.atomic
def assign_by_territory() -> int:
    """Give every object that has no team the team of its bassin, or the common one; returns how many were given.

    A service follows its first place that lies in a team's bassin, then a bassin it serves; an organisation follows
    most of its services.
    """
    team_of = team_of_bassin()
    common = Team.objects.filter(code=COMMON).values_list("pk", flat=True).first()

    places = dict(Location.objects.filter(steward=None).values_list("pk", "bassin"))
    given = _write(Location, {pk: team_of.get(bassin, common) for pk, bassin in places.items()})

    services: dict[int, int | None] = dict.fromkeys(
        Service.objects.filter(steward=None).values_list("pk", flat=True)
    )
    areas = Service.objects.filter(steward=None, service_areas__territory__kind="bassin")
    where = [
        *areas.order_by("-service_areas__sort_order").values_list("pk", "service_areas__territory"),
        *ServiceAtLocation.objects.filter(service__steward=None)
        .order_by("-sort_order", "-pk")
        .values_list("service", "location__bassin"),
    ]
    for pk, bassin in where:  # the first place comes last, and stays
        if bassin in team_of:
            services[pk] = team_of[bassin]
    given += _write(Service, {pk: team or common for pk, team in services.items()})

    votes: dict[int, dict[int, int]] = {}
    pairs = Service.objects.filter(organization__steward=None).values_list("organization", "steward")
    for organization, team in pairs:
        counted = votes.setdefault(organization, {})
        counted[team] = counted.get(team, 0) + 1
    without = Organization.objects.filter(steward=None).values_list("pk", flat=True)
    chosen = {
        pk: max(votes[pk], key=lambda team: votes[pk][team]) if pk in votes else common for pk in without
    }
    return given + _write(Organization, chosen)


def _write(model, teams: Mapping[int, int | None]) -> int:
    """{object: team} in chunks through the one door; an object whose team is None is left as it is."""
    by_team: dict[int, list[int]] = {}
    for pk, team in teams.items():
        if team is not None:
            by_team.setdefault(team, []).append(pk)
    for team, pks in by_team.items():
        for start in range(0, len(pks), CHUNK):
            _put_in_charge(model, pks[start : start + CHUNK], team)
    return sum(len(pks) for pks in by_team.values())


def _put_in_charge(model, pks: Iterable[int], team: int) -> None:
    with changes.bulk_recording() as rows:
        found = model.objects.filter(pk__in=list(pks))
        rows += [(model, pk, uuid, Change.Verb.UPDATED) for pk, uuid in found.values_list("pk", "uuid")]
        found.update(steward=team)
