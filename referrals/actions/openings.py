"""Finds a person by exact reference or number, and opens one of another team: with a reason, for some hours, reported.

Nothing says whether a file exists in another team until it is opened with a reason; every look-up is a row.
"""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Team
from audit.actor import acting
from referrals import access, references, selectors
from referrals.codes import AccessAction
from referrals.errors import BadValue
from referrals.models import Opening, Person
from referrals.texts import checked

from .limits import TooMany, within_limit
from .persons import phone_hash

__all__ = ["TooMany", "look_up", "open_other", "reason_of", "seen"]

SHORTEST_REASON = 10


def _named(text: str) -> QuerySet[Person] | None:
    """Whoever has exactly this reference or this number, in any team; None when the text is neither."""
    if reference := references.parse(text):
        one = Q(reference=reference, merged_into=None) | Q(merged__reference=reference)
        one |= Q(orientations__file__reference=reference)  # what a service says that calls about a file
        return Person.objects.filter(one, anonymised_at=None).distinct()
    if hashed := phone_hash(text):
        return Person.objects.filter(phones__number_hash=hashed, anonymised_at=None).distinct()
    return None


@transaction.atomic
def look_up(*, text: str, by, team: Team, permission: str = selectors.VIEW) -> list[Person]:
    """Persons of the user's teams with exactly this reference or number. Raises TooMany, BadValue when it is neither.

    Also one that is of another team and open to this user. A row is written whatever is found.
    """
    within_limit(by)
    found = _named(text)
    if found is None:
        raise BadValue("query", "a reference or a phone number")
    own = selectors.persons(by) if permission == selectors.VIEW else selectors.files(by, permission)
    rows = list(own.filter(pk__in=found.values("pk")).defer("contact_safety").order_by("-last_contact_on"))
    with acting(by):
        access.note(action=AccessAction.SEARCH, kind="person", count=len(rows), team=team.pk)
    return rows


def reason_of(text: str | None) -> str:
    """The reason as it is kept. Raises BadValue, NationalNumber."""
    reason = checked("reason", text, longest=200) or ""
    if len(reason) < SHORTEST_REASON:
        raise BadValue("reason", f"{SHORTEST_REASON} characters or more")
    return reason


@transaction.atomic
def open_other(*, text: str, reason: str, by, team: Team) -> list[Opening]:
    """Open who has exactly this reference or number in another team, for OTHER_TEAM_HOURS; none when nobody has.

    One that is open to this user already stays as it is. Raises TooMany, BadValue, NationalNumber; then nothing is open,
    whether there is such a person or not.
    """
    reason = reason_of(reason)
    within_limit(by)
    if not selectors.holds(by, selectors.OTHER, team.pk):
        raise BadValue("reason", "no right to open files of other teams")
    found = _named(text)
    if found is None:
        raise BadValue("query", "a reference or a phone number")
    now, own = timezone.now(), selectors.teams_holding(by, selectors.VIEW)
    made = []
    with acting(by):
        access.note(action=AccessAction.SEARCH, kind="person", team=team.pk)
        for person in found.exclude(team__in=own).defer("contact_safety"):
            there = Opening.objects.filter(user=by, person=person, until__gt=now).first()
            if there is None:
                there = Opening.objects.create(
                    person=person,
                    user=by,
                    team=team,
                    reason=reason,
                    until=now + timedelta(hours=settings.OTHER_TEAM_HOURS),
                )
            access.note(
                action=AccessAction.VIEW,
                kind="person",
                uuid=person.uuid,
                team=person.team_id,
                reason=access.OPENED,
            )
            made.append(there)
    return made


@transaction.atomic
def seen(*, teams: frozenset[int], shown: Collection[int], by) -> int:
    """A coordinator of these teams has read what the report showed (primary keys). Returns how many were new to them."""
    now, rows = timezone.now(), Opening.objects.filter(pk__in=shown)
    ours = rows.filter(team__in=teams, seen_at=None).update(seen_at=now)
    return ours + rows.filter(person__team__in=teams, owner_seen_at=None).update(owner_seen_at=now)
