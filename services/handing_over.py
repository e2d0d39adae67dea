"""Listings change hands: a team offers, another accepts; what only these listings use goes with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from accounts.models import Team
from audit.actions import record

from . import rights
from .codes import HandoverState
from .models import Handover, Location, Organization, Service
from .stewardship import assign

PERMISSION = "services.handover_service"


class HandoverRefused(Exception):
    """Why an offer cannot be made or decided; the message is for the person who tried."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code  # "same_team", "nothing", "not_yours", "not_for_you", "decided"


@dataclass(frozen=True)
class Accepted:
    moved: int
    left: list[Service]  # changed hands or were offered elsewhere meanwhile


def concerning(user) -> QuerySet:
    """The offers from and to the teams in which this user decides about them, newest first."""
    found = Handover.objects.select_related("from_team", "to_team", "offered_by", "decided_by")
    teams = rights.teams_where(user, PERMISSION)
    return found if teams is None else found.filter(Q(from_team__in=teams) | Q(to_team__in=teams))


def decides(user, handover: Handover) -> bool:
    """Whether the user may accept or decline it."""
    return handover.state == HandoverState.OFFERED and _holds(user, handover.to_team)


def withdraws(user, handover: Handover) -> bool:
    return handover.state == HandoverState.OFFERED and _holds(user, handover.from_team)


def _holds(user, team: Team) -> bool:
    teams = rights.teams_where(user, PERMISSION)
    return teams is None or team.pk in teams


@transaction.atomic
def offer(*, services: Iterable[Service], to_team: Team, by, reason: str = "") -> list[Handover]:
    """One offer for each team that is in charge of some of these services; raises HandoverRefused.

    A service that is already offered stays in its first offer.
    """
    by_team: dict[Team, list[Service]] = {}
    for service in services:
        if not rights.holds(by, PERMISSION, service) or service.steward is None:
            raise HandoverRefused("not_yours")
        if service.steward != to_team:
            by_team.setdefault(service.steward, []).append(service)
    offered = set(Handover.objects.filter(state=HandoverState.OFFERED).values_list("services", flat=True))
    made = []
    for team, found in by_team.items():
        free = [service for service in found if service.pk not in offered]
        if free:
            handover = Handover.objects.create(from_team=team, to_team=to_team, reason=reason, offered_by=by)
            handover.services.set(free)
            _tell("offered", handover, len(free))
            made.append(handover)
    if not made:
        raise HandoverRefused("nothing" if by_team else "same_team")
    return made


@transaction.atomic
def accept(handover: Handover, *, by, answer: str = "") -> Accepted:
    """The listings that are still the offering team's go to the other; raises HandoverRefused."""
    handover = _open(handover, by, decides)
    offered = list(handover.services.select_related("steward"))
    own = [service for service in offered if service.steward_id == handover.from_team_id]
    moved = assign(Service.objects.filter(pk__in=[service.pk for service in own]), handover.to_team)
    _take_along(handover, own)
    _decide(handover, HandoverState.ACCEPTED, by, answer)
    _tell("accepted", handover, moved)
    return Accepted(moved, [service for service in offered if service not in own])


@transaction.atomic
def decline(handover: Handover, *, by, answer: str = "") -> None:
    """Raises HandoverRefused."""
    handover = _open(handover, by, decides)
    _decide(handover, HandoverState.DECLINED, by, answer)
    _tell("declined", handover, handover.services.count())


@transaction.atomic
def withdraw(handover: Handover, *, by) -> None:
    """Raises HandoverRefused."""
    handover = _open(handover, by, withdraws)
    _decide(handover, HandoverState.WITHDRAWN, by, "")
    _tell("withdrawn", handover, handover.services.count())


def _open(handover: Handover, by, may) -> Handover:
    """The offer, locked; two who decide at once: the second is told."""
    handover = Handover.objects.select_for_update().get(pk=handover.pk)
    if handover.state != HandoverState.OFFERED:
        raise HandoverRefused("decided")
    if not may(by, handover):
        raise HandoverRefused("not_for_you")
    return handover


def _take_along(handover: Handover, services: list[Service]) -> None:
    """Organisations and places of the offering team that no listing of hers uses any more."""
    pks = [service.pk for service in services]
    hers = Service.objects.filter(steward=handover.from_team)
    organizations = Organization.objects.filter(steward=handover.from_team, services__in=pks)
    assign(organizations.exclude(services__in=hers).distinct(), handover.to_team)
    places = Location.objects.filter(steward=handover.from_team, service_at_locations__service__in=pks)
    assign(places.exclude(service_at_locations__service__in=hers).distinct(), handover.to_team)


def _decide(handover: Handover, state: str, by, answer: str) -> None:
    handover.state, handover.decided_by, handover.decided_at, handover.answer = state, by, now(), answer
    handover.save()


def _tell(verb: str, handover: Handover, count: int) -> None:
    detail = {"from": handover.from_team.code, "to": handover.to_team.code, "listings": count}
    record(action=f"handover.{verb}", object_kind="handover", object_id=handover.uuid, detail=detail)
