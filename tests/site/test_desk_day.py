"""My day: what is due comes up by itself, and what became of it is written at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import sync_roles
from audit.models import AuditEntry
from referrals.actions import consents, orientations, persons
from referrals.models import AccessRow, Call, FollowUp, Orientation
from services.reports import actions as reports
from tests.referrals import builders
from tests.services.builders import service

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    sync_roles()
    user = builders.agent()
    client.force_login(user)
    return user


def due(by, **values) -> FollowUp:
    builders.orientation(by, to=service("Épicerie sociale"))
    found = FollowUp.objects.get(kind="person")
    FollowUp.objects.filter(pk=found.pk).update(due_at=timezone.now() - timedelta(days=2), **values)
    Orientation.objects.update(created_at=timezone.now() - timedelta(days=5))
    return FollowUp.objects.get(pk=found.pk)


def at(one: FollowUp) -> str:
    return reverse("desk:follow_up", args=[one.uuid])


def send(client, one: FollowUp, **values):
    return client.post(at(one), {"version": one.version, **values})


def test_what_is_late_comes_first_and_names_nobody(client, ada):
    one = due(ada)
    page = client.get("/desk/day/")
    assert [len(rows) for _title, _count, rows in page.context["groups"]] == [1, 0, 0]
    text = page.content.decode()
    assert one.person.reference in text
    assert "Épicerie sociale" in text
    assert AccessRow.objects.get(action="list").count == 1
    assert page["Cache-Control"].find("no-store") >= 0


def test_help_that_came_closes_the_need(client, ada):
    one = due(ada)
    assert send(client, one, result="helped").status_code == 302
    orientation = Orientation.objects.get()
    assert (orientation.state, orientation.outcome, orientation.need.status) == (
        "completed",
        "got_help",
        "satisfied",
    )
    assert not FollowUp.objects.filter(done_at=None, cancelled_at=None).exists()


def test_what_did_not_work_out_says_why_and_what_stood_in_the_way(client, ada):
    one = due(ada)
    assert send(client, one, result="failed").status_code == 422
    assert Orientation.objects.get().state == "requested"
    answer = send(client, one, result="failed", reason="not_mobile", barriers=["mobility", "delay"])
    assert answer.status_code == 302
    orientation = Orientation.objects.get()
    assert (orientation.state, orientation.reason) == ("failed", "not_mobile")
    assert (orientation.need.status, orientation.need.barriers) == ("unsatisfied", ["mobility", "delay"])


@pytest.mark.parametrize(("result", "heard"), [("waiting", "still_waiting"), ("not_yet", "did_not_contact")])
def test_what_the_person_says_meanwhile_is_kept(client, ada, result, heard):
    one = due(ada)
    again = (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT10:00")
    assert send(client, one, result=result, again_at=again).status_code == 302
    orientation = Orientation.objects.get()
    assert (orientation.state, orientation.outcome, orientation.need.outcome) == ("requested", heard, heard)
    one.refresh_from_db()
    assert send(client, one, result="helped").status_code == 302
    assert Orientation.objects.get().need.outcome == "got_help"


def test_help_from_who_only_looked_into_it_is_recorded_at_once(client, ada):
    one = due(ada)
    orientations.move(orientation=one.orientation, to="on_hold", by_kind="service", reason="waitlist")
    one.refresh_from_db()
    assert send(client, one, result="helped").status_code == 302
    found = Orientation.objects.get()
    assert [event.to for event in found.events.all()] == ["requested", "on_hold", "accepted", "completed"]
    assert found.need.status == "satisfied"


def test_what_was_only_looked_into_and_came_to_nothing_is_given_up(client, ada):
    one = due(ada)
    orientations.move(orientation=one.orientation, to="on_hold", by_kind="service", reason="waitlist")
    one.refresh_from_db()
    assert send(client, one, result="failed", reason="full").status_code == 302
    found = Orientation.objects.get()
    assert (found.state, found.reason, found.outcome) == ("cancelled", "full", "no_help")
    assert (found.need.status, found.need.outcome) == ("open", "no_help")


def test_nobody_answered_and_it_is_tried_again(client, ada):
    one = due(ada)
    for wrong in ("2020-01-01T10:00", "2062-01-01T10:00", "9999-12-31T10:00"):
        assert send(client, one, result="unreachable", again_at=wrong).status_code == 422
    again = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT10:00")
    assert send(client, one, result="unreachable", again_at=again).status_code == 302
    one.refresh_from_db()
    assert one.is_pending
    assert timezone.localtime(one.due_at).strftime("%Y-%m-%dT%H:%M") == again


def test_who_does_not_want_to_be_called_is_not_called_again(client, ada):
    one = due(ada)
    assert send(client, one, result="opposed").status_code == 302
    one.person.refresh_from_db()
    assert one.person.do_not_contact
    assert not FollowUp.objects.filter(done_at=None, cancelled_at=None).exclude(kind="expiry").exists()


@pytest.mark.parametrize(("days_ago", "status"), [(1, 302), (0, 302), (-1, 422), (30, 422)])
def test_late_recording(client, ada, days_ago, status):
    one = due(ada)
    on = timezone.localdate() - timedelta(days=days_ago)
    assert send(client, one, result="helped", on=on.isoformat()).status_code == status
    if status == 302:
        assert timezone.localdate(Orientation.objects.get().events.last().at) == on


def test_two_who_record_are_told_of_each_other(client, ada):
    one = due(ada)
    send(client, one, result="helped")
    answer = send(client, one, result="failed", reason="full")
    assert answer.status_code == 422
    assert Orientation.objects.get().state == "completed"


def test_somebody_elses_move_is_noticed(client, ada):
    one = due(ada)
    orientations.move(orientation=one.orientation, to="failed", by=ada, reason="full")
    one.refresh_from_db()
    assert send(client, one, result="helped").status_code == 422
    assert Orientation.objects.get().state == "failed"


def test_another_teams_is_not_there(client, ada):
    one = due(ada)
    client.force_login(builders.agent("eve", team=builders.fund("other")))
    assert client.get(at(one)).status_code == 404
    assert send(client, one, result="helped").status_code == 404
    assert not client.get("/desk/day/?who=team").context["total"]


def test_the_list_asks_the_same_for_one_and_for_many(client, ada, django_assert_max_num_queries):
    for _n in range(5):
        builders.orientation(ada)
    FollowUp.objects.update(due_at=timezone.now())
    with django_assert_max_num_queries(12):
        assert client.get("/desk/day/").context["total"] == 5


def test_a_list_that_is_cut_says_how_many_there_are(client, ada, monkeypatch):
    for _n in range(3):
        builders.orientation(ada)
    FollowUp.objects.update(due_at=timezone.now() - timedelta(days=2))
    monkeypatch.setattr("directory_site.desk.day.views.MOST", 2)
    page = client.get("/desk/day/")
    assert [(count, len(rows)) for _title, count, rows in page.context["groups"]] == [(3, 2), (0, 0), (0, 0)]
    assert "(3)" in page.content.decode()


class TestHandingWorkOver:
    ADDRESS = "/desk/day/reassign/"

    def hand(self, client, of, to):
        return client.post(self.ADDRESS, {"team": "fund", "of": of.pk, "to": to.pk})

    def test_what_somebody_who_left_had_to_do_goes_to_a_colleague(self, client, ada):
        one = due(ada)
        bob, boss = builders.agent("bob"), builders.agent("boss", role="coordinator")
        type(ada).objects.filter(pk=ada.pk).update(is_active=False)
        client.force_login(boss)
        assert "ada" in client.get(self.ADDRESS).content.decode()
        assert self.hand(client, ada, bob).status_code == 302
        one.refresh_from_db()
        assert {one.assignee, one.orientation.assignee} == {bob}
        assert AuditEntry.objects.get(action="follow_ups.handed_over").detail["count"] == 2

    def test_the_coordinator_is_told_of_work_that_nobody_does_any_more(self, client, ada):
        due(ada)
        boss = builders.agent("boss", role="coordinator")
        client.force_login(boss)
        assert "left-behind" not in client.get("/desk/day/").content.decode()
        ada.memberships.update(role="analyst")  # she is still there, and takes no calls
        assert client.get("/desk/day/").context["left_behind"] == 1
        assert "left-behind" in client.get("/desk/day/").content.decode()
        assert "n’est plus agent" in client.get(self.ADDRESS).content.decode()
        self.hand(client, ada, boss)
        assert client.get("/desk/day/").context["left_behind"] == 0
        client.force_login(builders.agent("bob"))
        assert client.get("/desk/day/").context["left_behind"] == 0  # no coordinator: not his to know

    def test_calls_that_were_left_open_are_closed_and_stay_theirs(self, client, ada):
        old, new = builders.call(ada), builders.call(ada)
        Call.objects.filter(pk=old.pk).update(started_at=timezone.now() - timedelta(days=2))
        client.force_login(builders.agent("boss", role="coordinator"))
        due(ada)
        self.hand(client, ada, builders.agent("bob"))
        assert set(Call.objects.filter(ended_at=None, agent=ada).values_list("pk", flat=True)) >= {new.pk}
        old.refresh_from_db()
        assert (old.ended_at, old.agent) == (old.started_at, ada)

    def test_somebody_with_nothing_due_by_hand_is_there_too(self, client, ada):
        made = builders.orientation(ada, of=builders.need(ada))  # of nobody known: it only expires
        bob = builders.agent("bob")
        client.force_login(builders.agent("boss", role="coordinator"))
        FollowUp.objects.update(assignee=bob)
        assert self.hand(client, ada, bob).status_code == 302
        made.refresh_from_db()
        assert made.assignee == bob

    def test_only_to_somebody_of_the_team_and_by_its_coordinator(self, client, ada):
        one = due(ada)
        eve = builders.agent("eve", team=builders.fund("other"))
        assert client.get(self.ADDRESS).status_code == 403
        client.force_login(builders.agent("boss", role="coordinator"))
        assert self.hand(client, ada, eve).status_code == 422
        assert self.hand(client, ada, ada).status_code == 422
        client.force_login(builders.agent("chief", role="coordinator", team=builders.fund("other")))
        assert self.hand(client, ada, eve).status_code == 422
        one.refresh_from_db()
        assert one.assignee == ada


def test_the_number_is_shown_when_asked_for_and_each_time_is_a_row(client, ada):
    one = due(ada)
    persons.add_phone(person=one.person, number="0470 12 34 56", by=ada)
    assert "470 12" not in client.get(at(one)).content.decode().replace("\xa0", " ")
    address = reverse("desk:follow_up_number", args=[one.uuid])
    page = client.post(address)
    assert 'href="tel:+32470123456"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    row = AccessRow.objects.get(object_kind="phone")
    assert (row.object_uuid, row.action) == (one.person.uuid, "view")
    assert client.get(address).status_code == 405
    persons.oppose(person=one.person, by=ada)
    assert "tel:" not in client.get(at(one)).content.decode()


def test_a_date_is_moved_without_recording_anything(client, ada):
    one = due(ada)
    address = reverse("desk:follow_up_date", args=[one.uuid])
    wanted = (timezone.localtime() + timedelta(days=3)).replace(hour=14, minute=30, second=0, microsecond=0)
    for wrong in ("", "demain", "2020-01-01T10:00", "2999-01-01T10:00"):
        assert client.post(address, {"version": one.version, "due_at": wrong}).status_code == 422
    assert (
        client.post(address, {"version": one.version, "due_at": f"{wanted:%Y-%m-%dT%H:%M}"}).status_code
        == 302
    )
    moved = FollowUp.objects.get(pk=one.pk)
    assert (moved.due_at, moved.done_at, moved.version) == (wanted, None, one.version + 1)
    late = client.post(address, {"version": one.version, "due_at": f"{wanted:%Y-%m-%dT%H:%M}"})
    assert late.status_code == 422  # somebody else has moved it
    shown = late.context["date_form"]
    again = {"version": shown["version"].value(), "due_at": shown["due_at"].value()}
    assert client.post(address, again).status_code == 302  # who has read that, may


def test_who_recorded_what_somebody_else_moved_may_send_it_again(client, ada):
    one = due(ada)
    FollowUp.objects.filter(pk=one.pk).update(version=one.version + 1)
    refused = send(client, one, result="failed", reason="full", barriers=["pride"])
    assert refused.status_code == 422
    form = refused.context["form"]
    assert (form["result"].value(), form["reason"].value(), form["barriers"].value()) == (
        "failed",
        "full",
        ["pride"],
    )
    kept = {name: form[name].value() for name in ("version", "result", "reason", "barriers")}
    assert client.post(at(one), kept).status_code == 302
    assert Orientation.objects.get().reason == "full"


def test_from_the_day_a_call_with_this_person_is_one_button(client, ada):
    one = due(ada)
    answer = client.post(reverse("desk:call-begin"), {"person": one.person.uuid, "direction": "outgoing"})
    call = Call.objects.latest("pk")
    assert answer["Location"] == reverse("desk:call", args=[call.uuid])
    assert (call.person, call.direction) == (one.person, "outgoing")
    page = client.get(answer["Location"]).content.decode()
    assert 'class="before"' in page  # the earlier call, and what is under way


def test_the_agent_reads_what_became_of_a_report(client, ada):
    listing = service("Resto du cœur", lifecycle="published")
    made = reports.report(service=listing, reason="closed", by=ada, team=builders.fund())
    assert "Resto" not in client.get(reverse("desk:day")).content.decode()
    reports.settle_by_verification(service=listing, result="verified", fields=[], by=ada)
    assert made.suggestion_id
    assert "Resto du cœur" in client.get(reverse("desk:day")).content.decode()


def test_who_takes_an_objection_back_is_asked_again(client, ada):
    one = due(ada)
    persons.oppose(person=one.person, by=ada)
    assert not FollowUp.objects.filter(kind="person", done_at=None, cancelled_at=None).exists()
    consents.set_contact(person=one.person, by=ada, preference="", safety="", opposed=False)
    assert FollowUp.objects.filter(kind="person", done_at=None, cancelled_at=None).count() == 1
