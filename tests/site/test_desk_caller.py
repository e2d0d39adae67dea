"""The phone rings: a number typed says who it is, and one key takes the call."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from referrals import access
from referrals.actions import calls, follow_ups, persons
from referrals.models import AccessRow, Call, Person
from tests.referrals import builders
from tests.services.builders import service

pytestmark = pytest.mark.django_db
WHO, BEGIN, NUMBER = "/desk/caller/", "/desk/calls/", "0470 12 34 56"


@pytest.fixture
def ada() -> User:
    return builders.agent("ada")


def browser(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.force_login(user)
    return client


def known(by: User, **values) -> Person:
    person = builders.person(by, **values)
    persons.add_phone(person=person, number=NUMBER, by=by)
    return person


def test_a_known_number_tells_what_is_open_and_who_spoke_last(ada):
    bob = builders.agent("bob")
    person = known(bob, contact_safety="no message on the machine")
    call = builders.call(bob, about=person)
    builders.orientation(bob, of=builders.need(bob, of=call), to=service("Épicerie sociale"))
    follow_ups.set_call_back(call=call, at=timezone.now() + timedelta(days=1), by=bob)
    calls.close(call=call, by=bob)
    before = AccessRow.objects.count()
    answer = browser(ada).post(WHO, {"who": "0470/12.34.56"})
    text = answer.content.decode()
    for said in (person.reference, "bob", "Épicerie sociale", "no message on the machine"):
        assert said in text
    assert answer.context["due"][0].kind
    assert [need.call for need in answer.context["needs"]] == [call]
    assert {(row.action, row.object_uuid) for row in AccessRow.objects.order_by("pk")[before:]} == {
        ("search", None),
        ("view", person.uuid),
    }
    assert "no-store" in answer["Cache-Control"]


def test_who_objects_is_said_before_anything_else(ada):
    known(ada, do_not_contact=True)
    assert "Does not want to be contacted" in browser(ada).post(WHO, {"who": NUMBER}).content.decode()


def test_one_key_takes_the_call_of_a_known_person(ada):
    person, client = known(ada, postcode="1080"), browser(ada)
    answer = client.post(BEGIN, {"direction": "incoming", "person": str(person.uuid)})
    call = Call.objects.get()
    assert answer["Location"] == reverse("desk:call", args=[call.uuid])
    assert (call.person, call.agent, call.direction) == (person, ada, "incoming")
    assert call.situation["postcode"] == "1080"


def test_an_unknown_number_begins_a_file_only_when_asked(ada):
    client = browser(ada)
    answer = client.post(WHO, {"who": NUMBER})
    assert answer.context["nobody"]
    client.post(BEGIN, {"direction": "incoming"})
    assert not Person.objects.exists()
    for _twice in range(2):
        client.post(BEGIN, {"direction": "incoming", "number": NUMBER})
    assert Person.objects.get().phones.get().number == "+32470123456"
    assert Call.objects.exclude(person=None).count() == 2


@pytest.mark.parametrize("number", ["hello", "1", "\x00"])
def test_what_is_no_number_begins_neither_a_file_nor_a_call(ada, number):
    builders.person(ada)  # whose number nobody knows
    assert browser(ada).post(BEGIN, {"direction": "incoming", "number": number}).status_code == 302
    assert Person.objects.count() == 1
    assert not Call.objects.exists()


def test_several_with_one_number_are_chosen_from(ada):
    one, two = known(ada), known(ada)
    client = browser(ada)
    answer = client.post(WHO, {"who": NUMBER})
    assert {found.pk for found in answer.context["several"]} == {one.pk, two.pk}
    assert client.post(WHO, {"who": NUMBER, "person": str(two.uuid)}).context["person"] == two


def test_another_teams_person_is_unknown_and_no_call_is_begun_with_them(ada):
    theirs = known(builders.agent("eve", team=builders.fund("other")))
    client = browser(ada)
    for typed in (NUMBER, theirs.reference):
        answer = client.post(WHO, {"who": typed})
        assert answer.context["nobody"]
        assert "known" not in answer.content.decode().replace("Unknown", "")
    for uuid in (str(theirs.uuid), "not-a-uuid"):
        assert client.post(BEGIN, {"direction": "incoming", "person": uuid}).status_code == 404
    assert not Call.objects.exists()


@pytest.mark.parametrize("typed", ["", "Jeanne", "K-4"])
def test_only_a_number_or_a_reference_finds_somebody(ada, typed):
    answer = browser(ada).post(WHO, {"who": typed})
    assert answer.status_code == 422
    assert "Type a whole reference" in answer.content.decode()


def test_look_ups_are_limited(ada, settings):
    settings.LOOKUPS_PER_HOUR = 2
    client = browser(ada)
    assert [client.post(WHO, {"who": NUMBER}).status_code for _time in range(3)] == [200, 200, 429]


def test_a_number_that_is_somebodys_counts_as_looked_up_when_the_call_is_begun_with_it(ada, settings):
    known(ada)
    client = browser(ada)
    begin = {"direction": "incoming", "number": NUMBER}
    before = AccessRow.objects.filter(action="search").count()
    assert client.post(BEGIN, begin).status_code == 302
    assert AccessRow.objects.filter(action="search").count() == before + 1
    settings.LOOKUPS_PER_HOUR = before + 1
    assert client.post(BEGIN, begin).status_code == 429
    assert Call.objects.count() == 1


def test_without_its_row_nobody_is_shown(ada, monkeypatch):
    person = known(ada)

    def fails(**kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(access, "note", fails)
    answer = browser(ada).post(WHO, {"who": NUMBER})
    assert answer.status_code == 503
    assert person.reference not in answer.content.decode()


def test_nothing_typed_is_in_an_address(ada):
    client = browser(ada)
    assert client.get(f"{WHO}?who=0470123456")["Location"] == "/desk/"
    assert 'name="who"' in client.get("/desk/").content.decode()
    assert 'id="caller"' in client.get("/desk/day/").content.decode()
