"""Translators' journeys in the admin: the board, one listing after another, files, a machine; and whose listings they are."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.actions import sync_roles
from accounts.models import Membership, User
from audit.models import AuditEntry
from services.codes import TranslationState
from services.models import ListingCare, ListingLanguage, Service, TranslationFile
from services.stewardship import assign
from services.translating import following
from services.translating.actions import write_texts
from services.translating.exchange import csv_file, plan
from services.translating.selectors import board, counts

from .builders import service, team, term

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def member(client):
    """member("editor", "nord"): a user with that role in that team, signed in, who reads English."""
    sync_roles()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    def join(role: str = "editor", code: str = "team") -> User:
        user = User.objects.create_user(f"{role}-{code}", f"{role}@{code}.example.org", "secret")
        Membership.objects.create(user=user, team=team(code), role=role)
        client.force_login(user)
        return user

    return join


def url(name: str, *args) -> str:
    return reverse(f"translations:{name}", args=args)


def half(name: str = "Épicerie sociale", **values) -> Service:
    """A listing with its name in Dutch, and no sentence yet."""
    values = {"name_nl": f"{name} (nl)", "summary_fr": f"L'aide de {name}", **values}
    return service(name, **values)


def stale(name: str = "Épicerie sociale") -> Service:
    """A listing whose Dutch sentence is older than the French one."""
    made = half(name, summary_nl="Hulp")
    following.catch_up()
    made.summary_fr = f"L'aide du soir de {name}"
    made.save_revision().publish()
    following.catch_up()
    return Service.objects.get(pk=made.pk)


def sent(client, address: str, texts: dict[str, str], **more):
    """The page's form with these texts, as a browser sends it."""
    page = client.get(address).content.decode()
    values = dict(re.findall(r'<input type="hidden" name="(revision|hash-[^"]+)" value="([^"]*)"', page))
    return client.post(address, values | {f"text-{key}": text for key, text in texts.items()} | more)


class TestBoard:
    def test_counts_and_rows_are_the_own_teams(self, member, client):
        half("Mienne")
        assign(Service.objects.filter(pk=half("Autre").pk), team("nord"))
        member("contributor")
        page = client.get(url("board", "nl")).content.decode()
        assert "Mienne" in page
        assert "Autre" not in page
        assert re.search(r"<strong>1</strong> Missing", page)

    def test_most_opened_first_then_longest_waiting(self, member):
        names = ["Rare", "Connue", "Célèbre"]
        made = [half(name) for name in names]
        following.catch_up()
        for views, one in zip((0, 5, 90), made, strict=True):
            ListingCare.objects.create(service=one, views=views)
        following.take_views()
        user = member()
        assert [str(row.service) for row in board(user, "nl")] == names[::-1]

    def test_filters_and_words(self, member, client):
        kind = term("organisation_type", "cpas", "CPAS")
        half("Premier", organisation_type=kind)
        stale("Second")
        member()
        address = url("results", "nl")
        assert "Second" not in client.get(f"{address}?state=missing").content.decode()
        assert "Premier" not in client.get(f"{address}?state=stale").content.decode()
        assert "Second" not in client.get(f"{address}?kind={kind.pk}").content.decode()
        assert "Premier" not in client.get(f"{address}?q=second").content.decode()
        assert "Second" in client.get(f"{address}?steward={team().pk}").content.decode()

    def test_the_menu_and_the_way_in(self, member, client):
        half()
        member("contributor")
        assert url("index") in client.get(reverse("wagtailsnippets_services_service:list")).content.decode()
        answer = client.get(url("index"))
        assert answer["Location"] == url("board", "en"), "the reader's own language, where something is to do"

    def test_who_may_not_translate_does_not_come_in(self, member, client):
        made = half()
        following.catch_up()
        member("taxonomy_manager")
        for address in (
            url("index"),
            url("board", "nl"),
            url("results", "nl"),
            url("import"),
            url("translate", "nl", made.pk),
            url("export", "nl", "csv"),
            url("propose", "nl"),
        ):
            for method in ("get", "post"):
                assert getattr(client, method)(address).status_code in (302, 404), address
        assert url("index") not in client.get(reverse("wagtailadmin_home")).content.decode()

    def test_a_language_that_is_none(self, member, client):
        member()
        assert client.get(url("board", "xx"), follow=True).status_code == 404
        assert client.get(url("export", "nl", "docx"), follow=True).status_code == 404

    def test_a_hundred_rows_cost_no_more_queries_than_three(self, member, client):
        member()

        def queries() -> int:
            following.catch_up()
            client.get(url("board", "nl"))
            with CaptureQueriesContext(connection) as caught:
                assert client.get(url("board", "nl")).status_code == 200
            return len(caught)

        for number in range(3):
            half(f"Aide {number}")
        few = queries()
        assert few < 40
        for number in range(97):
            half(f"Aide {number}")
        assert queries() <= few

    def test_the_counts_add_up(self, member):
        half()
        stale()
        user = member()
        assert counts(user)["nl"] == {"missing": 1, "stale": 1}
        assert sum(counts(user)["de"].values()) == 2
        assert counts(user)["fr"] == {}


