"""Asks organisations whether their listings are still correct, reminds them, and tells their team when they are silent.

An organisation gets one mail in QUIET_DAYS, about all that is due there; a listing has one open question at most; a team
gets one digest a week. Nothing is sent unless DIRECTORY_ASK_ORGANISATIONS is set, and invented examples and the
listings that came with the project are never asked about.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Team
from audit.actor import acting
from audit.models import AuditEntry
from outbox.actions import enqueue
from outbox.models import Message, State
from services.care.rules import VERIFIED_LIFECYCLES
from services.codes import VerificationRequestState
from services.models import Organization, Service, VerificationRequest

from . import letters, rules

KIND, DIGEST_KIND = "verification", "verification_digest"
SCHEDULER = "scheduler"
# Whoever did not answer is called, not asked again by mail, for so long.
ASK_AGAIN_DAYS = 90
LOOKED_AT = 2000  # listings a run, the most urgent
MAILS_A_RUN = 100  # an hour; a mail server that has never met us takes more for spam
_OPEN = VerificationRequestState.SENT


@dataclass
class Asked:
    """How many mails of each kind one run queued, and how many questions it closed."""

    questions: int = 0
    reminders: int = 0
    digests: int = 0
    expired: int = 0
    failed: int = 0

    def __str__(self) -> str:
        return (
            f"{self.questions} questions, {self.reminders} reminders, {self.digests} digests queued; "
            f"{self.expired} expired, {self.failed} could not be delivered"
        )


def send_due_requests(now: datetime | None = None) -> Asked:
    """For the scheduler, every hour; a second run at the same moment finds nothing to do."""
    now, done = now or timezone.now(), Asked()
    with acting(SCHEDULER):
        done.failed = _close(_given_up(), VerificationRequestState.FAILED)
        done.expired = _close(_over(now), VerificationRequestState.EXPIRED)
        if settings.DIRECTORY_ASK_ORGANISATIONS:
            done.reminders = _remind(now)
            done.digests = _tell_teams(now)
            done.questions = _ask(now)
    return done


def _given_up() -> QuerySet:
    return VerificationRequest.objects.filter(state=_OPEN, message__state=State.GIVEN_UP)


def _over(now: datetime) -> QuerySet:
    return VerificationRequest.objects.filter(state=_OPEN, expires_at__lte=now)


def _close(requests: QuerySet, state: str) -> int:
    closed = 0
    for request in requests:
        with transaction.atomic():
            locked = (
                VerificationRequest.objects.select_for_update().filter(pk=request.pk, state=_OPEN).first()
            )
            if locked is not None:
                locked.state = state
                locked.save(update_fields=["state"])  # one by one: its listing's urgency follows the save
                closed += 1
    return closed


def _still_due(requests: QuerySet) -> QuerySet:
    """Without those that somebody verified since they were asked about."""
    verified_since = Q(service__verified_on__gte=F("sent_at__date"))
    return requests.filter(state=_OPEN, service__live=True).exclude(verified_since)


def address_of(service: Service) -> str:
    return (service.email or service.organization.email).strip()


# The reminder.


def _remind(now: datetime) -> int:
    due = _still_due(VerificationRequest.objects.all()).filter(
        step=rules.FIRST,
        last_sent_at__lte=now - timedelta(days=rules.REMIND_AFTER_DAYS),
        sent_at__gt=now - timedelta(days=rules.TELL_TEAM_AFTER_DAYS),
        service__organization__ask_by_email=True,
    )
    organizations = due.order_by("last_sent_at").values_list("service__organization", flat=True)
    sent = 0
    for organization in list(dict.fromkeys(organizations))[:MAILS_A_RUN]:
        with transaction.atomic():
            locked = Organization.objects.select_for_update().get(pk=organization)
            if not _quiet(locked, now):
                continue
            requests = _with_services(due.filter(service__organization=locked))
            groups = _by_address(requests, lambda request: request.service)
            if groups:
                address, chosen = next(iter(groups.items()))
                sent += _mail(locked, chosen[: rules.LISTINGS_A_MAIL], address, rules.REMINDER, now)
    return sent


def _quiet(organization: Organization, now: datetime) -> bool:
    """Whether it got no mail lately."""
    since = now - timedelta(days=rules.QUIET_DAYS)
    return not VerificationRequest.objects.filter(
        service__organization=organization, last_sent_at__gt=since
    ).exists()


def _with_services(requests: QuerySet) -> list[VerificationRequest]:
    related = ("service__organization", "service__steward")
    return list(requests.select_related(*related).order_by("sent_at", "pk"))


def _by_address(items: Iterable[Any], service_of: Callable[[Any], Service]) -> dict[str, list[Any]]:
    """By mailbox, in the order of the items; what has none is left out."""
    groups: dict[str, list[Any]] = {}
    for item in items:
        if address := address_of(service_of(item)):
            groups.setdefault(address.lower(), []).append(item)
    return groups


def _mail(
    organization: Organization,
    requests: Sequence[VerificationRequest],
    address: str,
    step: int,
    now: datetime,
) -> int:
    """Queue one mail about these questions and note it on each; 1."""
    for request in requests:
        request.step, request.last_sent_at = step, now
        request.expires_at = rules.expires_at(now)
    letter = letters.question(
        organization=organization, requests=requests, recipient=address, reminder=step > rules.FIRST
    )
    message = enqueue(
        kind=KIND,
        channel="email",
        recipient=address,
        subject=letter.subject,
        body=letter.body,
        html=letter.html,
        language=letter.language,
        idempotency_key=f"{KIND}:{requests[0].uuid}:{step}",
        about_kind="organization",
        about_id=organization.uuid,
    )
    for request in requests:
        request.message = message
        request.save()
    return 1


# The first question.


def candidates(now: datetime) -> QuerySet:
    """Services that may be asked about now, the most urgent first."""
    today = timezone.localdate(now)
    recently = VerificationRequest.objects.filter(
        service=OuterRef("pk"), last_sent_at__gt=now - timedelta(days=ASK_AGAIN_DAYS)
    )
    opened = VerificationRequest.objects.filter(service=OuterRef("pk"), state=_OPEN)
    asked_there = VerificationRequest.objects.filter(
        service__organization=OuterRef("organization"),
        last_sent_at__gt=now - timedelta(days=rules.QUIET_DAYS),
    )
    last_day = today + timedelta(days=rules.ASK_BEFORE_DAYS)
    return (
        Service.objects.filter(
            Q(care__due_on=None) | Q(care__due_on__lte=last_day),
            care__listed=True,
            lifecycle__in=VERIFIED_LIFECYCLES,
            is_example=False,
            organization__is_example=False,
            organization__ask_by_email=True,
        )
        .exclude(email="", organization__email="")
        .filter(~Exists(recently), ~Exists(opened), ~Exists(asked_there))
        .order_by("-care__urgency", "pk")
    )


def _ask(now: datetime) -> int:
    found = list(candidates(now).select_related("organization", "steward")[:LOOKED_AT])
    shipped = _came_with_the_project(found)
    by_organization: dict[int, list[Service]] = {}
    for service in found:
        if service.pk not in shipped:
            by_organization.setdefault(service.organization_id, []).append(service)
    used = _mailboxes_in_use(now)
    sent = 0
    for organization, services in by_organization.items():
        if sent >= MAILS_A_RUN:
            break
        for address, due in _by_address(services, lambda service: service).items():
            if address not in used:  # several organisations may share one
                used.add(address)
                sent += _ask_one(organization, due[: rules.LISTINGS_A_MAIL], address, now)
                break
    return sent


def _came_with_the_project(services: Sequence[Service]) -> set[int]:
    """Listings that the fixtures made: their addresses are of real organisations, who never heard of this site."""
    uuids = {str(service.uuid): service.pk for service in services}
    made = AuditEntry.objects.filter(
        object_kind="service", object_id__in=list(uuids), action="service.created", actor_label="fixtures"
    )
    return {uuids[uuid] for uuid in made.values_list("object_id", flat=True)}


def _mailboxes_in_use(now: datetime) -> set[str]:
    """Addresses that got a mail in QUIET_DAYS, also for another organisation."""
    recent = VerificationRequest.objects.filter(last_sent_at__gt=now - timedelta(days=rules.QUIET_DAYS))
    rows = recent.values_list("service__email", "service__organization__email").distinct()
    return {(own or organization).strip().lower() for own, organization in rows}


@transaction.atomic
def _ask_one(pk: int, services: Sequence[Service], address: str, now: datetime) -> int:
    organization = Organization.objects.select_for_update().get(pk=pk)
    if not _quiet(organization, now) or not organization.ask_by_email:
        return 0
    try:
        validate_email(address)
    except ValidationError:
        # An import may have brought it. Noted as a mail that could not be delivered, so that the team sees it.
        for service in services:
            _question(service, now, state=VerificationRequestState.FAILED).save()
        return 0
    requests = [_question(service, now) for service in services]
    return _mail(organization, requests, address, rules.FIRST, now)


def _question(service: Service, now: datetime, state: str = _OPEN) -> VerificationRequest:
    return VerificationRequest(
        service=service,
        step=rules.FIRST,
        state=state,
        sent_at=now,
        last_sent_at=now,
        expires_at=rules.expires_at(now),
    )


# The team.


def _tell_teams(now: datetime) -> int:
    """Each team hears once a week of those who are silent; from then on they stand higher in its list."""
    silent = _still_due(VerificationRequest.objects.all()).filter(
        step__lt=rules.TEAM, sent_at__lte=now - timedelta(days=rules.TELL_TEAM_AFTER_DAYS)
    )
    teams = Team.objects.filter(pk__in=silent.order_by().values("service__steward")).order_by("pk")
    return sum(_tell_team(team, silent.filter(service__steward=team), now) for team in teams)


@transaction.atomic
def _tell_team(team: Team, silent: QuerySet, now: datetime) -> int:
    team = Team.objects.select_for_update().get(pk=team.pk)
    lately = Message.objects.filter(
        kind=DIGEST_KIND,
        about_kind="team",
        about_id=team.uuid,
        created_at__gt=now - timedelta(days=rules.DIGEST_DAYS),
    )
    if lately.exists():
        return 0
    requests = list(silent.select_related("service__organization").order_by("-service__care__urgency", "pk"))
    for request in requests:
        request.step = rules.TEAM
        request.save(update_fields=["step"])
    if not requests or not team.email:
        return 0
    letter = letters.digest(team=team, requests=requests)
    enqueue(
        kind=DIGEST_KIND,
        channel="email",
        recipient=team.email,
        subject=letter.subject,
        body=letter.body,
        html=letter.html,
        language=letter.language,
        idempotency_key=f"{DIGEST_KIND}:{team.uuid}:{now:%Y-%m-%d}",
        about_kind="team",
        about_id=team.uuid,
    )
    return 1
