"""Every address of the desk that names an object, tried by all roles of another team: 404, not a word, not a row.

New addresses are found by the resolver. A parameter is filled by its name: `uuid` is tried with every kind of object.
"""

import random
from datetime import timedelta
from itertools import product

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import sync_roles
from accounts.models import Membership
from accounts.roles import ROLE_CODES
from referrals.actions import calls, consents, follow_ups, orientations, persons
from referrals.models import AccessRow
from tests.referrals import builders
from tests.services import builders as catalogue

from .addresses import Address, every_address

pytestmark = pytest.mark.django_db
TRIES = 2000
CANARY = "Canari"
NUMBER = "+32470998877"


@pytest.fixture
def theirs(db) -> dict[str, object]:
    """What an agent of another team keeps of a person."""
    return kept_by(builders.agent("eve", team=builders.fund("theirs")))


def kept_by(eve, name: str = CANARY, number: str = NUMBER) -> dict[str, object]:
    """Of each kind one object that has a uuid, and two that have only a number."""
    about = builders.person(eve)
    persons.identify(person=about, by=eve, first_name=f"{name} Jeanne", last_name=name, how_to_ask=name)
    persons.add_phone(person=about, number=number, by=eve)
    listing = catalogue.service()
    consent = consents.give(
        person=about, kind="transmit", by=eve, script_version="1", service_uuid=listing.uuid
    )
    call = calls.keep(call=builders.call(eve, about=about), by=eve, note=f"{name} dit que")
    need = calls.add_need(call=call, term=builders.need_term(), by=eve, note=name)
    made = orientations.give(need=need, service=listing, by=eve, mode="file_transmitted")
    due = follow_ups.set_call_back(call=call, at=timezone.now() + timedelta(days=1), by=eve, need=need)
    return {
        "person": about,
        "call": call,
        "need": need,
        "orientation": made,
        "follow_up": due,
        "consent": consent,
        "phone": about.phones.get(),
        "service": listing,  # everybody's, but not together with this need
    }


def values_of(address: Address, theirs) -> dict[str, list[str]]:
    """What each parameter may be. A name that is not known fails, and says where it is to be added."""
    uuids = [str(thing.uuid) for thing in theirs.values() if hasattr(thing, "uuid")]
    numbers = sorted({str(thing.pk) for thing in theirs.values()})
    known = {"uuid": uuids, "pk": numbers, "number": numbers, "version": ["1"]}
    known |= {name: [str(thing.uuid)] for name, thing in theirs.items() if hasattr(thing, "uuid")}
    known |= {f"{name}_uuid": [str(thing.uuid)] for name, thing in theirs.items() if hasattr(thing, "uuid")}
    found = {}
    for name in address.kinds:
        if name not in known:
            raise AssertionError(
                f"{address.route}: no object of another team is known for <{name}>; add it to `known` in {__name__}"
            )
        found[name] = known[name]
    return found


def ways(theirs) -> list[str]:
    """Each address with each of their objects in it."""
    found = []
    for address in every_address():
        if not address.route.startswith("desk/") or "uuid" not in address.kinds.values():
            continue
        values = values_of(address, theirs)
        for chosen in product(*values.values()):
            found.append(address.path(dict(zip(values, chosen, strict=True))))
    return found


OWN_TRIES = 400


def fields(theirs) -> list[tuple[str, str]]:
    """What the desk's forms send that names an object, filled with theirs: by uuid, by number, by reference."""
    uuids = [
        str(thing.uuid) for name, thing in theirs.items() if hasattr(thing, "uuid") and name != "service"
    ]
    found = list(product(("person", "need", "remove", "withdraw", "orientation", "key"), uuids))
    found += product(("of", "to"), [str(theirs["call"].agent_id)])
    return [*found, *product(("other", "query", "who"), [theirs["person"].reference])]


def everything() -> dict[str, list]:
    """Every row of the desk but who asked for what."""
    return {
        model.__name__: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_app_config("referrals").get_models()
        if model is not AccessRow
    }


