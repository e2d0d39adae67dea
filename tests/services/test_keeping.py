"""Nothing typed is lost and nothing is overwritten unseen: autosaves, drafts that lack much, and two editors at once."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import DraftStateMixin
from wagtail.snippets.models import get_snippet_models

from accounts.actions import sync_roles
from accounts.models import Membership, User
from services.models import Location, Phone, Schedule, Service, ServiceAtLocation
from services.publishing import NotPublishable, faults

from .builders import location, organization, service, team, term
from .html_form import form_values

pytestmark = pytest.mark.django_db


def url(verb: str, obj=None, model: str = "service") -> str:
    kind = type(obj).__name__.lower() if obj else model
    return reverse(f"wagtailsnippets_services_{kind}:{verb}", args=[obj.pk] if obj else [])


@pytest.fixture
def signed_in():
    """signed_in("editor", "Ann"): a browser of its own of somebody with that role."""
    sync_roles()

    def sign_in(role: str, name: str = "ann") -> Client:
        user = User.objects.create_user(name, f"{name}@example.org")
        Membership.objects.create(user=user, team=team(), role=role)
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def opened(client: Client, address: str) -> dict:
    return form_values(client.get(address).content.decode())


def autosaved(client: Client, address: str, values: dict):
    return client.post(address, values, headers={"Accept": "application/json"})


def row(prefix: str, index: int, /, **values) -> dict:
    return {
        f"{prefix}-{index}-{name}": value
        for name, value in {"id": "", "ORDER": "1", "DELETE": "", **values}.items()
    }


def with_place(**values) -> Service:
    made = service("Épicerie", at=[location(street_fr="Rue Neuve", postcode="1000")], **values)
    link = made.service_at_locations.get()
    link.schedules = [Schedule(byday="MO", opens_at="09:00", closes_at="12:00")]
    made.service_at_locations = [link]
    made.save()
    return made


class TestDrafts:
    def test_one_ticked_box_is_enough_for_a_draft(self, signed_in):
        need = term("need", "food")
        client = signed_in("contributor")
        answer = autosaved(client, url("add"), opened(client, url("add")) | {"needs": [need.pk]})
        assert answer.json()["success"]
        made = Service.objects.get()
        assert (made.live, made.organization, list(made.needs.all())) == (False, None, [need])
        assert str(made)

    def test_a_draft_without_organisation_is_listed_and_opened(self, signed_in):
        made = Service(name_fr="Sans organisation", live=False, steward=team())
        made.save()
        client = signed_in("editor")
        assert "Sans organisation" in client.get(url("list")).content.decode()
        assert client.get(url("edit", made)).status_code == 200

    def test_publishing_asks_for_name_and_organisation(self, signed_in):
        client = signed_in("editor")
        answer = client.post(url("add"), opened(client, url("add")) | {"action-publish": "1"})
        assert {"name_fr", "organization"} <= set(answer.context["form"].errors)
        assert not Service.objects.exists()

    def test_the_database_holds_it_too(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            Service(name_fr="Publié", live=True).save()

    def test_what_is_half_typed_is_kept_by_the_autosave_and_refused_by_the_button(self, signed_in):
        made = with_place(live=False)
        client = signed_in("editor")
        values = opened(client, url("edit", made))
        wrong = {"service_at_locations-0-schedules-0-opens_at": "nine", "email": "info@"}
        assert autosaved(client, url("edit", made), values | wrong).json()["success"]
        kept = Service.objects.get(pk=made.pk)
        assert kept.email == "info@"
        assert kept.service_at_locations.get().schedules.get().opens_at == "nine"
        values = opened(client, url("edit", made))
        assert values["email"] == ["info@"]
        refused = client.post(url("edit", made), values | {"action-publish": "1"})
        assert "email" in refused.context["form"].errors
        assert not Service.objects.get(pk=made.pk).live

    def test_what_no_column_can_hold_is_named(self, signed_in):
        made = service("Épicerie")
        client = signed_in("editor")
        answer = autosaved(
            client, url("edit", made), opened(client, url("edit", made)) | {"minimum_age": "old"}
        )
        assert answer.status_code == 400
        assert answer.json()["error_code"] == "validation_error"
        label = str(answer.json()["error_message"])
        assert "age" in label.lower() or "âge" in label.lower()

    def test_an_empty_row_does_not_stop_the_autosave_twice(self, signed_in):
        made = service("Épicerie", live=False)
        client = signed_in("editor")
        values = opened(client, url("edit", made))
        place = {
            f"service_at_locations-0-{name}_{code}": ""
            for name in ("description",)
            for code in ("fr", "nl", "en", "de")
        }
        for part in ("schedules", "phones", "notices"):
            place |= {
                f"service_at_locations-0-{part}-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM")
            }
            place |= {f"service_at_locations-0-{part}-MAX_NUM_FORMS": "1000"}
        values |= (
            place | row("service_at_locations", 0, location="") | {"service_at_locations-TOTAL_FORMS": "1"}
        )
        for expected in ("one", "two", "three"):
            answer = autosaved(client, url("edit", made), values | {"summary_fr": expected})
            assert answer.json()["success"], answer.json()
            values |= answer.json()["field_updates"]
            values["overwrite_revision_id"] = answer.json()["revision_id"]
        assert Service.objects.get(pk=made.pk).summary_fr == "three"
        assert not ServiceAtLocation.objects.exists()

    def test_rows_added_since_are_not_doubled_by_the_next_save(self, signed_in):
        made = service("Épicerie", live=False)
        client = signed_in("editor")
        values = opened(client, url("edit", made))
        phone = {"number": "02 217 89 05", "type": "voice", "visibility": "public"}
        texts = {f"description_{code}": "" for code in ("fr", "nl", "en", "de")}
        values |= row("phones", 0, **phone, **texts) | {"phones-TOTAL_FORMS": "1"}
        for _again in range(3):
            answer = autosaved(client, url("edit", made), values).json()
            values |= answer["field_updates"] | {"overwrite_revision_id": answer["revision_id"]}
        assert Phone.objects.filter(service=made).count() == 1
        assert made.revisions.count() == 1


class TestPublishing:
    def test_a_version_that_no_form_checked_is_not_published(self):
        made = with_place(live=False)
        made.phones = [Phone(number="call us")]
        version = made.save_revision(clean=False)
        with pytest.raises(NotPublishable) as refusal:
            version.publish()
        assert isinstance(refusal.value, PermissionDenied)
        assert not Service.objects.get(pk=made.pk).live

    def test_a_complete_one_has_no_faults(self):
        assert faults(with_place()) == []
        assert faults(organization()) == []
        assert faults(location(street_fr="Rue Neuve")) == []

    def test_a_draft_whose_place_was_deleted_still_opens(self, signed_in):
        made, gone = service("Épicerie", live=False), location(street_fr="Rue Neuve")
        made.service_at_locations = [ServiceAtLocation(location=gone)]
        made.save_revision()
        Location.objects.filter(pk=gone.pk).delete()
        assert signed_in("editor").get(url("edit", made)).status_code == 200


class TestTwoEditors:
    @pytest.mark.parametrize("with_a_version", [True, False])
    def test_the_second_is_told_at_saving_and_nothing_is_overwritten(self, signed_in, with_a_version):
        made = service("Épicerie")
        if with_a_version:
            made.save_revision()
        ann, bob = signed_in("editor", "ann"), signed_in("editor", "bob")
        of_ann, of_bob = opened(ann, url("edit", made)), opened(bob, url("edit", made))
        assert autosaved(ann, url("edit", made), of_ann | {"summary_fr": "d'Ann"}).json()["success"]
        told = bob.post(url("edit", made), of_bob | {"summary_nl": "van Bob", "action-publish": "1"})
        assert told.status_code == 200
        assert "ann" in str(next(iter(told.context["messages"])))
        assert not told.context["autosave_enabled"], "it would overwrite by itself"
        made = Service.objects.get(pk=made.pk)
        assert made.get_latest_revision_as_object().summary_fr == "d'Ann"
        silent = autosaved(bob, url("edit", made), of_bob | {"summary_nl": "van Bob"})
        assert silent.json()["error_code"] == "invalid_revision"
        shown_again = form_values(told.content.decode())
        assert shown_again["summary_nl"] == ["van Bob"]
        assert bob.post(url("edit", made), shown_again).status_code == 302, "knowingly"
        versions = [version.as_object() for version in made.revisions.order_by("pk")]
        assert {"d'Ann", None} <= {version.summary_fr for version in versions}
        assert versions[-1].summary_nl == "van Bob"

    def test_the_second_is_told_before_typing(self, signed_in):
        made = service("Épicerie")
        ann, bob = signed_in("editor", "ann"), signed_in("editor", "bob")
        first = ann.get(url("edit", made))
        assert not list(first.context["messages"])
        second = bob.get(url("edit", made))
        assert "ann" in str(next(iter(second.context["messages"])))

    def test_ones_own_autosave_is_no_stranger(self, signed_in):
        made = service("Épicerie")
        ann = signed_in("editor", "ann")
        values = opened(ann, url("edit", made))
        answer = autosaved(ann, url("edit", made), values | {"summary_fr": "un"}).json()
        # What static/js/admin/keeping.js writes into the form.
        values["loaded_revision_id"] = answer["revision_id"]
        values["loaded_revision_created_at"] = answer["revision_created_at"]
        assert ann.post(url("edit", made), values | {"summary_fr": "deux"}).status_code == 302


class TestScale:
    def test_the_form_of_a_service_with_many_places_asks_no_more(
        self, signed_in, django_assert_max_num_queries
    ):
        client = signed_in("editor")

        def of(count: int) -> Service:
            made = service(f"S{count}", at=[location(street_fr=f"Rue {number}") for number in range(count)])
            for link in made.service_at_locations.all():
                Schedule.objects.create(
                    service_at_location=link, byday="MO", opens_at="09:00", closes_at="12:00"
                )
            made.save_revision()
            return made

        few, many = of(1), of(8)
        client.get(url("edit", few))
        with django_assert_max_num_queries(80) as asked:
            client.get(url("edit", few))
        with django_assert_max_num_queries(len(asked.captured_queries) + 1):
            assert client.get(url("edit", many)).status_code == 200


def test_only_what_has_drafts_saves_itself(admin_client):
    """Saved by itself without a draft, a half-typed word would be public at once."""
    kinds = get_snippet_models()
    assert len(kinds) >= 7
    for kind in kinds:
        page = admin_client.get(reverse(kind.snippet_viewset.get_url_name("add")), follow=True).content
        assert (b"data-w-autosave-interval-value" in page) == issubclass(kind, DraftStateMixin), kind
