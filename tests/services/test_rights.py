"""Who may do what with whose listing: roles in the team in charge, tried at every address of the admin."""

import pytest
from django.urls import reverse
from wagtail.models import Revision

from accounts.actions import sync_roles
from accounts.models import Membership, User
from accounts.roles import ROLES
from services import rights
from services.admin.gate import NEEDED
from services.admin.workflow import ensure_workflow
from services.models import Location, Organization, Service
from services.stewardship import assign

from .builders import location, organization, service, team

pytestmark = pytest.mark.django_db
MODELS = (Service, Organization, Location)


@pytest.fixture
def member(client):
    """member("editor", "nord"): a user with that role in that team, signed in."""
    sync_roles()

    def join(role: str, code: str = "team") -> User:
        user = User.objects.create_user(f"{role}-{code}", f"{role}@{code}.example.org", "secret")
        Membership.objects.create(user=user, team=team(code), role=role)
        client.force_login(user)
        return user

    return join


def of_another_team(model, *, live: bool):
    if model is Service:
        made = service("Service secret de Gand", live=live, steward=team("other"))
    elif model is Organization:
        made = organization("Service secret de Gand", steward=team("other"))
    else:
        made = location(name_fr="Service secret de Gand", steward=team("other"))
    if made.live != live:
        made.live = live
        made.save()
    made.save_revision()
    made.save_revision()
    return made


def addresses(model, obj) -> list[tuple[str, str]]:
    """(name, URL) of every admin address that names this object, from the URL resolver itself."""
    viewset = model.snippet_viewset
    revision = Revision.objects.for_instance(obj).last().pk
    values = {
        "pk": obj.pk,
        "revision_id": revision,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "action_name": "approve",
        "task_state_id": 1,
        "task_id": 1,
        "workflow_state_id": 1,
    }
    found = []
    for pattern in viewset.get_urlpatterns():
        route = str(pattern.pattern)
        if "pk>" in route:
            needed = {name: value for name, value in values.items() if f"{name}>" in route}
            found.append((pattern.name, reverse(viewset.get_url_name(pattern.name), kwargs=needed)))
    assert len(found) > 15
    return found


def state_of(obj) -> tuple:
    obj = type(obj).objects.get(pk=obj.pk)
    return (
        obj.live,
        obj.locked,
        obj.steward_id,
        obj.latest_revision_id,
        obj.modified_at,
        obj.go_live_at,
        Revision.objects.for_instance(obj).count(),
    )


class TestAnotherTeamsObject:
    @pytest.mark.parametrize("model", MODELS)
    def test_no_address_shows_a_draft_or_changes_anything(self, member, client, model):
        obj = of_another_team(model, live=False)
        member("moderator")
        before = state_of(obj)
        for name, url in addresses(model, obj):
            for method in ("get", "post"):
                answer = getattr(client, method)(url, {"action-publish": "1", "name_fr": "pris"}, follow=True)
                assert answer.status_code == 404, (name, method, answer.status_code)
                assert b"Service secret" not in answer.content
        assert state_of(obj) == before

    @pytest.mark.parametrize("model", MODELS)
    def test_what_is_published_is_read_and_not_changed(self, member, client, model):
        obj = of_another_team(model, live=True)
        with_draft = type(obj).objects.get(pk=obj.pk)
        with_draft.name_fr = "Nom du brouillon"
        with_draft.save_revision()
        member("moderator")
        before = state_of(obj)
        for name, url in addresses(model, obj):
            for method in ("get", "post"):
                answer = getattr(client, method)(url, {"action-publish": "1", "name_fr": "pris"}, follow=True)
                if name not in ("inspect", "edit", "copy"):
                    said = "".join(str(message) for message in answer.context["messages"])
                    assert "permission" in said or "autoris" in said.lower(), (name, method)
                assert b"Nom du brouillon" not in answer.content, (name, method)
        assert state_of(obj) == before

    def test_the_edit_address_leads_to_reading(self, member, client):
        obj = of_another_team(Service, live=True)
        member("editor")
        answer = client.get(reverse("wagtailsnippets_services_service:edit", args=[obj.pk]), follow=True)
        assert answer.redirect_chain[-1][0].endswith(f"/inspect/{obj.pk}/")
        assert "Service secret de Gand" in answer.content.decode()
        assert "Team other" in answer.content.decode()

    @pytest.mark.parametrize("model", MODELS)
    def test_lists_choosers_and_bulk_actions_leave_drafts_out(self, member, client, model):
        hidden, shown = of_another_team(model, live=False), of_another_team(model, live=True)
        member("moderator")
        name = model._meta.model_name
        for url in (
            reverse(f"wagtailsnippets_services_{name}:list"),
            reverse(f"wagtailsnippetchoosers_services_{name}:choose"),
        ):
            page = client.get(url).content.decode()
            assert f"/{shown.pk}/" in page or f'"{shown.pk}"' in page or str(shown.pk) in page
            assert f"edit/{hidden.pk}/" not in page
            assert f"chosen/{hidden.pk}/" not in page
        chosen = reverse(f"wagtailsnippetchoosers_services_{name}:chosen", args=[hidden.pk])
        assert client.get(chosen, follow=True).status_code == 404
        delete = reverse("wagtail_bulk_action", args=["services", name, "delete"])
        client.post(f"{delete}?id={hidden.pk}&id={shown.pk}&next=/admin/")
        assert model.objects.filter(pk__in=[hidden.pk, shown.pk]).count() == 2

    def test_a_role_in_one_team_gives_nothing_in_another(self, member, client):
        """An editor there, a contributor here: nothing is published here."""
        user = member("editor", "other")
        Membership.objects.create(user=user, team=team(), role="contributor")
        client.force_login(User.objects.get(pk=user.pk))
        mine = service("Brouillon", live=False)
        mine.save_revision()
        page = client.get(reverse("wagtailsnippets_services_service:edit", args=[mine.pk])).content.decode()
        assert 'name="action-publish"' not in page
        assert (
            client.get(reverse("wagtailsnippets_services_service:unpublish", args=[mine.pk])).status_code
            == 302
        )

    def test_reports_of_the_site_tell_of_the_own_teams_only(self, member, client):
        obj = of_another_team(Service, live=False)
        member("moderator")
        for name in ("site_history", "workflow", "workflow_tasks", "locked_pages", "aging_pages"):
            answer = client.get(reverse(f"wagtailadmin_reports:{name}"), follow=True)
            assert "Service secret de Gand" not in answer.content.decode(), name
        assert not rights.sees(User.objects.get(username="moderator-team"), obj)


