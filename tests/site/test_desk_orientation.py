"""What became of an orientation, written on its own page: of nobody known, late, and after the machine had let it go."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import sync_roles
from referrals.actions import expiry
from referrals.models import AccessRow, Orientation
from services.models import Suggestion
from tests.referrals import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    sync_roles()
    user = builders.agent()
    client.force_login(user)
    return user


@pytest.fixture
def nobodys(ada) -> Orientation:
    """Given in a call of which nobody said who it was: there is no follow-up to record anything on."""
    made = builders.orientation(ada, of=builders.need(ada))
    Orientation.objects.update(created_at=timezone.now() - timedelta(days=5))
    return made


def at(one: Orientation) -> str:
    return reverse("desk:orientation", args=[one.uuid])


def send(client, one: Orientation, **values):
    return client.post(at(one), {"version": Orientation.objects.get(pk=one.pk).version, **values})


def test_it_is_reached_from_its_call_and_from_its_persons_page(client, ada, nobodys):
    assert at(nobodys) in client.get(reverse("desk:call", args=[nobodys.call.uuid])).content.decode()
    known = builders.orientation(ada)
    assert at(known) in client.get(reverse("desk:person", args=[known.person.uuid])).content.decode()
    assert "Recorded" not in client.get(at(known)).content.decode()
    seen = AccessRow.objects.filter(action="view", object_kind="orientation")
    assert seen.get().object_uuid == known.person.uuid, "it stands among those who opened the file"


def test_what_helped_somebody_unknown_is_recorded_on_the_day_it_was_learnt(client, nobodys):
    day = timezone.localdate() - timedelta(days=2)
    assert send(client, nobodys, to="completed", outcome="got_help", on=day.isoformat()).status_code == 302
    nobodys.refresh_from_db()
    assert (nobodys.state, nobodys.outcome, nobodys.need.status) == ("completed", "got_help", "satisfied")
    assert timezone.localdate(nobodys.events.last().at) == day
    assert "Plus rien ne peut suivre" in client.get(at(nobodys)).content.decode()


def test_after_the_machine_let_go_it_is_still_possible(client, nobodys):
    expiry.expire(timezone.now() + timedelta(days=60))
    assert send(client, nobodys, to="failed", reason="full").status_code == 422  # the table knows no such way
    assert send(client, nobodys, to="completed", outcome="partly").status_code == 302
    nobodys.refresh_from_db()
    assert (nobodys.state, nobodys.reason, nobodys.need.status) == ("completed", "", "partly")


def test_what_the_person_says_is_kept_when_it_failed_too(client, nobodys):
    said = {"to": "failed", "reason": "closed_or_wrong_data", "outcome": "no_help", "barriers": ["language"]}
    assert send(client, nobodys, **said).status_code == 302
    nobodys.refresh_from_db()
    assert (nobodys.state, nobodys.outcome, nobodys.need.outcome) == ("failed", "no_help", "no_help")
    assert nobodys.need.barriers == ["language"]
    assert Suggestion.objects.get().channel == "agent"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "to"),
        ({"to": "completed", "outcome": "partly", "version": "x"}, "version"),
        ({"to": "rejected", "reason": "full"}, "to"),  # a service says so, no agent
        ({"to": "failed"}, "reason"),
        ({"to": "failed", "reason": "expired"}, "reason"),
        ({"to": "failed", "reason": "full", "outcome": "got_help"}, "outcome"),
        ({"to": "completed"}, "outcome"),
        ({"to": "completed", "outcome": "no_help"}, "outcome"),
        ({"to": "completed", "outcome": "partly", "on": "2999-01-01"}, "on"),
        ({"to": "completed", "outcome": "partly", "on": "2001-01-01"}, "on"),
        ({"to": "completed", "outcome": "partly", "barriers": ["x"]}, "barriers"),
    ],
)
def test_what_is_refused_is_named_and_nothing_is_written(client, nobodys, said, field):
    answer = send(client, nobodys, **said)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Orientation.objects.get().state == "requested"


def test_who_was_slower_is_told_and_may_send_it_again(client, nobodys):
    Orientation.objects.update(version=7)
    said = {"to": "completed", "outcome": "partly"}
    slower = client.post(at(nobodys), {"version": 1, **said})
    assert slower.status_code == 422
    again = slower.context["form"]["version"].value()
    assert client.post(at(nobodys), {"version": again, **said}).status_code == 302


def test_the_day_on_which_it_expires_is_moved(client, nobodys):
    expires = nobodys.follow_ups.get(kind="expiry")
    assert "expire d’elle-même" in client.get(at(nobodys)).content.decode()
    address = reverse("desk:follow_up_date", args=[expires.uuid])
    wanted = (timezone.localtime() + timedelta(days=90)).replace(hour=10, minute=0, second=0, microsecond=0)
    for version, when in ((1, "2020-01-01T10:00"), (7, f"{wanted:%Y-%m-%dT%H:%M}")):
        refused = client.post(address, {"version": version, "due_at": when}, follow=True)
        assert refused.redirect_chain[-1][0] == at(nobodys)
        assert "error" in {message.level_tag for message in refused.context["messages"]}
    answer = client.post(address, {"version": 1, "due_at": f"{wanted:%Y-%m-%dT%H:%M}"})
    assert answer["Location"] == at(nobodys)
    expires.refresh_from_db()
    assert expires.due_at == wanted
    assert client.get(reverse("desk:follow_up", args=[expires.uuid])).status_code == 404  # nobody records it


def test_another_teams_is_not_there(client, nobodys):
    client.force_login(builders.agent("eve", team=builders.fund("other")))
    assert client.get(at(nobodys)).status_code == 404
    assert send(client, nobodys, to="completed", outcome="partly").status_code == 404