class TestOneListing:
    def test_what_changed_since_the_translation_is_marked(self, member, client):
        made = stale()
        member()
        page = client.get(url("translate", "nl", made.pk)).content.decode()
        assert '<span class="addition">' in page
        assert "Older than the original" in page
        assert "du" in "".join(re.findall(r'<span class="addition">([^<]*)</span>', page))

    def test_it_is_published_and_the_next_one_comes(self, member, client):
        first, second = half("Premier"), half("Second")
        member("editor")
        answer = sent(
            client, url("translate", "nl", first.pk), {"summary": "Hulp"}, **{"action-publish": "1"}
        )
        assert answer["Location"] == url("translate", "nl", second.pk)
        assert Service.objects.get(pk=first.pk).summary_nl == "Hulp"
        answer = sent(client, answer["Location"], {"summary": "Andere hulp"}, **{"action-publish": "1"})
        assert answer["Location"] == url("board", "nl")
        assert not board(User.objects.get(), "nl").exists()

    def test_the_filter_of_the_board_is_kept(self, member, client):
        first, _other, second = stale("Premier"), half("Autre"), stale("Second")
        member()
        query = f"?state={TranslationState.STALE}"
        address = url("translate", "nl", first.pk) + query
        answer = sent(client, address, {"summary": "Hulp 's avonds"}, **{"action-publish": "1"})
        assert answer["Location"] == url("translate", "nl", second.pk) + query

    def test_a_contributor_saves_a_draft_whatever_is_sent(self, member, client):
        made = half()
        member("contributor")
        page = client.get(url("translate", "nl", made.pk)).content.decode()
        assert "action-publish" not in page
        sent(client, url("translate", "nl", made.pk), {"summary": "Hulp"}, **{"action-publish": "1"})
        after = Service.objects.get(pk=made.pk)
        assert not after.summary_nl
        assert after.get_latest_revision_as_object().summary_nl == "Hulp"
        assert after.latest_revision.user.username == "contributor-team"
        assert ListingLanguage.objects.get(service=made, language="nl").todo == {"summary": "to_review"}

    def test_an_editor_may_save_a_draft_too(self, member, client):
        made = half()
        member("editor")
        sent(client, url("translate", "nl", made.pk), {"summary": "Hulp"}, **{"action-draft": "1"})
        assert not Service.objects.get(pk=made.pk).summary_nl
        page = client.get(url("translate", "nl", made.pk)).content.decode()
        assert "waits in a draft" in page
        sent(client, url("translate", "nl", made.pk), {"summary": "Hulp"}, **{"action-publish": "1"})
        assert Service.objects.get(pk=made.pk).summary_nl == "Hulp"
        assert not board(User.objects.get(), "nl").exists()

    def test_still_right(self, member, client):
        made = stale()
        member()
        revision = made.latest_revision_id
        sent(
            client,
            url("translate", "nl", made.pk),
            {"summary": "Hulp"},
            **{"action-publish": "1", "right": "summary"},
        )
        assert ListingLanguage.objects.get(service=made, language="nl").state == "complete"
        assert Service.objects.get(pk=made.pk).latest_revision_id == revision

    def test_neither_changed_nor_ticked_stays_stale(self, member, client):
        made = stale()
        member()
        sent(client, url("translate", "nl", made.pk), {"summary": "Hulp"}, **{"action-publish": "1"})
        assert ListingLanguage.objects.get(service=made, language="nl").state == "stale"

    def test_a_mistake_is_explained_beside_its_text_and_nothing_is_lost(self, member, client):
        made = half(description_fr="Plus long")
        member()
        answer = sent(
            client,
            url("translate", "nl", made.pk),
            {"summary": "<b>Hulp</b>", "description": "Langer"},
            **{"action-publish": "1"},
        )
        page = answer.content.decode()
        assert "It holds HTML; only plain text is taken." in page
        assert "&lt;b&gt;Hulp&lt;/b&gt;" in page
        assert ">\nLanger</textarea>" in page
        assert not Service.objects.get(pk=made.pk).description_nl

    def test_the_second_of_two_sees_what_the_first_wrote(self, member, client):
        made = half()
        paul = User.objects.create_user("paul", "paul@example.org", "secret", is_superuser=True)
        member()
        address = url("translate", "nl", made.pk)
        page = client.get(address).content.decode()
        values = dict(re.findall(r'name="(revision|hash-summary)" value="([^"]*)"', page))
        write_texts(service=made, language="nl", texts={"summary": "Van Paul"}, origin="human", by=paul)
        answer = client.post(address, values | {"text-summary": "Van mij", "action-publish": "1"})
        page = answer.content.decode()
        assert "Somebody saved this listing" in page
        assert "A colleague wrote: Van Paul" in page
        assert ">\nVan mij</textarea>" in page
        draft = Service.objects.get(pk=made.pk).get_latest_revision_as_object()
        assert draft.summary_nl == "Van Paul"

    def test_a_translation_of_what_a_draft_changes_waits_with_it(self, member, client):
        made = stale()
        drafted = Service.objects.get(pk=made.pk)
        drafted.summary_fr = "L'aide de nuit"
        drafted.save_revision()
        member()
        address = url("translate", "nl", made.pk)
        assert "A draft changes the original" in client.get(address).content.decode()
        sent(client, address, {"summary": "Hulp 's nachts"}, **{"action-publish": "1"})
        assert Service.objects.get(pk=made.pk).summary_nl == "Hulp"
        Service.objects.get(pk=made.pk).latest_revision.publish()
        following.catch_up()
        after = Service.objects.get(pk=made.pk)
        assert (after.summary_fr, after.summary_nl) == ("L'aide de nuit", "Hulp 's nachts")
        assert ListingLanguage.objects.get(service=made, language="nl").state == "complete"

    @pytest.mark.parametrize("live", [True, False])
    def test_another_teams_listing_is_not_there(self, member, client, live):
        made = half("Secrète")
        following.catch_up()
        assign(Service.objects.filter(pk=made.pk), team("nord"))
        if not live:
            Service.objects.get(pk=made.pk).unpublish()
        member("moderator")
        address = url("translate", "nl", made.pk)
        for answer in (
            client.get(address, follow=True),
            client.post(address, {"text-summary": "x", "action-publish": "1"}, follow=True),
        ):
            assert answer.status_code == 404
            assert b"Secr" not in answer.content
        assert not Service.objects.get(pk=made.pk).summary_nl

    def test_the_language_of_the_original_has_no_page(self, member, client):
        made = half()
        member()
        assert client.get(url("translate", "fr", made.pk), follow=True).status_code == 404

    def test_queries_of_the_page(self, member, client):
        made = stale()
        member()
        client.get(url("translate", "nl", made.pk))
        with CaptureQueriesContext(connection) as caught:
            client.get(url("translate", "nl", made.pk))
        assert len(caught) < 40


