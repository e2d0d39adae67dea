"""An agent who writes until killed, in a process of its own: each line printed is a write that was acknowledged.

The keys of the acts come from the seed, so that the next process repeats what the killed one began.
"""

import random
import uuid

from referrals.actions import orientations
from referrals.models import FollowUp, IdempotencyKey, Need, Orientation, OrientationEvent
from services.models import Service

from . import builders


def prepare() -> None:
    ada = builders.agent()
    service = builders.catalogue.service()
    for code in ("food", "care", "home"):
        builders.need(ada, about=builders.person(ada), code=code)
    print(service.pk)


def key_of(number: int) -> uuid.UUID:
    return uuid.UUID(int=random.Random(f"write {number}").getrandbits(128))


def write(first: int, last: int) -> None:
    ada = builders.agent()
    service, needs = Service.objects.get(), list(Need.objects.order_by("pk"))
    print("begun", flush=True)
    for number in range(first, last):
        need = needs[number % len(needs)]
        made = orientations.give(need=need, service=service, by=ada, key=key_of(number))
        print(number, made.uuid, flush=True)  # after the commit


def count() -> None:
    """Orientations, the keys, the rows of their history, the pending follow-ups, and what hangs in the air."""
    given = set(IdempotencyKey.objects.values_list("object_uuid", flat=True))
    there = set(Orientation.objects.values_list("uuid", flat=True))
    print(
        len(there),
        len(given & there),
        OrientationEvent.objects.count(),
        FollowUp.objects.filter(cancelled_at=None).count(),
        len(given ^ there),
    )


def look_up(numbers: list[int]) -> None:
    for number in numbers:
        print(number, IdempotencyKey.objects.get(key=key_of(number)).object_uuid)
