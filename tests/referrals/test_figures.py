"""Figures by month and bassin: nothing is lost when somebody is forgotten, nothing counted twice."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from geo.models import BassinPart, Territory
from referrals import figures, situation
from referrals.actions import calls, follow_ups, forgetting, orientations
from referrals.figures import BarrierKey, NeedKey
from referrals.models import Call, FollowUp, Need
from tests.services.builders import service

from . import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return builders.agent()


@pytest.fixture
def places(db):
    """A commune that is whole in a bassin, and one that is cut: only one of its postcodes decides."""
    made = {
        (kind, code): Territory.objects.get_or_create(kind=kind, code=code, defaults={"name": code})[0]
        for kind, code in (
            ("commune", "21015"),
            ("commune", "21004"),
            ("bassin", "nord"),
            ("bassin", "centre"),
        )
    }
    BassinPart.objects.all().delete()
    for bassin, commune, whole, postcodes in (
        ("nord", "21015", True, []),
        ("nord", "21004", False, ["1020"]),
        ("centre", "21004", False, []),
    ):
        BassinPart.objects.create(
            bassin=made["bassin", bassin],
            commune=made["commune", commune],
            whole=whole,
            postcodes=postcodes,
            status="official",
        )


@pytest.mark.parametrize(
    ("known", "bassin"),
    [
        ({"nis5": "21015"}, "nord"),
        ({"nis5": "21004"}, ""),  # cut: nobody knows
        ({"nis5": "21004", "postcode": "1020"}, "nord"),
        ({"nis5": "21004", "postcode": "1000"}, ""),
        ({"nis5": "62063"}, ""),
        ({"postcode": "9999"}, ""),
        ({}, ""),
    ],
)
def test_a_bassin_is_known_where_a_source_decides(places, known, bassin):
    assert situation.bassin_of(known) == bassin


def noted(ada, *, place="21015", on=(2026, 9, 15), code="food", **values) -> Need:
    call = calls.keep(call=builders.call(ada, about=builders.person(ada)), by=ada, situation={"nis5": place})
    need = builders.need(ada, of=call, code=code)
    Need.objects.filter(pk=need.pk).update(created_at=timezone.make_aware(datetime(*on, 12)), **values)
    need.refresh_from_db()
    return need


def test_needs_are_counted_by_month_bassin_kind_state_and_outcome(places, ada):
    first, second = noted(ada), noted(ada, on=(2026, 10, 1), place="21004", code="care")
    one = orientations.give(need=first, service=service(), by=ada)
    orientations.move(orientation=one, to="completed", outcome="got_help", by=ada)
    orientations.give(need=second, service=service(), by=ada)
    team = [first.team_id]
    assert figures.needs(team, "2026-09", "2026-10") == Counter(
        {
            NeedKey("2026-09", "nord", "food", "satisfied", "got_help"): 1,
            NeedKey("2026-10", "", "care", "oriented", ""): 1,
        }
    )
    assert sum(figures.needs(team, "2026-10", "2026-12").values()) == 1
    assert not figures.needs([builders.fund("other").pk], "2026-09", "2026-10")


def test_a_month_begins_at_midnight_in_brussels(places, ada):
    need = noted(ada)
    for at, month in (("2026-10-31T22:59:00Z", "2026-10"), ("2026-10-31T23:00:00Z", "2026-11")):
        Need.objects.update(created_at=datetime.fromisoformat(at))
        assert [key.month for key in figures.needs([need.team_id], "2026-09", "2026-12")] == [month]
        assert sum(figures.needs([need.team_id], month, month).values()) == 1


def test_forgetting_people_changes_no_figure(places, ada):
    wanted = [noted(ada, barriers=["mobility", "digital"]) for _number in range(3)]
    one = orientations.give(need=wanted[0], service=service(), by=ada)
    orientations.move(orientation=one, to="failed", reason="full", outcome="no_help", by=ada)
    team = [wanted[0].team_id]
    before = (figures.needs(team, "2026-09", "2026-09"), figures.barriers(team, "2026-09", "2026-09"))
    assert before[1] == Counter(
        {BarrierKey("2026-09", "nord", "mobility"): 3, BarrierKey("2026-09", "nord", "digital"): 3}
    )
    for need in wanted[:2]:
        forgetting.erase(person=need.person, by=ada)
        assert (
            figures.needs(team, "2026-09", "2026-09"),
            figures.barriers(team, "2026-09", "2026-09"),
        ) == before
    assert Need.objects.count() == 1
    assert set(Call.objects.exclude(pk=wanted[2].call_id).values_list("bassin", flat=True)) == {""}


def test_the_work_of_each_agent_and_what_waits_for_them(ada):
    bob, now = builders.agent("bob"), timezone.now()
    made = [builders.orientation(ada) for _number in range(3)]
    due = {one.pk: FollowUp.objects.get(orientation=one, kind="person") for one in made}
    follow_ups.move_to(follow_up=due[made[0].pk], at=now - timedelta(days=2), by=ada)
    follow_ups.move_to(follow_up=due[made[1].pk], at=now + timedelta(minutes=1), by=ada)
    follow_ups.done(follow_up=due[made[2].pk], by=bob)
    month = f"{timezone.localtime(now):%Y-%m}"
    rows = {one.agent.username: one for one in figures.workload(builders.fund(), month, month, now)}
    mine = rows["ada"]
    assert (mine.calls, mine.needs, mine.given, mine.pending, mine.overdue) == (3, 3, 3, 2, 1)
    assert (rows["bob"].done, rows["bob"].pending, mine.done) == (1, 0, 0)
    assert not mine.left
    ada.is_active = False
    ada.save()
    assert [one.left for one in figures.workload(builders.fund(), month, month, now)] == [True, False]


def test_few_queries_however_many_agents(ada, django_assert_max_num_queries):
    for number in range(5):
        builders.orientation(builders.agent(f"agent{number}"))
    with django_assert_max_num_queries(7):
        figures.workload(builders.fund(), "2026-01", "2026-12", timezone.now())


def test_invented_calls_are_not_put_among_real_ones(ada, settings):
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="--force"):
        call_command("make_calls", "5")
    settings.DEMONSTRATION = True
    with pytest.raises(CommandError, match="agent, and the directory"):
        call_command("make_calls", "5")
    service()
    builders.need_term()
    call_command("make_calls", "20", verbosity=0)
    assert Call.objects.count() == 20
    assert (
        sum(figures.needs([builders.fund().pk], "2024-01", "2027-12").values()) == Need.objects.count() >= 20
    )
