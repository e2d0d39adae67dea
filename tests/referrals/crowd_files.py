"""Whole files merged and forgotten while agents write in them: in a process of its own, like tests.referrals.crowd."""

import json
from collections import Counter
from datetime import timedelta

from django.utils import timezone

from referrals import states
from referrals.actions import calls, consents, expiry, follow_ups, forgetting, merging, orientations, persons
from referrals.errors import ReferralError
from referrals.models import Call, Consent, FollowUp, Need, Orientation, Person, PersonIdentity, PersonPhone

from . import builders
from .crowd import at_once


def files_at_once(rounds: int) -> None:
    """Nobody waits for ever, nothing fails but by refusal, and nothing is left with a file that is gone."""
    ada, bob, service = builders.agent(), builders.agent("bob"), builders.catalogue.service()
    errors: Counter[str] = Counter()
    for number in range(rounds):
        one, two = builders.person(ada), builders.person(ada)
        call = builders.call(ada, about=one)
        needs = [builders.need(ada, of=call, code=code) for code in ("food", "care")]
        theirs = builders.need(ada, about=two)
        kept, sent, other = (
            orientations.give(need=need, service=service, by=ada) for need in [*needs, theirs]
        )
        Orientation.objects.filter(pk=sent.pk).update(mode="file_transmitted")
        agreed = [
            consents.give(person=one, kind=kind, by=ada, script_version="1", service_uuid=service.uuid)
            for kind in ("transmit", "contact")
        ]
        new, later = builders.call(bob), timezone.now() + timedelta(days=60)
        mine = FollowUp.objects.filter(team=call.team_id, assignee=ada)
        forget = [
            lambda one=one: forgetting.erase(person=one, by=bob),
            lambda one=one, two=two: merging.merge(kept=one, other=two, by=bob),
        ]
        acts = [
            *(lambda row=row: consents.withdraw(consent=row, by=ada) for row in agreed),
            lambda kept=kept: orientations.move(orientation=kept, to=states.FAILED, by=ada, reason="full"),
            lambda other=other: orientations.move(orientation=other, to=states.ACCEPTED, by=ada),
            lambda theirs=theirs: orientations.give(need=theirs, service=service, by=bob),
            lambda new=new, one=one: calls.set_person(call=new, person=one, by=bob),
            lambda call=call: follow_ups.set_call_back(call=call, at=builders.now(), by=bob),
            lambda one=one, number=number: persons.add_phone(
                person=one, number=f"0470 12 34 {number % 100:02d}", by=bob
            ),
            lambda two=two: persons.identify(person=two, first_name="Zoé", by=bob),
            lambda one=one: persons.oppose(person=one, by=ada),
            lambda mine=mine: follow_ups.reassign(rows=mine, to=bob, by=bob),
            lambda later=later: expiry.expire(later),
        ]
        # Merged or erased first, last, or both at once.
        found = at_once([*forget, *acts] if number % 2 else [forget[number // 2 % 2], *acts])
        errors.update(
            f"{type(error).__name__}: {error}"
            for error in found
            if isinstance(error, Exception) and not isinstance(error, ReferralError)
        )
    gone = Person.objects.exclude(anonymised_at=None)
    left = {
        model.__name__: model.objects.filter(person__in=gone).count()
        for model in (Call, Need, Orientation, FollowUp, Consent, PersonPhone, PersonIdentity)
    }
    merged = Person.objects.exclude(merged_into=None)
    left |= {
        f"merged {model.__name__}": model.objects.filter(person__in=merged).count()
        for model in (Call, Need, Orientation, FollowUp, Consent, PersonPhone, PersonIdentity)
    }
    print(
        json.dumps({"errors": dict(errors), "left": {name: count for name, count in left.items() if count}})
    )
