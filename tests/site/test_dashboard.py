"""A team's Monday: each number on the admin's first page is the length of the list it leads to."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.actions import sync_roles
from accounts.models import Membership, User
from directory_site.admin.dashboard import numbers
from geo.actions import load_geography
from geo.models import Territory
from search.models import SearchWithoutResult
from services.care import actions as care
from services.codes import SuggestionChannel, SuggestionKind
from services.models import ListingUse, Notice, Suggestion
from services.translating.following import catch_up
from tests.services.builders import service, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def monday(client) -> User:
    """A team with something in every list, another with as much, and an editor of the first."""
    sync_roles()
    load_geography()
    ours, theirs = team("nord"), team("gent")
    ours.territories.set([Territory.objects.get(kind="bassin", code="nord")])
    today = localdate()
    for one in (ours, theirs):
        service("Jamais vérifiée", steward=one)
        late = service("En retard", steward=one, verified_on=date(2020, 1, 1))
        late.notices = [Notice(text_fr="Fermé", starts_on=today, ends_on=today + timedelta(days=3))]
        late.save()
        service("Brouillon", steward=one, live=False)
        seen = service("Montrée", steward=one, verified_on=today)
        ListingUse.objects.create(service=seen, week=today, shown=3)
        Suggestion.objects.create(
            service=late, steward=one, kind=SuggestionKind.REPORT, channel=SuggestionChannel.PUBLIC
        )
    SearchWithoutResult.objects.create(words="psy", language="fr", bassin="nord", week=today, count=4)
    SearchWithoutResult.objects.create(words="psy", language="fr", bassin="gent", week=today, count=9)
    care.refresh()
    while catch_up():
        pass
    user = User.objects.create_user("editor", "editor@example.org", "secret")
    Membership.objects.create(user=user, team=ours, role="editor")
    client.force_login(user)
    return user


def test_each_number_leads_to_as_many_rows(monday, client):
    found = numbers(monday, team("nord"))
    assert [number.count for number in found] == [1, 1, 1, 0, 0, 0, 3, 1, 1, 2, 4]
    for number in found:
        answer = client.get(number.url)
        assert answer.status_code == 200, number.url
        if "without-result" not in number.url:  # there one row is many searches
            assert len(answer.context["object_list"]) == number.count, number.url


def test_the_first_page_shows_the_own_team_and_no_other(monday, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        page = client.get(reverse("wagtailadmin_home") + "?team=gent").content.decode()
    assert "Team nord" in page
    assert "Team gent" not in page
    assert re.findall(r"<strong>(\d+)</strong>", page)[:3] == ["1", "1", "1"]


def test_a_contributor_sees_what_a_contributor_may_do(monday, client):
    user = User.objects.create_user("contributor", "c@example.org", "secret")
    Membership.objects.create(user=user, team=team("nord"), role="contributor")
    urls = [number.url for number in numbers(user, team("nord"))]
    assert not any("suggestions" in url or "without-result" in url for url in urls)
    assert any("to-verify" in url for url in urls)


def test_somebody_without_a_team_is_told_so(client):
    client.force_login(User.objects.create_superuser("admin", "admin@example.org", "secret"))
    assert client.get(reverse("wagtailadmin_home")).status_code == 200
