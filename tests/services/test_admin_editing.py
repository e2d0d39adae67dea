"""An editor's verbs through the admin's own forms: edit, copy, compare, go back, schedule, delete, choose, find."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import now, timedelta
from wagtail.models import ModelLogEntry, ReferenceIndex

from accounts.actions import sync_roles
from accounts.models import Membership, User
from audit.models import AuditEntry
from services.admin.find import find
from services.models import (
    ExternalIdentifier,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
)

from .builders import location, organization, service, team, term
from .html_form import form_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(client):
    """sign_in("editor"): the test's client, as somebody with that role."""
    sync_roles()

    def as_role(role: str):
        user, created = User.objects.get_or_create(username=role, defaults={"email": f"{role}@example.org"})
        if created:
            Membership.objects.create(user=user, team=team(), role=role)
        client.force_login(user)
        return client

    return as_role


def url(verb: str, obj=None, model: str = "service", *args) -> str:
    kind = type(obj).__name__.lower() if obj else model
    return reverse(f"wagtailsnippets_services_{kind}:{verb}", args=[obj.pk, *args] if obj else [])


def saved(client, address: str, changes: dict, *, expected: int = 302, to: str | None = None):
    """What the page's form holds, changed and sent; `to`: a form that is sent elsewhere (copy)."""
    answer = client.post(to or address, form_values(client.get(address).content.decode()) | changes)
    assert answer.status_code == expected, answer.context and answer.context["form"].errors
    return answer


def full_service(**values) -> Service:
    """A service with a place that has hours and a phone, an identifier and texts of several lines."""
    made = service(
        "Épicerie sociale",
        at=[location(street_fr="Rue Neuve", house_number="1", postcode="1000")],
        description_fr="Une ligne.\n\nUne autre.",
        needs=[term("need", "food")],
        **values,
    )
    made.external_identifiers = [ExternalIdentifier(scheme="test", identifier="X-1")]
    place = made.service_at_locations.get()
    place.schedules = [Schedule(byday="MO,TU", opens_at="09:00", closes_at="12:00", freq="WEEKLY")]
    place.phones = [Phone(number="02 217 89 05")]
    made.service_at_locations = [place]
    made.save()
    return made