def test_no_address_of_the_desk_tells_or_changes_what_is_another_teams(client, theirs):
    sync_roles()
    mallory = builders.agent("mallory", team=builders.fund("ours"))
    for role in ROLE_CODES:
        Membership.objects.get_or_create(user=mallory, team=builders.fund("ours"), role=role)
    client.force_login(mallory)
    client.raise_request_exception = False
    paths, before = ways(theirs), everything()
    assert paths, "no address of the desk names an object"
    chance, seen = random.Random(), AccessRow.objects.count()
    seed = chance.randrange(2**32)
    chance.seed(seed)
    words = [str(thing.uuid) for thing in theirs.values() if hasattr(thing, "uuid")]
    tries = [(path, method) for path in paths for method in ("get", "post")]
    tries += [
        (chance.choice(paths), chance.choice(("get", "post", "post"))) for _try in range(TRIES - len(tries))
    ]
    for path, method in tries:
        sent = {
            name: chance.choice([*words, "1", "on", "x"])
            for name in (
                "person",
                "call",
                "need",
                "orientation",
                "service",
                "version",
                "key",
                "state",
                "to",
                "reason",
            )
            if chance.random() < 0.5
        }
        answer = getattr(client, method)(path, sent, headers=chance.choice([{}, {"HX-Request": "true"}]))
        text = (b"".join(answer) if answer.streaming else answer.content).decode(errors="replace")
        where = f"{method} {path} {sent} (seed {seed})"
        assert answer.status_code in (404, 405), f"{where}: {answer.status_code}"
        for word in (CANARY, NUMBER, NUMBER[3:], theirs["person"].reference):
            assert word not in text, f"{where} tells {word}"
    assert len(tries) >= TRIES
    assert everything() == before
    uuids = [thing.uuid for thing in theirs.values() if hasattr(thing, "uuid")]
    assert not AccessRow.objects.filter(object_uuid__in=uuids, pk__gt=0, actor_id=mallory.pk).exists(), (
        f"it is noted that something was seen ({AccessRow.objects.count() - seen} rows)"
    )


def test_one_own_page_takes_no_object_of_another_team(client, theirs):
    """Each address with one's own objects, with one of theirs in a field of its form; each try is undone."""
    sync_roles()
    mallory = builders.agent("mallory", team=builders.fund("ours"))
    untouched = everything()
    ours = kept_by(mallory, "Pinson", "+32470112233")
    for role in ROLE_CODES:
        Membership.objects.get_or_create(user=mallory, team=builders.fund("ours"), role=role)
    client.force_login(mallory)
    keys = {name: {row[0] for row in rows} for name, rows in untouched.items()}
    paths = [path for path in ways(ours) if client.options(path).status_code != 404 and "erase" not in path]
    paths += [one.path({}) for one in every_address() if one.route.startswith("desk/") and not one.kinds]
    seed = random.randrange(2**32)
    tries = random.Random(seed).sample(list(product(paths, fields(theirs))), OWN_TRIES)
    reached = set()
    for path, (name, value) in tries:
        with transaction.atomic():
            sent = {
                "version": "1",
                "direction": "incoming",
                "service": str(theirs["service"].uuid),
                name: value,
            }
            answer = client.post(path, sent, headers={"X-Desk": "1"})
            now = everything()
            transaction.set_rollback(True)
        connection.run_on_commit.clear()
        text = (b"".join(answer) if answer.streaming else answer.content).decode(errors="replace")
        where = f"{path} with {name}={value} (seed {seed})"
        for word in (CANARY, NUMBER, NUMBER[3:], theirs["person"].reference):
            assert word not in text.replace(value, ""), f"{where} tells {word}"
        after = {kind: [row for row in rows if row[0] in keys[kind]] for kind, rows in now.items()}
        assert after == untouched, f"{where} changes theirs"
        reached.add(answer.status_code)
    assert {200, 302} <= reached, "one's own pages answered"