class TestReview:
    def sent(self, code: str, name: str) -> Service:
        ensure_workflow()
        made = service(name, live=False, steward=team(code))
        made.save_revision()
        author = User.objects.create_user(f"author-{code}", f"a@{code}.example.org", "secret")
        Membership.objects.create(user=author, team=team(code), role="contributor")
        made.get_workflow().start(made, author)
        return made

    def test_reviewers_see_what_their_own_team_sent(self, member, client):
        mine, other = self.sent("team", "Le nôtre"), self.sent("other", "Celui de Gand")
        member("moderator")
        home = client.get(reverse("wagtailadmin_home")).content.decode()
        assert "Le nôtre" in home
        assert "Celui de Gand" not in home
        for made, found in ((mine, 200), (other, 404)):
            state = made.current_workflow_task_state
            url = reverse(
                "wagtailsnippets_services_service:workflow_action", args=[made.pk, "approve", state.pk]
            )
            client.post(url, follow=True)
            assert Service.objects.get(pk=made.pk).live == (found == 200)

    def test_a_contributor_does_not_approve_the_own_draft(self, member, client):
        mine = self.sent("team", "Le nôtre")
        member("contributor")
        state = mine.current_workflow_task_state
        url = reverse("wagtailsnippets_services_service:workflow_action", args=[mine.pk, "approve", state.pk])
        client.post(url, follow=True)
        assert not Service.objects.get(pk=mine.pk).live


class TestOwnTeam:
    @pytest.mark.parametrize(
        ("role", "may"),
        [
            ("contributor", {"view", "change", "add"}),
            ("editor", {"view", "change", "add", "publish"}),
            ("moderator", {"view", "change", "add", "publish", "lock", "unlock", "delete"}),
            ("taxonomy_manager", {"view"}),
            ("administrator", {"view", "change", "add", "publish", "lock", "unlock", "delete"}),
        ],
    )
    def test_what_each_role_may_do(self, member, role, may):
        user, mine = member(role), service()
        actions = {"view", "change", "add", "publish", "lock", "unlock", "delete"}
        assert {action for action in actions if rights.may(user, action, mine)} == may

    def test_a_new_listing_belongs_to_the_authors_team(self, member, client):
        member("contributor", "nord")
        page = client.get(reverse("wagtailsnippets_services_service:add")).content.decode()
        assert 'name="steward"' not in page  # there is one team only
        assert rights.teams_writing(User.objects.get(), Service) == [team("nord")]

    def test_nobodys_listing_is_for_administrators(self, member):
        lost = service()
        lost.steward = None
        lost.save()
        assert not rights.may(member("moderator"), "change", lost)
        assert rights.may(member("administrator"), "change", lost)

    def test_somebody_who_left_may_do_nothing(self, member):
        user = member("moderator")
        user.is_active = False
        assert not rights.may(user, "view", service())

    def test_a_draft_begun_before_a_hand_over_does_not_bring_the_old_team_back(self, member):
        member("editor")
        mine = service()
        revision = mine.save_revision()
        assign(Service.objects.filter(pk=mine.pk), team("nord"))
        revision.publish()
        assert Service.objects.get(pk=mine.pk).steward == team("nord")


def test_every_address_of_an_object_has_thought_about_rights():
    for model in MODELS:
        named = {
            pattern.name
            for pattern in model.snippet_viewset.get_urlpatterns()
            if "pk>" in str(pattern.pattern)
        }
        assert named <= set(NEEDED), named - set(NEEDED)


def test_roles_are_made_of_rights_that_exist():
    sync_roles()  # raises on a permission that no model declares
    assert {role.code for role in ROLES} >= {
        "contributor",
        "editor",
        "moderator",
        "taxonomy_manager",
        "administrator",
    }