class TestEditing:
    def test_saving_without_a_change_changes_nothing(self, sign_in):
        made = full_service()
        client = sign_in("editor")
        saved(client, url("edit", made), {})
        first, second = made.revisions.order_by("pk")
        page = client.get(url("revisions_compare", made, "service", first.pk, second.pk))
        assert [row.field_label() for row in page.context["comparison"]] == []

    def test_the_first_version_is_in_the_history_and_can_be_put_back(self, sign_in):
        made = full_service()
        client = sign_in("editor")
        saved(client, url("edit", made), {"name_fr": "Autre nom", "action-publish": "1"})
        assert Service.objects.get(pk=made.pk).name_fr == "Autre nom"
        entry = ModelLogEntry.objects.filter(action="wagtail.create", object_id=str(made.pk)).get()
        assert entry.user is None, "the editor did not write what was imported"
        history = client.get(url("history", made)).content.decode()
        revert = reverse(
            "wagtailsnippets_services_service:revisions_revert", args=[made.pk, entry.revision_id]
        )
        assert revert in history
        old = client.get(revert)
        assert form_values(old.content.decode())["name_fr"] == ["Épicerie sociale"]
        saved(client, revert, {"action-publish": "1"}, to=url("edit", made))
        assert Service.objects.get(pk=made.pk).name_fr == "Épicerie sociale"

    def test_codes_dates_and_ticks_are_compared_in_words(self, sign_in):
        client = sign_in("editor")
        made = service(languages=["fr"], capacity_updated_on=date(2026, 1, 2))
        first = made.save_revision()
        made.languages, made.capacity_updated_on, made.is_example = ["fr", "nl"], date(2026, 11, 2), True
        second = made.save_revision()
        page = client.get(url("revisions_compare", made, "service", first.pk, second.pk)).content.decode()
        assert '<span class="addition">néerlandais</span>' in page
        assert '<span class="deletion">2 janvier 2026</span>' in page
        assert '<span class="addition">oui</span>' in page
        for code in ("[&#x27;fr&#x27;", "True", "2026-11-02"):
            assert code not in page

    def test_changed_hours_of_a_place_are_compared_in_words(self, sign_in):
        made = full_service()
        client = sign_in("editor")
        days = "service_at_locations-0-schedules-0-byday_days"
        saved(client, url("edit", made), {days: ["MO", "WE"]})
        first, second = made.revisions.order_by("pk")
        with translation.override("fr"):
            page = client.get(
                url("revisions_compare", made, "service", first.pk, second.pk),
                headers={"accept-language": "fr"},
            )
        text = page.content.decode().replace("\xa0", " ").replace("\u202f", " ")
        assert '<span class="deletion">Le lundi et le mardi, 9 h – 12 h</span>' in text
        assert '<span class="addition">Le lundi et le mercredi, 9 h – 12 h</span>' in text

    def test_wrong_parts_are_explained_beside_them_and_nothing_is_saved(self, sign_in):
        made = full_service()
        client = sign_in("editor")
        place = "service_at_locations-0-"
        wrong = {f"{place}schedules-0-opens_at": "neuf", f"{place}phones-0-number": "appelez"}
        answer = saved(client, url("edit", made), wrong, expected=200)
        [form] = answer.context["form"].formsets["service_at_locations"].forms
        assert "opens_at" in form.formsets["schedules"].errors[0]
        assert "number" in form.formsets["phones"].errors[0]
        assert not made.revisions.exists()

    def test_a_retired_need_is_kept_but_not_offered(self, sign_in):
        old = term("need", "old_need", retired=True)
        unused = term("need", "unused_need", retired=True)
        made = service("Ancien", needs=[old])
        client = sign_in("editor")
        page = client.get(url("edit", made)).content.decode()
        assert f'name="needs" value="{unused.pk}"' not in page
        saved(client, url("edit", made), {"name_fr": "Nouveau", "action-publish": "1"})
        assert list(Service.objects.get(pk=made.pk).needs.all()) == [old]

    def test_an_identifier_names_one_thing(self, sign_in):
        made, other = full_service(), service("Autre")
        client = sign_in("editor")
        identifier = {
            "external_identifiers-TOTAL_FORMS": "1",
            "external_identifiers-0-scheme": "test",
            "external_identifiers-0-identifier": "X-1",
            "external_identifiers-0-id": "",
            "external_identifiers-0-ORDER": "1",
            "external_identifiers-0-DELETE": "",
        }
        answer = saved(client, url("edit", other), identifier, expected=200)
        assert "identifier" in answer.context["form"].formsets["external_identifiers"].errors[0]
        assert ExternalIdentifier.objects.get(identifier="X-1").service == made

    def test_a_contributor_cannot_publish_even_by_sending_the_button(self, sign_in):
        made = full_service()
        saved(sign_in("contributor"), url("edit", made), {"name_fr": "Non relu", "action-publish": "1"})
        assert Service.objects.get(pk=made.pk).name_fr == "Épicerie sociale"

    def test_publication_can_be_scheduled(self, sign_in):
        made = full_service()
        later = (now() + timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
        saved(
            sign_in("editor"),
            url("edit", made),
            {"name_fr": "Bientôt", "go_live_at": later, "action-publish": "1"},
        )
        made.refresh_from_db()
        assert (made.live, made.name_fr) == (True, "Épicerie sociale"), (
            "until then the public sees what there was"
        )
        assert made.revisions.filter(approved_go_live_at__isnull=False).exists()


class TestCopy:
    def test_a_copy_has_the_parts_and_not_what_is_true_of_one_only(self, sign_in):
        made = full_service(verified_on="2026-01-02", capacity="waitlist", source="https://example.org/")
        client = sign_in("editor")
        saved(client, url("copy", made), {"name_fr": "La copie"}, to=url("add"))
        copy = Service.objects.get(name_fr="La copie")
        place = copy.service_at_locations.get()
        assert [row.byday for row in place.schedules.all()] == ["MO,TU"]
        assert [row.number for row in place.phones.all()] == ["02 217 89 05"]
        assert (copy.live, copy.verified_on, copy.capacity, copy.source) == (False, None, "unknown", "")
        assert not copy.external_identifiers.exists()
        original = Service.objects.get(pk=made.pk)
        assert copy.uuid != original.uuid
        assert original.external_identifiers.count() == 1
        assert original.service_at_locations.get().schedules.count() == 1


class TestDeleting:
    def test_what_is_used_is_not_deleted_and_the_user_is_named(self, sign_in):
        made = full_service()
        client = sign_in("moderator")
        owner, free = made.organization, organization("Libre")
        ReferenceIndex.objects.all().delete()  # imports leave no trace in it
        bulk = reverse("wagtail_bulk_action", args=["services", "organization", "delete"])
        index = url("list", model="organization")
        for address in (url("delete", owner), f"{bulk}?id={owner.pk}&id={free.pk}&next={index}"):
            answer = client.post(address, follow=True)
            assert answer.status_code == 200
            assert "Épicerie sociale" in str(next(iter(answer.context["messages"])))
        assert Organization.objects.filter(pk__in=[owner.pk, free.pk]).count() == 2

    def test_a_need_that_is_used_is_kept(self, client, admin_user):
        made = full_service()
        client.force_login(admin_user)
        place = made.service_at_locations.get().location
        client.post(url("delete", place), follow=True)
        assert ServiceAtLocation.objects.filter(location=place).exists()


class TestFinding:
    @pytest.mark.parametrize(
        "words", ["epicerie", "ÉPICERIE", "sociale épi", "kruidenier", "X-1", "asbl exemple", "  épicerie  "]
    )
    def test_a_service_is_found_by_words_in_any_order_and_language(self, sign_in, words):
        made = full_service(name_nl="Sociale kruidenier")
        made.external_identifiers.add(ExternalIdentifier(scheme="other", identifier="Y-2"))
        made.save()
        service("Vestiaire", organization=organization("Autre"))
        answer = sign_in("editor").get(url("list"), {"q": words})
        assert [row.pk for row in answer.context["object_list"]] == [made.pk]

    @pytest.mark.parametrize("words", ["(", "[a", "\\", "%", "a" * 5000, "\0", "épicerie ("])
    def test_signs_are_only_signs(self, sign_in, words):
        full_service()
        assert sign_in("editor").get(url("list"), {"q": words}).status_code == 200

    def test_no_words_find_everything(self):
        full_service()
        assert find(Service.objects.all(), "  ", ["name_fr"]).count() == 1

    def test_the_chooser_searches(self, sign_in, django_assert_max_num_queries):
        for number in range(30):
            organization(f"Asbl {number}")
        wanted = organization("L'Étoile du Quai")
        client = sign_in("editor")
        address = reverse("wagtailsnippetchoosers_services_organization:choose_results")
        client.get(address)
        with django_assert_max_num_queries(15):
            answer = client.get(address, {"q": "quai etoile"})
        assert [row.pk for row in answer.context["results"]] == [wanted.pk]
        assert len(client.get(address).context["results"]) == 10

    @pytest.mark.parametrize(
        ("value", "found"), [("recently", ["Frais"]), ("long_ago", ["Vieux"]), ("never", ["Jamais"])]
    )
    def test_filter_by_verification(self, sign_in, value, found):
        service("Frais", verified_on=now().date())
        service("Vieux", verified_on="2020-01-01")
        service("Jamais")
        answer = sign_in("editor").get(url("list"), {"verified": value})
        assert [row.name_fr for row in answer.context["object_list"]] == found

    def test_the_public_page_is_one_click_away_when_there_is_one(self, sign_in):
        made, hidden = full_service(), service("Archivé", lifecycle="archived")
        client = sign_in("editor")
        assert f"/services/{made.uuid}/" in client.get(url("edit", made)).content.decode()
        assert f"/services/{hidden.uuid}/" not in client.get(url("edit", hidden)).content.decode()


class TestTerms:
    def test_the_tree_stays_a_tree_of_two_levels(self):
        top = term("need", "top")
        part = term("need", "part", parent=top)
        audience = term("audience", "somebody")
        for wrong in (
            TaxonomyTerm(taxonomy="need", code="x", name_fr="x", parent=part),
            TaxonomyTerm(taxonomy="need", code="x", name_fr="x", parent=audience),
        ):
            with pytest.raises(Exception, match="parent"):
                wrong.full_clean()
        top.parent = term("need", "other")
        with pytest.raises(Exception, match="parent"):
            top.full_clean()

    def test_the_same_code_twice_is_refused_in_words(self, client, admin_user):
        term("need", "food")
        client.force_login(admin_user)
        answer = saved(
            client,
            url("add", model="taxonomyterm"),
            {"taxonomy": "need", "code": "food", "name_fr": "Encore"},
            expected=200,
        )
        assert answer.context["form"].non_field_errors()


class TestWhy:
    def test_a_reason_is_kept_with_who_when_and_what(self, sign_in):
        client = sign_in("editor")
        made = service("Ancien nom")
        made.save_revision().publish()
        changes = {"name_fr": "Nouveau nom", "change_reason": "Dit au téléphone", "action-publish": "1"}
        saved(client, url("edit", made), changes)
        assert Service.objects.get(pk=made.pk).name_fr == "Nouveau nom"
        entry = AuditEntry.objects.filter(object_id=str(made.uuid), reason="Dit au téléphone").last()
        assert entry.actor_label == "editor"
        assert entry.detail["fields"] == ["name_fr"]
        assert "Dit au téléphone" in client.get(url("history", made)).content.decode()

    def test_a_reason_is_one_edits_and_not_the_next_ones(self, sign_in):
        client = sign_in("editor")
        made = service("Nom")
        saved(client, url("edit", made), {"name_fr": "Un", "change_reason": "Première"})
        before = AuditEntry.objects.latest("pk").pk
        saved(client, url("edit", made), {"name_fr": "Deux"})
        after = AuditEntry.objects.filter(pk__gt=before)
        assert set(after.values_list("reason", flat=True)) == {""}

    def test_the_form_leads_to_what_a_draft_changes(self, sign_in):
        client = sign_in("editor")
        made = service("Publié")
        made.save_revision().publish()
        compare = url("revisions_compare", made, "service", "live", "latest")
        draft = Service.objects.get(pk=made.pk)
        draft.name_fr = "Brouillon"
        draft.save_revision()
        assert compare in client.get(url("edit", made)).content.decode()
        assert "Brouillon" in client.get(compare).content.decode()
