"""Suggestions and notices in the admin: who sees which, a decision by the form itself, and how many queries it takes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import sync_roles
from accounts.models import Membership, User
from outbox.models import Message
from services.models import Notice, Phone, Service, Suggestion
from services.rules import notice_state
from services.suggestions.actions import suggest_correction, suggest_service
from services.suggestions.fields import change
from tests.site.pages import Read

from .builders import service, team

pytestmark = pytest.mark.django_db
LIST = "/admin/suggestions/"


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


def suggested(name: str = "Épicerie", *, code: str = "team", **values) -> Suggestion:
    listing = service(name, steward=team(code))
    listing.phones = [Phone(number="02 512 34 56")]
    listing.save()
    listing.save_revision().publish()
    changes = [
        change("phones", ["02 512 34 56"], ["02 511 11 11"]),
        change("description", "", "Colis le mardi", language="fr"),
    ]
    values = {"reasons": [], "comment": "", "language": "nl", **values}
    return suggest_correction(service=listing, changes=changes, **values)


def url_of(suggestion: Suggestion) -> str:
    return reverse("suggestions:decide", args=[suggestion.uuid])


def form_of(client, suggestion: Suggestion) -> dict:
    read = Read(client.get(url_of(suggestion)).content.decode())
    values: dict = {}
    for element in read.elements:
        name = element.get("name", "")
        if name.startswith(("value_", "seen_", "answer")):
            values[name] = (
                element["text"].lstrip("\n") if element["tag"] == "textarea" else element.get("value", "")
            )
    return values


class TestWhoSeesWhich:
    def test_the_own_teams_only(self, member, client):
        mine, theirs = suggested("La mienne"), suggested("La leur", code="other")
        member("editor")
        page = client.get(LIST).content.decode()
        assert "La mienne" in page
        assert "La leur" not in page
        assert client.get(url_of(mine)).status_code == 200
        for method in ("get", "post"):
            answer = getattr(client, method)(url_of(theirs), {"unwanted": "1"}, follow=True)
            assert answer.status_code == 404
        assert Suggestion.objects.get(pk=theirs.pk).state == "open"

    def test_who_decides_about_none_has_no_list(self, member, client):
        suggestion = suggested()
        member("contributor")
        assert client.get(LIST).status_code in (302, 403)
        assert client.get(url_of(suggestion), follow=True).status_code == 404
        assert "/admin/suggestions/" not in client.get("/admin/").content.decode()

    def test_a_new_service_without_a_team_is_for_administrators(self, member, client):
        suggestion = suggest_service(values={"name": "Neuf"}, comment="", language="fr")
        assert suggestion.steward is None
        member("moderator")
        assert client.get(url_of(suggestion), follow=True).status_code == 404
        member("administrator")
        assert client.get(url_of(suggestion)).status_code == 200

    def test_how_many_wait_stands_in_the_menu(self, member, client):
        suggested(), suggested("Autre", code="other")
        member("editor")
        page = client.get("/admin/").content.decode()
        assert "(1)" in page
        assert "(2)" not in page

    def test_a_note_on_the_listings_form(self, member, client):
        suggestion = suggested()
        member("editor")
        url = reverse("wagtailsnippets_services_service:edit", args=[suggestion.service_id])
        said = client.get(url).content.decode()
        assert f"{LIST}?service={suggestion.service_id}" in said
        suggestion.state = "refused"
        suggestion.save()
        assert f"{LIST}?service=" not in client.get(url).content.decode()

    def test_a_reference_is_found(self, member, client):
        suggestion, other = suggested("Voulue"), suggested("Autre fiche")
        Suggestion.objects.filter(pk=suggestion.pk).update(state="refused")
        member("editor")
        digits = suggestion.uuid.hex[:8].upper()
        page = client.get(LIST, {"reference": f"{digits[:4]}-{digits[4:]}"}).content.decode()
        assert url_of(suggestion) in page
        assert url_of(other) not in page

    @pytest.mark.parametrize(
        "asked", ["state=spam", "kind=report", "channel=agent", "team={team}", "kind=x", "service=abc"]
    )
    def test_filters(self, member, client, asked):
        suggested()
        member("editor")
        assert client.get(f"{LIST}?{asked.format(team=team().pk)}").status_code == 200

    def test_the_list_asks_the_same_of_many(self, member, client, django_assert_max_num_queries):
        for number in range(12):
            suggested(f"Fiche {number}")
        member("editor")
        client.get(LIST)
        with django_assert_max_num_queries(40):
            client.get(LIST)


class TestDeciding:
    def test_by_the_form(self, member, client):
        suggestion = suggested(email="jean@example.org")
        member("editor")
        values = {**form_of(client, suggestion), "decision_0": "yes", "decision_1": "no", "answer": "Dank u"}
        answer = client.post(url_of(suggestion), values)
        assert answer.status_code == 302
        suggestion.refresh_from_db()
        assert suggestion.state == "partly"
        listing = Service.objects.get(pk=suggestion.service_id)
        assert listing.phones.get().number == "02 511 11 11"
        assert not listing.description_fr
        assert Message.objects.get().body == "Dank u"

    def test_the_answer_is_in_the_senders_language_and_their_address_nowhere(self, member, client):
        suggestion = suggested(email="jean@example.org")
        member("editor")
        page = client.get(url_of(suggestion))
        assert "jean@" not in page.content.decode()
        assert page.context["form"].answers.keys() == {"accepted", "partly", "refused"}

    def test_each_change_is_decided_about(self, member, client):
        suggestion = suggested()
        member("editor")
        page = client.post(url_of(suggestion), {**form_of(client, suggestion), "decision_0": "yes"})
        assert page.status_code == 200
        assert "decision_1" in page.context["form"].errors
        assert Suggestion.objects.get().state == "open"

    def test_the_text_may_be_changed_first(self, member, client):
        suggestion = suggested()
        member("editor")
        values = {
            **form_of(client, suggestion),
            "decision_0": "no",
            "decision_1": "yes",
            "value_1": "Colis le jeudi",
        }
        client.post(url_of(suggestion), values)
        assert Service.objects.get().description_fr == "Colis le jeudi"

    @pytest.mark.parametrize("value", ["<script>", "né le 85.07.30-033.28"])
    def test_what_no_outsider_may_write_no_editor_writes_here_either(self, member, client, value):
        suggestion = suggested()
        member("editor")
        values = {**form_of(client, suggestion), "decision_0": "no", "decision_1": "yes", "value_1": value}
        assert client.post(url_of(suggestion), values).status_code == 200
        assert not Service.objects.get().description_fr

    def test_outdated_is_said_and_accepted_only_after_looking_again(self, member, client):
        suggestion = suggested()
        member("editor")
        values = {**form_of(client, suggestion), "decision_0": "yes", "decision_1": "no"}
        listing = Service.objects.get()
        listing.phones = [Phone(number="02 500 00 00")]
        listing.save_revision().publish()
        answer = client.post(url_of(suggestion), values, follow=True)
        assert Service.objects.get().phones.get().number == "02 500 00 00"
        assert answer.context["form"].lines[0].outdated
        assert "02 500 00 00" in answer.content.decode()
        client.post(url_of(suggestion), {**values, **form_of(client, suggestion)})
        assert Service.objects.get().phones.get().number == "02 511 11 11"

    def test_anothers_draft_is_named_and_offered(self, member, client):
        suggestion = suggested()
        author = member("contributor")
        draft = Service.objects.get()
        draft.summary_fr = "Brouillon"
        draft.save_revision(user=author)
        member("editor")
        page = client.get(url_of(suggestion)).content.decode()
        assert author.username in page
        values = {**form_of(client, suggestion), "decision_0": "yes", "decision_1": "no"}
        assert client.post(url_of(suggestion), values).status_code == 200
        assert client.post(url_of(suggestion), {**values, "into_draft": "on"}).status_code == 302
        listing = Service.objects.get()
        assert listing.phones.get().number == "02 512 34 56"
        waiting = listing.get_latest_revision_as_object()
        assert [phone.number for phone in waiting.phones.all()] == ["02 511 11 11"]
        assert waiting.summary_fr == "Brouillon"

    def test_hours_in_words_are_filled_in_or_done_by_hand(self, member, client):
        listing = service("Épicerie")
        listing.save_revision().publish()
        suggestion = suggest_correction(
            service=listing, changes=[change("hours_words", "", "Le mardi matin")], reasons=[], comment="", language="fr"
        )  # fmt: skip
        member("editor")
        values = form_of(client, suggestion)
        assert client.post(url_of(suggestion), {**values, "decision_0": "yes"}).status_code == 200
        client.post(url_of(suggestion), {**values, "decision_0": "yes", "value_0_1": "9-12"})
        assert Service.objects.get(pk=listing.pk).schedules.get().byday == "TU"

    def test_unwanted(self, member, client):
        suggestion = suggested()
        member("editor")
        client.post(url_of(suggestion), {"unwanted": "1"})
        assert Suggestion.objects.get().state == "spam"

    def test_a_new_service_becomes_a_draft_to_go_on_with(self, member, client):
        suggestion = suggest_service(
            values={"name": "Le Coin", "postcode": "1000"}, comment="", language="fr"
        )
        Suggestion.objects.update(steward=team())
        member("editor")
        answer = client.post(url_of(suggestion), {"outcome": "yes", "answer": ""})
        made = Service.objects.get()
        assert answer["Location"] == reverse("wagtailsnippets_services_service:edit", args=[made.pk])
        assert client.get(answer["Location"]).status_code == 200
        assert not made.live

    def test_what_a_new_service_may_be_already_is_told(self, member, client):
        known = service("Le Coin du feu")
        known.phones = [Phone(number="02 512 34 56")]
        known.save()
        suggestion = suggest_service(
            values={"name": "Coin du Feu", "phones": "02/512.34.56"}, comment="", language="fr"
        )
        Suggestion.objects.update(steward=team())
        member("editor")
        page = client.get(url_of(suggestion))
        assert [one["name"] for one in page.context["found"]] == ["Le Coin du feu"]
        assert "Le Coin du feu" in page.text

    def test_decided_is_read_and_not_decided_again(self, member, client):
        suggestion = suggested()
        member("editor")
        values = {**form_of(client, suggestion), "decision_0": "no", "decision_1": "no"}
        client.post(url_of(suggestion), values)
        page = client.get(url_of(suggestion))
        assert page.context["form"] is None
        answer = client.post(url_of(suggestion), {**values, "decision_0": "yes"}, follow=True)
        assert answer.status_code == 200
        assert Service.objects.get().phones.get().number == "02 512 34 56"
        client.post(url_of(suggestion), {"unwanted": "1"})
        assert Suggestion.objects.get().state == "refused"


class TestNotices:
    DAYS = {
        "Passé": (-9, -1),
        "En cours": (-1, 20),
        "Bientôt fini": (-1, 3),
        "Oublié": (-60, None),
        "À venir": (15, 16),
        "Plus tard": (16, None),
    }

    @pytest.fixture
    def rows(self):
        today, listing = timezone.localdate(), service("Épicerie")
        for text, (first, last) in self.DAYS.items():
            Notice.objects.create(
                service=listing,
                text_fr=text,
                starts_on=today + timedelta(first),
                ends_on=None if last is None else today + timedelta(last),
            )
        Notice.objects.create(
            service=service("Autre", steward=team("other")), text_fr="Leur avis", starts_on=today
        )

    @pytest.mark.parametrize(
        ("when", "expected"),
        [
            ("", ["Bientôt fini", "En cours", "Oublié", "À venir", "Plus tard"]),
            ("current", ["Bientôt fini", "En cours", "Oublié"]),
            ("incoming", ["À venir"]),
            ("ending", ["Bientôt fini"]),
            ("endless", ["Oublié"]),
            ("future", ["Plus tard"]),
            ("past", ["Passé"]),
        ],
    )
    def test_by_when_they_show(self, rows, member, client, when, expected):
        member("contributor")
        page = client.get("/admin/notices/", {"when": when})
        assert [notice.text_fr for notice in page.context["object_list"]] == expected

    def test_the_list_and_the_page_mean_the_same_days(self, rows, member):
        from services import notices

        today = timezone.localdate()
        for state in ("current", "incoming", "future", "past"):
            for notice in Notice.objects.filter(notices.when(state, today)):
                assert notice_state(notice.starts_on, notice.ends_on, today) == state

    def test_few_queries(self, rows, member, client, django_assert_max_num_queries):
        member("editor")
        client.get("/admin/notices/")
        with django_assert_max_num_queries(40):
            client.get("/admin/notices/")
