"""The editor's Monday: lists, forms, rights, review and preview in the Wagtail admin."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Workflow
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from accounts.actions import sync_roles
from accounts.models import Membership, User
from geo.actions import load_geography
from services.admin.workflow import ensure_workflow
from services.models import Location, Notice, Organization, Phone, Schedule, Service
from services.transfer.fixtures import load_taxonomy

from .builders import location, organization, service, team, term

LANGUAGES = ("fr", "nl", "en", "de")


@pytest.fixture
def signed_in(client, db):
    """signed_in("editor"): a client of somebody with that role; "admin" for everything."""
    sync_roles()

    def sign_in(role: str):
        if role == "admin":
            user = User.objects.create_superuser("admin", "admin@example.org", "secret")
        else:
            user = User.objects.create_user(role, f"{role}@example.org", "secret")
            Membership.objects.create(user=user, team=team(), role=role)
        client.force_login(user)
        return client

    return sign_in


def place_form(**values) -> dict:
    texts = {f"{name}_{code}": "" for name in ("name", "street", "transportation") for code in LANGUAGES}
    empty = {"house_number": "", "box": "", "postcode": "", "lat": "", "lon": "", "commune": "", "bassin": ""}
    choices = {"precision": "address", "address_visibility": "public", "bassin_status": "review"}
    origin = {"source": "", "source_date": "", "data_note": ""}
    formsets = {"external_identifiers": inline_formset([])}
    return nested_form_data({**texts, **empty, **choices, **origin, **formsets, **values})


class TestForms:
    def test_a_place_gets_its_commune_and_bassin_from_its_point(self, signed_in):
        load_geography()
        client = signed_in("editor")
        answer = client.post(
            reverse("wagtailsnippets_services_location:add"),
            place_form(street_fr="Rue de l'Exemple", lat="50.8550", lon="4.3053") | {"action-publish": "1"},
        )
        assert answer.status_code == 302, answer.context["form"].errors
        made = Location.objects.get(street_fr="Rue de l'Exemple", lat=50.8550, lon=4.3053)
        assert (made.live, made.commune.code, made.bassin.code) == (True, "21012", "centre-ouest")

    def test_half_a_point_is_refused_by_name(self, signed_in):
        client = signed_in("editor")
        answer = client.post(reverse("wagtailsnippets_services_location:add"), place_form(lat="50.8"))
        assert "lon" in answer.context["form"].errors
        assert not Location.objects.exists()

    def test_a_contributor_writes_drafts_and_an_editor_publishes(self, signed_in):
        client = signed_in("contributor")
        data = place_form(street_fr="Rue du Brouillon") | {"action-publish": "1"}
        client.post(reverse("wagtailsnippets_services_location:add"), data)
        made = Location.objects.get()
        assert not made.live

    def test_somebody_without_a_role_sees_nothing(self, client, db):
        client.force_login(User.objects.create_user("nobody", "nobody@example.org", "secret"))
        for name in ("list", "add"):
            answer = client.get(reverse(f"wagtailsnippets_services_service:{name}"))
            assert answer.status_code in (302, 403)

    def test_needs_are_a_tree_with_every_term_once(self, signed_in):
        load_taxonomy()
        made = service()
        page = (
            signed_in("editor")
            .get(reverse("wagtailsnippets_services_service:edit", args=[made.pk]))
            .content.decode()
        )
        assert page.count('name="needs"') == 92

    @pytest.mark.parametrize(
        ("part", "field"),
        [
            (Phone(number="call us"), "number"),
            (Schedule(byday="MO", opens_at="nine", closes_at="17:00"), "opens_at"),
            (Schedule(byday="XX", opens_at="09:00", closes_at="17:00"), "byday"),
            (Schedule(byday="MO", opens_at="09:00"), "closes_at"),
            (Notice(text_fr="x", starts_on="2026-12-02", ends_on="2026-12-01"), "ends_on"),
            (Service(name_fr="x", minimum_age=80, maximum_age=20), "maximum_age"),
            (Service(), "name_fr"),
            (Organization(name_fr=""), "name_fr"),
        ],
    )
    def test_what_is_wrong_is_named_by_its_field(self, part, field, db):
        with pytest.raises(ValidationError) as raised:
            part.clean()
        assert list(raised.value.message_dict) == [field]


class TestLists:
    @pytest.mark.parametrize("model", ["service", "organization", "location"])
    def test_queries_do_not_grow_with_the_rows(self, signed_in, model, django_assert_max_num_queries):
        client = signed_in("admin")

        def add(count: int) -> None:
            for number in range(count):
                made = organization(f"Asbl {number}")
                service(f"Service {number}", organization=made, at=[location(street_fr=f"Rue {number}")])

        address = reverse(f"wagtailsnippets_services_{model}:list")
        add(3)
        client.get(address)
        with django_assert_max_num_queries(30) as few:
            client.get(address)
        add(30)
        with django_assert_max_num_queries(len(few.captured_queries) + 1):
            assert client.get(address).status_code == 200

    def test_a_name_in_any_language_finds_its_service(self, signed_in):
        service("Épicerie sociale", name_nl="Sociale kruidenier")
        service("Vestiaire")
        page = signed_in("editor").get(reverse("wagtailsnippets_services_service:list"), {"q": "kruidenier"})
        assert [row.name_fr for row in page.context["object_list"]] == ["Épicerie sociale"]

    def test_filters_by_need_and_state(self, signed_in):
        food = term("need", "food")
        service("Épicerie", needs=[food])
        service("Fermé", lifecycle="suspended")
        client = signed_in("editor")
        address = reverse("wagtailsnippets_services_service:list")
        assert [row.name_fr for row in client.get(address, {"need": food.pk}).context["object_list"]] == [
            "Épicerie"
        ]
        found = client.get(address, {"lifecycle": "suspended"}).context["object_list"]
        assert [row.name_fr for row in found] == ["Fermé"]


class TestReview:
    def test_a_draft_is_submitted_and_approved_by_a_moderator(self, signed_in, client):
        client = signed_in("contributor")
        assert ensure_workflow()
        assert not ensure_workflow()
        made = service(live=False)
        made.save_revision()
        workflow = Workflow.objects.get(name="Relecture / Nalezing")
        state = workflow.start(made, User.objects.get(username="contributor"))
        assert not Service.objects.get(pk=made.pk).live
        moderator = User.objects.create_user("moderator", "moderator@example.org", "secret")
        Membership.objects.create(user=moderator, team=team(), role="moderator")
        client.force_login(moderator)
        address = reverse("wagtailsnippets_services_service:confirm_workflow_cancellation", args=[made.pk])
        assert client.get(address).status_code in (200, 302)
        state.current_task_state.approve(user=moderator)
        assert Service.objects.get(pk=made.pk).live

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_a_draft_is_previewed_in_each_language(self, signed_in, lang):
        made = service("Épicerie sociale", name_nl="Sociale kruidenier")
        client = signed_in("editor")
        made.name_fr, made.name_nl = "Brouillon français", "Nederlands klad"
        revision = made.save_revision()
        address = reverse("wagtailsnippets_services_service:revisions_view", args=[made.pk, revision.pk])
        page = client.get(address, {"mode": lang}).content.decode()
        assert ("Nederlands klad" if lang == "nl" else "Brouillon français") in page


def test_arabic_is_a_setting_and_a_migration(tmp_path):
    """Another language: LANGUAGES and makemigrations, nothing else."""
    (tmp_path / "with_arabic.py").write_text(
        "from directory_site.settings.test import *\n"
        "LANGUAGES = [*LANGUAGES, ('ar', 'العربية')]\n"
        "MODELTRANSLATION_LANGUAGES = WAGTAIL_LANGUAGES = tuple(code for code, _ in LANGUAGES)\n"
        "MODELTRANSLATION_FALLBACK_LANGUAGES = {'default': MODELTRANSLATION_LANGUAGES}\n"
        "WAGTAIL_CONTENT_LANGUAGES = WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES\n"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "with_arabic",
        "PYTHONPATH": str(tmp_path),
        "DIRECTORY_VAR": str(tmp_path / "var"),
    }
    result = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--dry-run"],
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    for added in (
        "Add field name_ar to service",
        "Add field text_ar to notice",
        "Add field name_ar to territory",
    ):
        assert added in result.stdout, result.stdout
