"""Teams and members: a membership gives the rights of its role and takes them back, and the admin can manage both."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.actions import sync_roles
from accounts.models import Membership, Team, User
from audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    sync_roles()
    return Team.objects.create(code="nord", name="Brusano Nord")


@pytest.fixture
def user() -> User:
    return User.objects.create_user("fatima", "fatima@example.org", "secret")


def groups(user: User) -> list[str]:
    return sorted(user.groups.values_list("name", flat=True))


def test_a_membership_gives_the_rights_of_its_role(team, user):
    assert not user.has_perm("services.publish_service")
    Membership.objects.create(user=user, team=team, role="editor")
    assert User.objects.get(pk=user.pk).has_perm("services.publish_service")
    entry = AuditEntry.objects.get(action="membership.granted")
    assert (entry.object_id, entry.detail) == (str(user.pk), {"team": "nord", "role": "editor"})


def test_another_role_takes_the_first_one_back(team, user):
    member = Membership.objects.create(user=user, team=team, role="editor")
    member.role = "contributor"
    member.save()
    assert groups(user) == ["contributor"]


def test_a_role_held_twice_ends_with_the_last(team, user):
    other = Team.objects.create(code="sud", name="Brusano Sud")
    first = Membership.objects.create(user=user, team=team, role="editor")
    second = Membership.objects.create(user=user, team=other, role="editor")
    first.delete()
    assert groups(user) == ["editor"]
    second.delete()
    assert groups(user) == []
    assert AuditEntry.objects.filter(action="membership.ended").count() == 2


def test_a_group_given_by_hand_stays(team, user):
    user.groups.add(Group.objects.get(name="moderator"))
    Membership.objects.create(user=user, team=team, role="editor").delete()
    assert groups(user) == ["moderator"]


def test_a_team_or_a_user_can_go_with_its_memberships(team, user):
    Membership.objects.create(user=user, team=team, role="editor")
    team.delete()
    assert groups(user) == []
    Membership.objects.create(user=user, team=Team.objects.create(code="x", name="X"), role="editor")
    user.delete()
    assert not Membership.objects.exists()


def test_administrators_manage_teams_and_members_in_the_admin(admin_client, team, user):
    answer = admin_client.post(
        reverse("team:add"), {"name": "Brusano Est", "code": "est", "kind": "bassin", "language": "fr"}
    )
    assert answer.status_code == 302, answer.context["form"].errors
    values = {"user": user.pk, "team": Team.objects.get(code="est").pk, "role": "editor"}
    assert admin_client.post(reverse("membership:add"), values).status_code == 302
    assert groups(user) == ["editor"]
    twice = admin_client.post(reverse("membership:add"), values)
    assert twice.context["form"].non_field_errors()
    assert "fatima" in admin_client.get(reverse("membership:index"), {"q": "fatima"}).content.decode()


def test_queries_of_the_members_list_do_not_grow(admin_client, team, django_assert_max_num_queries):
    address = reverse("membership:index")

    def add(count: int, start: int) -> None:
        for number in range(start, start + count):
            member = User.objects.create_user(f"member-{number}", f"{number}@example.org", "secret")
            Membership.objects.create(user=member, team=team, role="contributor")

    add(2, 0)
    admin_client.get(address)
    with django_assert_max_num_queries(30) as few:
        admin_client.get(address)
    add(15, 2)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert admin_client.get(address).status_code == 200


@pytest.mark.parametrize("role", ["contributor", "editor", "moderator", "taxonomy_manager"])
def test_nobody_else_may(client, team, user, role):
    Membership.objects.create(user=user, team=team, role=role)
    client.force_login(user)
    for name in ("team:index", "team:add", "membership:index", "membership:add"):
        assert client.get(reverse(name)).status_code in (302, 403)
    client.post(reverse("membership:add"), {"user": user.pk, "team": team.pk, "role": "moderator"})
    assert groups(user) == [role]
