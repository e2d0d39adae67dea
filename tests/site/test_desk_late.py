"""What was not written at once: a call noted afterwards, a closed one added to, a need that is none, an objection."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from referrals.models import Call, FollowUp, Orientation, Person
from tests.site.test_desk import begun, desk, do, listed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]


@pytest.fixture
def agent() -> Client:
    return desk()


def local(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"


def noted(client: Client, at: datetime, **fields) -> Call:
    answer = client.post("/desk/calls/", {"direction": "outgoing", "at": local(at), **fields})
    assert answer.status_code == 302
    return Call.objects.get(uuid=answer["Location"].rstrip("/").rpartition("/")[2])


def test_a_call_of_another_day_is_noted_with_all_that_was_done_in_it(agent: Client):
    happened = timezone.now().replace(second=0, microsecond=0) - timedelta(days=2)
    call = noted(agent, happened)
    assert (call.started_at, call.direction) == (happened, "outgoing")
    page = agent.get(f"/desk/calls/{call.uuid}/").content.decode()
    assert "data-since" not in page, "no timer runs"
    assert f"{timezone.localtime(happened):%-d/%-m/%Y %H:%M}" in page
    do(agent, call, "person", who="0470 12 34 56")
    appointment = local(happened + timedelta(days=1))
    given = do(agent, call, "orient", service=listed().uuid, read_as="food", mode="appointment_made",
               appointment_at=appointment)  # fmt: skip
    assert given.status_code == 200
    one = Orientation.objects.get(call=call)
    assert one.created_at == happened
    assert local(one.appointment_at) == appointment
    assert one.events.get().recorded_at > happened, "both moments are kept"
    assert FollowUp.objects.filter(
        orientation=one, kind="person", due_at__gte=timezone.now() - timedelta(days=1)
    ).exists()
    do(agent, call, "close")
    call.refresh_from_db()
    assert call.ended_at == happened
    assert Person.objects.get().last_contact_on == timezone.localdate(happened)
    assert f"/desk/calls/{call.uuid}/" in agent.get("/desk/").content.decode()


def test_a_moment_that_cannot_be_is_said_and_stays_in_the_field(agent: Client):
    for typed in (
        "",
        "hier",
        "2001-01-01T10:00",
        local(timezone.now() + timedelta(days=1)),
        "2026-02-31T10:00",
    ):
        answer = agent.post("/desk/calls/", {"direction": "incoming", "at": typed})
        assert answer.status_code == 422, typed
        assert f'value="{typed}"' in answer.content.decode()
    assert not Call.objects.exists()


def test_to_a_closed_call_something_is_added(agent: Client):
    call = begun(agent)
    do(agent, call, "close")
    Call.objects.update(started_at=timezone.now() - timedelta(days=1))
    service = listed()
    assert do(agent, call, "orient", service=service.uuid, read_as="food").status_code == 422
    page = agent.get(f"/desk/calls/{call.uuid}/").content.decode()
    assert "reopen/" in page
    assert do(agent, call, "reopen").json()["go"] == f"/desk/calls/{call.uuid}/"
    assert do(agent, call, "orient", service=service.uuid, read_as="food").status_code == 200
    call.refresh_from_db()
    assert Orientation.objects.get().created_at == call.started_at
    other = desk("bob", role="analyst")
    assert other.post(f"/desk/calls/{call.uuid}/reopen/").status_code in (302, 403, 404)


def test_who_wants_no_more_calls_says_so_in_the_call(agent: Client):
    call = begun(agent)
    assert do(agent, call, "oppose").json()["field"] == "who"
    do(agent, call, "person", who="0470 12 34 56")
    do(agent, call, "call-back", quick="1")
    answer = do(agent, call, "oppose").json()
    assert "oppose/" not in answer["panels"]["who"]
    assert Person.objects.get().do_not_contact
    assert not FollowUp.objects.filter(done_at=None, cancelled_at=None).exclude(kind="expiry").exists()
    assert do(agent, call, "call-back", quick="1").status_code == 422


def test_what_is_not_needed_any_more_ends_what_is_under_way(agent: Client):
    call = begun(agent)
    do(agent, call, "person", who="0470 12 34 56")
    do(agent, call, "orient", service=listed().uuid, read_as="food")
    need = call.needs.get()
    assert "needs/withdraw/" in agent.get(f"/desk/calls/{call.uuid}/").content.decode()
    do(agent, call, "close")
    assert do(agent, call, "needs/withdraw", withdraw=need.uuid).status_code == 200
    need.refresh_from_db()
    assert need.status == "withdrawn"
    assert Orientation.objects.get().state == "cancelled"
    assert not FollowUp.objects.filter(need=need, done_at=None, cancelled_at=None).exists()
    page = agent.get(f"/desk/calls/{call.uuid}/").content.decode()
    assert "needs/withdraw/" not in page
