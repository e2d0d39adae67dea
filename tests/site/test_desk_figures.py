"""The page of figures: exact work for those who lead the team, protected tables for all who may see them, nobody's name."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import sync_roles
from accounts.models import Membership
from referrals.actions import expiry, orientations, persons
from referrals.models import AccessRow, Need
from tests.referrals import builders
from tests.services.builders import service

pytestmark = pytest.mark.django_db
PAGE = "/desk/figures/"


@pytest.fixture
def ada(db):
    sync_roles()
    return builders.agent()


def signed_in(client, role: str):
    user = builders.agent(role, role=role)
    client.force_login(user)
    return user


def some_needs(ada, count: int, code: str = "food") -> None:
    for _number in range(count):
        about = builders.person(ada)
        persons.identify(person=about, by=ada, last_name="Van Canary")
        need = builders.need(ada, about=about, code=code)
        one = orientations.give(need=need, service=service(), by=ada)
        orientations.move(
            orientation=one, to="failed", reason="full", outcome="no_help", barriers=["mobility"], by=ada
        )


def main(page) -> str:
    return page.content.decode().split("<main")[1].split("</main")[0]


def test_a_coordinator_sees_who_has_how_much_to_do(client, ada):
    some_needs(ada, 2)
    signed_in(client, "coordinator")
    page = client.get(PAGE)
    [(team, rows)] = page.context["work"]
    assert team == builders.fund()
    assert {one.agent.username: one.given for one in rows}["ada"] == 2
    assert "Canary" not in page.content.decode()


def test_what_nobody_could_say_is_not_told_as_not_satisfied(client, ada):
    for _number in range(9):
        builders.orientation(ada)
    expiry.expire(timezone.now() + timedelta(days=60))
    signed_in(client, "coordinator")
    tables = {one.code: one for one in client.get(PAGE).context["tables"]}
    assert tables["unmet-by-bassin"].total is None
    told = {words: total for words, _cells, total, _share in tables["status-by-month"].rows if total}
    assert told == {"Nul n’a pu dire ce qu’il en est": 10}


@pytest.mark.parametrize("role", ["analyst", "data_protection_officer"])
def test_others_see_no_agent(client, ada, role):
    some_needs(ada, 9)
    signed_in(client, role)
    page = client.get(PAGE)
    assert page.context["work"] == []
    assert "ada" not in main(page).split()
    assert page.status_code == 200


def test_small_counts_are_told_to_nobody_on_the_page_and_in_files(client, ada):
    some_needs(ada, 9, "food")
    some_needs(ada, 3, "care")
    signed_in(client, "coordinator")
    page = client.get(PAGE)
    tables = {one.code: one for one in page.context["tables"]}
    needs = {words: total for words, _cells, total, _share in tables["needs-by-month"].rows}
    assert list(needs.values()) == [10]  # the three stand nowhere
    assert tables["needs-by-month"].total == 10
    assert [total for _w, _c, total, _s in tables["barriers-by-month"].rows] == [10]
    for code in tables:
        answer = client.get(reverse("desk:figures_file", args=[code]))
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert len({len(row) for row in rows}) == 1
        told = {cell for row in rows[1:] for cell in row[1:]}
        assert told <= {"–", "10", "15"}, code  # 12 barriers and statuses are one count of 10
        assert "Canary" not in answer.content.decode()


def test_taking_a_file_is_a_row(client, ada):
    user = signed_in(client, "analyst")
    answer = client.get(
        reverse("desk:figures_file", args=["needs-by-bassin"]), {"first": "2026-01", "last": "2026-03"}
    )
    assert answer["Content-Type"].startswith("text/csv")
    assert "needs-by-bassin-2026-01-2026-03.csv" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    row = AccessRow.objects.get(object_kind="figures")
    assert (row.action, row.actor_id) == ("export", user.pk)
    assert client.get(reverse("desk:figures_file", args=["no-such-table"])).status_code == 404


def test_only_the_own_teams_are_counted(client, ada):
    some_needs(ada, 9)
    other = builders.agent("eve", role="coordinator", team=builders.fund("other"))
    client.force_login(other)
    page = client.get(PAGE)
    assert not any(one.rows for one in page.context["tables"])
    assert [team.code for team, _rows in page.context["work"]] == ["other"]


def test_an_agent_has_no_figures(client, ada):
    client.force_login(ada)
    assert client.get(PAGE).status_code == 403
    assert client.get(reverse("desk:figures_file", args=["needs-by-month"])).status_code == 403
    assert "figures" not in client.get("/desk/day/").content.decode()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"first": "2026-01", "last": "2026-06"}, 200),
        ({"first": "2026-06", "last": "2026-01"}, 422),
        ({"first": "2020-01", "last": "2026-01"}, 422),
        ({"first": "2026-13"}, 422),
        ({"first": "'; drop"}, 422),
        ({"bassin": "atlantis"}, 422),
        ({"last": "2024-02"}, 200),
    ],
)
def test_a_wrong_period_is_said_and_the_usual_one_is_shown(client, ada, asked, status):
    signed_in(client, "analyst")
    page = client.get(PAGE, asked)
    assert page.status_code == status
    assert 1 <= len(page.context["asked"].months) <= 36
    if status == 200:
        assert page.context["asked"].last == asked["last"]


def test_the_page_asks_the_database_the_same_few_times_however_much_there_is(
    client, ada, django_assert_max_num_queries
):
    signed_in(client, "coordinator")
    some_needs(ada, 3)
    client.get(PAGE)
    with django_assert_max_num_queries(30):
        client.get(PAGE)
    assert Need.objects.count() == 3


def test_somebody_whose_account_is_closed_stands_out(client, ada):
    builders.orientation(ada)
    ada.is_active = False
    ada.save()
    signed_in(client, "coordinator")
    assert 'class="figures-left"' in main(client.get(PAGE))
    assert Membership.objects.filter(user=ada).exists()
