"""Listings change hands only when both teams agree; what only they use goes along."""

import pytest
from django.urls import reverse

from accounts.actions import sync_roles
from accounts.models import Membership, User
from accounts.roles import RIGHTS, ROLES
from audit.models import AuditEntry
from services import handing_over, rights
from services.handing_over import HandoverRefused
from services.models import Handover, Location, Service

from .builders import location, organization, service, team

pytestmark = pytest.mark.django_db


def member(role: str, code: str) -> User:
    sync_roles()
    user = User.objects.create_user(f"{role}-{code}", f"{role}@{code}.example.org", "secret")
    Membership.objects.create(user=user, team=team(code), role=role)
    return user


@pytest.fixture
def offered():
    """(moderator of nord, moderator of sud, the offer of two listings of one organisation and place)"""
    nord, sud = member("moderator", "nord"), member("moderator", "sud")
    of_nord = {"steward": team("nord")}
    owner, place = organization(**of_nord), location(**of_nord)
    services = [service(name, organization=owner, at=[place], **of_nord) for name in ("Un", "Deux")]
    [handover] = handing_over.offer(services=services, to_team=team("sud"), by=nord, reason="Déménagé")
    return nord, sud, handover


def test_nothing_moves_before_the_other_team_accepts(offered):
    nord, sud, handover = offered
    assert Service.objects.filter(steward=team("nord")).count() == 2
    done = handing_over.accept(handover, by=sud)
    assert (done.moved, done.left) == (2, [])
    assert Service.objects.filter(steward=team("sud")).count() == 2
    assert Location.objects.get().steward == team("sud")
    assert Service.objects.first().organization.steward == team("sud")
    assert not rights.may(nord, "change", Service.objects.first())
    actions = list(AuditEntry.objects.filter(object_kind="handover").values_list("action", flat=True))
    assert actions == ["handover.offered", "handover.accepted"]


def test_what_the_first_team_still_uses_stays_hers(offered):
    _nord, sud, handover = offered
    place = Location.objects.get()
    kept = service(
        "Trois", organization=Service.objects.first().organization, at=[place], steward=team("nord")
    )
    handing_over.accept(handover, by=sud)
    assert Location.objects.get().steward == team("nord")
    assert Service.objects.get(pk=kept.pk).organization.steward == team("nord")


def test_only_the_other_team_accepts_and_only_once(offered):
    nord, sud, handover = offered
    with pytest.raises(HandoverRefused, match="not_for_you"):
        handing_over.accept(handover, by=nord)
    handing_over.decline(handover, by=sud, answer="Pas chez nous")
    with pytest.raises(HandoverRefused, match="decided"):
        handing_over.accept(handover, by=sud)
    assert Service.objects.filter(steward=team("nord")).count() == 2


def test_what_changed_hands_meanwhile_is_left_out_and_named(offered):
    _nord, sud, handover = offered
    gone = Service.objects.first()
    gone.steward = team("gent")
    gone.save()
    done = handing_over.accept(handover, by=sud)
    assert (done.moved, done.left) == (1, [gone])
    assert Service.objects.get(pk=gone.pk).steward == team("gent")


def test_an_offered_listing_is_not_offered_twice(offered):
    nord, _sud, _handover = offered
    with pytest.raises(HandoverRefused, match="nothing"):
        handing_over.offer(services=Service.objects.all(), to_team=team("gent"), by=nord)


def test_a_team_offers_only_what_is_hers(offered):
    with pytest.raises(HandoverRefused, match="not_yours"):
        handing_over.offer(
            services=[service(steward=team("gent"))],
            to_team=team("sud"),
            by=User.objects.get(username="moderator-nord"),
        )


def test_the_whole_way_through_the_admin(client):
    nord, sud = member("moderator", "nord"), member("moderator", "sud")
    mine = service("Épicerie à donner", steward=team("nord"))
    client.force_login(nord)
    action = (
        reverse("wagtail_bulk_action", args=["services", "service", "hand_over"])
        + f"?id={mine.pk}&next=/admin/"
    )
    assert "Épicerie à donner" in client.get(action).content.decode()
    client.post(action, {"to_team": team("sud").pk, "reason": "Elle a déménagé"})
    handover = Handover.objects.get()
    client.force_login(member("moderator", "gent"))
    assert client.get(reverse("handover", args=[handover.uuid]), follow=True).status_code == 404
    client.force_login(sud)
    assert "Brusano" not in client.get(reverse("handovers")).content.decode()
    page = client.get(reverse("handover", args=[handover.uuid])).content.decode()
    assert "Elle a déménagé" in page
    client.post(reverse("handover", args=[handover.uuid]), {"accept": "1"})
    assert Service.objects.get(pk=mine.pk).steward == team("sud")


def test_between_ones_own_teams_it_is_done_at_once(client):
    nord = member("moderator", "nord")
    Membership.objects.create(user=nord, team=team("sud"), role="moderator")
    mine = service(steward=team("nord"))
    client.force_login(nord)
    action = (
        reverse("wagtail_bulk_action", args=["services", "service", "hand_over"])
        + f"?id={mine.pk}&next=/admin/"
    )
    client.post(action, {"to_team": team("sud").pk})
    assert Service.objects.get(pk=mine.pk).steward == team("sud")
    assert not Handover.objects.exists()


def test_a_contributor_hands_nothing_over(client):
    mine = service(steward=team("nord"))
    client.force_login(member("contributor", "nord"))
    action = (
        reverse("wagtail_bulk_action", args=["services", "service", "hand_over"])
        + f"?id={mine.pk}&next=/admin/"
    )
    client.post(action, {"to_team": team("sud").pk})
    assert not Handover.objects.exists()
    assert client.get(reverse("handovers")).status_code == 302


def test_who_may_do_what_is_the_table_itself(client):
    client.force_login(member("editor", "nord"))
    page = client.get(reverse("rights")).content.decode()
    assert "Team nord" in page
    assert "Team sud" not in page
    assert page.count("✓") == sum(right.code in role.rights for right in RIGHTS for role in ROLES)