def test_the_edit_form_says_what_is_older_than_the_original(member, client):
    made, right = stale(), half("Autre", summary_nl="Hulp")
    member()
    edit = "wagtailsnippets_services_service:edit"
    page = client.get(reverse(edit, args=[made.pk])).content.decode()
    assert page.count("Older than the original: read it again.") == 1
    page = client.get(reverse(edit, args=[right.pk])).content.decode()
    assert "Older than the original" not in page


class TestFiles:
    def test_out_and_back(self, member, client):
        made = half()
        member()
        answer = client.get(url("export", "nl", "csv") + "?state=missing")
        assert "attachment" in answer["Content-Disposition"]
        _language, [text] = csv_file.read(answer.content)
        back = answer.content.decode("utf-8-sig").replace(
            f"L'aide de {made.name_fr},,", f"L'aide de {made.name_fr},Hulp,"
        )
        answer = client.post(url("import"), {"file": SimpleUploadedFile("retour.csv", back.encode())})
        file = TranslationFile.objects.get()
        assert answer["Location"] == url("file", file.uuid)
        page = client.get(url("file", file.uuid)).content.decode()
        assert "Write 1 text" in page
        assert "Hulp" in page
        assert not Service.objects.get(pk=made.pk).summary_nl
        client.post(url("file", file.uuid), {"publish": "on"})
        assert Service.objects.get(pk=made.pk).summary_nl == "Hulp"
        page = client.get(url("file", file.uuid)).content.decode()
        assert "Published (1)" in page
        assert "Write" not in page
        assert text.key == "summary"

    def test_xliff_is_offered_too(self, member, client):
        half()
        member()
        answer = client.get(url("export", "nl", "xliff"))
        assert answer["Content-Type"] == "application/xliff+xml"
        assert answer.content.startswith(b"<?xml")
        assert "xlf" in answer["Content-Disposition"]

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"<!DOCTYPE x [<!ENTITY a 'b'>]><xliff version='1.2'>&a;</xliff>", "DTD"),
            (b"uuid;field\n", "columns are missing"),
            (b"\xff\xfe", "UTF-8"),
            (b"PK\x03\x04", "zip"),
            (b"", "empty"),
        ],
    )
    def test_a_file_that_cannot_be_read_says_why(self, member, client, content, said):
        member()
        answer = client.post(url("import"), {"file": SimpleUploadedFile("x.csv", content)})
        assert answer.status_code == 200
        assert said in answer.content.decode()
        assert not TranslationFile.objects.exists()

    def test_what_is_refused_is_shown_as_text(self, member, client):
        made = half()
        user = member()
        row = f"uuid,field,language,source_hash,target\n{made.uuid},summary,nl,{'0' * 16},<script>alert(1)</script>\n"
        file = plan.keep("x.csv", row.encode(), user)
        page = client.get(url("file", file.uuid)).content.decode()
        assert "It holds HTML" in page
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page

    def test_a_file_is_its_readers(self, member, client):
        made = half()
        user = member()
        row = f"uuid,field,language,source_hash,target\n{made.uuid},summary,nl,{'0' * 16},Hulp\n"
        file = plan.keep("x.csv", io.BytesIO(row.encode()).read(), user)
        member("editor", "nord")
        assert client.get(url("file", file.uuid), follow=True).status_code == 404
        assert (
            client.post(url("file", file.uuid), {"outdated": "on", "publish": "on"}, follow=True).status_code
            == 404
        )
        assert not Service.objects.get(pk=made.pk).summary_nl

    def test_the_export_has_the_own_teams_only(self, member, client):
        assign(Service.objects.filter(pk=half("Secrète").pk), team("nord"))
        half("Mienne")
        member()
        content = client.get(url("export", "nl", "csv")).content.decode()
        assert "Mienne" in content
        assert "Secr" not in content
        entry = AuditEntry.objects.get(action="translations.exported")
        assert (entry.actor_label, entry.detail) == ("editor-team", {"format": "csv", "texts": 1})


