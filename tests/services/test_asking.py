"""What forms ask while somebody types: hours in words, points of an address, look-alikes; and templates of services."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.actions import sync_roles
from accounts.models import Membership, User
from geo import gazetteer
from geo.actions import load_geography
from services import points, preview
from services.models import (
    CostOption,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAudience,
    ServiceTemplate,
)
from services.templating import content_of, save_template, service_from

from .builders import location, organization, service, team, term
from .html_form import form_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    sync_roles()
    user = User.objects.create_user("editor", "editor@example.org")
    Membership.objects.create(user=user, team=team(), role="editor")
    client.force_login(user)
    return client


@pytest.fixture
def places():
    load_geography()
    gazetteer.reload()
    yield
    gazetteer.reload()


def row(number: int, *days: str, **values) -> dict:
    times = {"opens_at": "", "closes_at": "", "on_holidays": "regular", "valid_from": "", "valid_to": ""}
    return {
        f"s-{number}-{name}": value for name, value in {"byday_days": list(days), **times, **values}.items()
    }


def read_back(client, *rows: dict, total: object = None) -> str:
    data = {"prefix": "s", "s-TOTAL_FORMS": len(rows) if total is None else total}
    for one in rows:
        data |= one
    answer = client.post(reverse("catalogue_hours_in_words"), data)
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")


class TestHours:
    def test_rows_are_read_back_as_they_are_typed(self, editor):
        said = read_back(
            editor,
            row(0, "MO", "TU", "WE", "TH", "FR", opens_at="8h30", closes_at="16"),
            row(1, "SA", opens_at="9", closes_at="12") | {"s-1-byday_weeks": ["1"]},
        )
        assert "Du lundi au vendredi, 8 h 30 – 16 h" in said
        assert "Le 1er samedi du mois, 9 h – 12 h" in said

    def test_a_wrong_row_is_named_beside_those_that_are_right(self, editor):
        said = read_back(
            editor, row(0, "MO", opens_at="9", closes_at="12"), row(1, "TU", opens_at="nine", closes_at="12")
        )
        assert "Le lundi" in said or "Lundi" in said
        assert "nine" in said
        assert "2" in said

    def test_rows_that_are_empty_or_deleted_say_nothing(self, editor):
        gone = row(1, "TU", opens_at="nine", closes_at="12") | {"s-1-DELETE": "1"}
        assert read_back(editor, row(0), gone).strip() == ""

    @pytest.mark.parametrize("total", ["", "x", "-1", "99999999999"])
    def test_nonsense_is_no_error(self, editor, total):
        read_back(editor, total=total)

    def test_only_by_post_and_only_for_who_writes(self, editor, client):
        assert editor.get(reverse("catalogue_hours_in_words")).status_code == 405
        client.force_login(User.objects.create_user("nobody", "nobody@example.org"))
        for name in ("hours_in_words", "address_points", "point_territories", "looks_like"):
            assert client.post(reverse(f"catalogue_{name}")).status_code == 302


class TestPoints:
    def test_an_address_gives_its_street_and_says_so(self, editor, places):
        asked = {
            "street": "Rue Royale-Sainte-Marie",
            "house_number": "12",
            "postcode": "1030",
            "visibility": "public",
        }
        [first, *_others] = editor.post(reverse("catalogue_address_points"), asked).json()["points"]
        assert 50.86 < first["lat"] < 50.88
        assert first["precision"] == "street"
        assert first["exactness"]

    def test_an_unknown_street_falls_back_to_its_postcode(self, editor, places):
        asked = {"street": "Rue Qui N'Existe Pas", "postcode": "1030", "visibility": "public"}
        [first, *_others] = editor.post(reverse("catalogue_address_points"), asked).json()["points"]
        assert first["precision"] == "postcode"

    def test_nothing_found_says_what_to_do(self, editor, places):
        answer = editor.post(
            reverse("catalogue_address_points"), {"street": "xyzzy", "visibility": "public"}
        ).json()
        assert answer["points"] == []
        assert answer["said"]
        assert editor.post(reverse("catalogue_address_points"), {"visibility": "public"}).json()["said"]

    def test_a_wrong_address_is_named(self, editor):
        answer = editor.post(
            reverse("catalogue_address_points"), {"street": "x" * 300, "visibility": "public"}
        )
        assert answer.status_code == 400
        assert "street" in answer.json()["error"]

    @pytest.mark.parametrize(
        ("visibility", "asked"), [("public", 1), ("professionals", 0), ("address_hidden", 0)]
    )
    def test_only_public_addresses_leave_the_house(self, places, settings, monkeypatch, visibility, asked):
        settings.GEOCODER_URL = "photon+https://photon.example"
        calls = []

        class Online:
            def geocode(self, text, lang):
                calls.append(text)

        monkeypatch.setattr(points, "get_geocoder", Online)
        points.find_points(["Rue Haute"], "1", "1000", "", lang="fr", visibility=visibility)
        assert len(calls) == asked

    def test_a_point_tells_its_territories(self, editor, places):
        answer = editor.post(
            reverse("catalogue_point_territories"), {"lat": "50.8550", "lon": "4.3053"}
        ).json()
        assert "Koekelberg" in answer["said"] or "Molenbeek" in answer["said"]
        outside = editor.post(reverse("catalogue_point_territories"), {"lat": "48.85", "lon": "2.35"}).json()
        assert outside["said"] != answer["said"]
        assert (
            editor.post(reverse("catalogue_point_territories"), {"lat": "500", "lon": "x"}).status_code == 400
        )


class TestLooksLike:
    def ask(self, client, **asked) -> str:
        return client.post(reverse("catalogue_looks_like"), asked).content.decode()

    def test_the_same_name_and_phone_are_told_with_a_link(self, editor):
        known = service("Épicerie sociale Les Quatre Saisons", at=[location(postcode="1000")])
        known.phones = [Phone(number="02 217 89 05")]
        known.save()
        service("Maison médicale du Port")
        said = self.ask(
            editor, name=["Epicerie sociale les 4 saisons", "Les Quatre Saisons"], phone=["+32 2 217 89 05"]
        )
        assert "Les Quatre Saisons" in said
        assert f"/edit/{known.pk}/" in said
        assert "Maison" not in said

    def test_itself_and_strangers_are_not_told(self, editor):
        known = service("Épicerie sociale Les Quatre Saisons")
        assert "href" not in self.ask(editor, name=["Épicerie sociale Les Quatre Saisons"], pk=known.pk)
        assert "href" not in self.ask(editor, name=["Zzyzx"])
        assert "href" not in self.ask(editor)

    @pytest.mark.parametrize(
        "nonsense", [{"pk": "x"}, {"organization": "'"}, {"location": ["x", "-1"]}, {"phone": ["\0"]}]
    )
    def test_nonsense_is_no_error(self, editor, nonsense):
        self.ask(editor, name=["Épicerie"], **nonsense)


class TestNewInAChooser:
    def test_a_place_and_an_organisation_are_made_without_leaving_the_form(self, editor):
        for kind, values, model in (
            (
                "location",
                {"street_fr": "Rue Neuve", "address_visibility": "public", "precision": "address"},
                Location,
            ),
            ("organization", {"name_fr": "Asbl Neuve"}, Organization),
        ):
            answer = editor.post(reverse(f"wagtailsnippetchoosers_services_{kind}:create"), values).json()
            assert answer["step"] == "chosen", answer
            assert model.objects.get().live
            assert model.objects.get().latest_revision

    def test_who_may_not_publish_makes_a_draft(self, client):
        sync_roles()
        user = User.objects.create_user("contributor", "c@example.org")
        Membership.objects.create(user=user, team=team(), role="contributor")
        client.force_login(user)
        client.post(reverse("wagtailsnippetchoosers_services_organization:create"), {"name_fr": "Asbl Neuve"})
        assert not Organization.objects.get().live

    def test_a_place_without_anything_is_refused(self, editor):
        values = {"address_visibility": "public", "precision": "address"}
        answer = editor.post(reverse("wagtailsnippetchoosers_services_location:create"), values).json()
        assert answer["step"] == "reshow_creation_form"
        assert not Location.objects.exists()


class TestTemplates:
    @pytest.fixture
    def grocery(self) -> Service:
        made = service(
            "Épicerie sociale Les Capucines",
            needs=[term("need", "food")],
            at=[location(street_fr="Rue Neuve")],
            summary_fr="Colis et épicerie.",
            summary_nl="Pakketten.",
            languages=["fr", "nl"],
            verified_on=date(2026, 1, 2),
            capacity="waitlist",
            email="capucines@example.org",
            source="https://example.org/",
        )
        made.phones = [Phone(number="02 217 89 05")]
        made.audiences = [ServiceAudience(term=term("audience", "families"))]
        made.cost_options = [CostOption(option="free")]
        made.schedules = [Schedule(byday="MO", opens_at="09:00", closes_at="12:00")]
        made.save()
        return made

    def test_what_is_shared_is_kept_and_what_is_of_one_is_not(self, grocery):
        template = save_template(service=grocery, name=" Épicerie sociale ", by=None)
        kept = service_from(ServiceTemplate.objects.get(pk=template.pk))
        assert template.name == "Épicerie sociale"
        assert (kept.pk, kept.summary_fr, kept.summary_nl, kept.languages) == (
            None,
            "Colis et épicerie.",
            "Pakketten.",
            ["fr", "nl"],
        )
        assert [term.code for term in kept.needs.all()] == ["food"]
        assert [part.term.code for part in kept.audiences.all()] == ["families"]
        assert [part.option for part in kept.cost_options.all()] == ["free"]
        assert [part.byday for part in kept.schedules.all()] == ["MO"]
        assert (kept.name_fr, kept.organization, kept.email, kept.verified_on, kept.source) == (
            None,
            None,
            "",
            None,
            "",
        )
        assert kept.capacity == "unknown"
        assert kept.uuid != grocery.uuid
        assert not [*kept.service_at_locations.all(), *kept.phones.all()]
        assert "02 217" not in str(content_of(grocery))

    def test_a_term_that_is_gone_is_left_out(self, grocery):
        template = save_template(service=grocery, name="Épicerie", by=None)
        template.content["audiences"][0]["term"] = 10**6
        template.content["organisation_type"] = 10**6
        kept = service_from(template)
        assert not kept.audiences.all()
        assert kept.organisation_type is None

    def test_from_the_form_to_a_new_service(self, editor, grocery):
        page = editor.get(reverse("catalogue_keep_as_template", args=[grocery.pk]))
        assert page.status_code == 200
        assert (
            editor.post(reverse("catalogue_keep_as_template", args=[grocery.pk]), {"name": ""}).status_code
            == 200
        )
        assert not ServiceTemplate.objects.exists()
        editor.post(reverse("catalogue_keep_as_template", args=[grocery.pk]), {"name": "Épicerie sociale"})
        template = ServiceTemplate.objects.get()
        listing = editor.get(reverse("wagtailsnippets_services_servicetemplate:list")).content.decode()
        add = reverse("wagtailsnippets_services_service:add")
        assert f"{add}?template={template.pk}" in listing
        begun = form_values(editor.get(f"{add}?template={template.pk}").content.decode())
        owner = organization("Autre asbl")
        answer = editor.post(
            add, begun | {"name_fr": "Épicerie neuve", "organization": owner.pk, "action-publish": "1"}
        )
        assert answer.status_code == 302, answer.context["form"].errors
        made = Service.objects.get(name_fr="Épicerie neuve")
        assert (made.live, made.summary_nl, made.schedules.count()) == (True, "Pakketten.", 1)
        assert Service.objects.get(pk=grocery.pk).schedules.count() == 1, "the first keeps its own"

    @pytest.mark.parametrize("wanted", ["x", "99", "-1", "1'"])
    def test_a_template_that_is_not_there(self, editor, wanted):
        answer = editor.get(reverse("wagtailsnippets_services_service:add"), {"template": wanted})
        assert answer.status_code == 200
        assert len(list(answer.context["messages"])) == 1
        assert answer.context["form"].instance.pk is None

    def test_who_may_not_write_keeps_none(self, client, grocery):
        client.force_login(User.objects.create_user("nobody", "nobody@example.org"))
        client.post(reverse("catalogue_keep_as_template", args=[grocery.pk]), {"name": "x"})
        assert not ServiceTemplate.objects.exists()


def test_previews_are_grouped_by_reader_and_each_language_once():
    with translation.override("en"):
        groups = preview.grouped_modes()
        assert [str(reader) for reader, _modes in groups] == ["As the public", "As an agent", "As print"]
    names = [name for _reader, modes in groups for name, _label in modes]
    assert len(names) == len(set(names)) == 12
    assert Location().preview_modes == preview.modes((preview.PUBLIC,))
    assert len(Location().preview_modes) == 4