class Machine:
    def translate(self, texts, source, target):
        return [f"[{target}] {text}" for text in texts]


class TestMachine:
    def test_off_by_default_it_is_nowhere(self, member, client):
        half()
        member()
        assert "machine propose" not in client.get(url("board", "nl")).content.decode()
        assert client.get(url("propose", "nl"), follow=True).status_code == 404
        assert client.post(url("propose", "nl"), follow=True).status_code == 404

    def test_it_asks_first_and_fills_drafts(self, member, client, settings):
        settings.MACHINE_TRANSLATION = "tests.services.test_translating_admin.Machine"
        made, other = half("Mienne"), half("Autre")
        following.catch_up()
        assign(Service.objects.filter(pk=other.pk), team("nord"))
        member("contributor")
        assert url("propose", "nl") in client.get(url("board", "nl")).content.decode()
        assert "1 listing" in client.get(url("propose", "nl")).content.decode()
        assert not Service.objects.filter(latest_revision__isnull=False).exists()
        client.post(url("propose", "nl"))
        draft = Service.objects.get(pk=made.pk).get_latest_revision_as_object()
        assert draft.summary_nl == "[nl] L'aide de Mienne"
        assert not Service.objects.get(pk=made.pk).summary_nl
        assert ListingLanguage.objects.get(service=made, language="nl").state == "machine"
        assert Service.objects.get(pk=other.pk).latest_revision is None

    def test_published_by_a_person_it_is_complete(self, member, client, settings):
        settings.MACHINE_TRANSLATION = "tests.services.test_translating_admin.Machine"
        made = half("Mienne")
        following.catch_up()
        member("editor")
        client.post(url("propose", "nl"))
        address = url("translate", "nl", made.pk)
        sent(client, address, {"summary": "[nl] L'aide de Mienne"}, **{"action-publish": "1"})
        assert Service.objects.get(pk=made.pk).summary_nl == "[nl] L'aide de Mienne"
        assert ListingLanguage.objects.get(service=made, language="nl").state == "complete"
