"""What agents report, on the public pages: nothing of one agent, careful words of two, never who, and nothing in files."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import override

from accounts.models import Team, User
from directory_site.presenters.reports import banner_sentences, card_warnings
from services.codes import ReportReason
from services.models import Service
from services.reports import actions, rules
from services.transfer.hsds.writer import export
from tests.site.pages import clean, listing, service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]
ONE = "ex-b-001"
SEARCH = "/en/search/?q=épicerie"


def report(reason: str = ReportReason.NO_ANSWER, *names: str, one: str = ONE) -> None:
    team = Team.objects.get_or_create(code="mutuality", defaults={"name": "Mutualité du Canal"})[0]
    for name in names:
        by = User.objects.get_or_create(username=name, defaults={"first_name": "Zénobie"})[0]
        actions.report(service=service(one), reason=reason, by=by, team=team, note="Chuchoté par Pélagie.")


def text_of(client, lang: str = "en") -> str:
    return clean(listing(client, ONE, lang).one("main")["text"])


@pytest.mark.parametrize("reason", rules.REASONS)
def test_one_agent_is_not_told_to_the_public_two_are(client, reason):
    before = text_of(client)
    report(reason, "zenobie")
    assert text_of(client) == before
    report(reason, "barnabe")
    said = text_of(client)
    with override("en"):
        [sentence] = banner_sentences({reason: 2})
    assert sentence in said
    assert "We are checking." in said
    assert said.count("Two people") == 1


def test_three_are_several(client):
    report(ReportReason.CLOSED, "zenobie", "barnabe", "clotaire")
    assert "Several people told us that this service does not exist any more." in text_of(client)


def test_two_agents_who_say_different_things_are_no_banner(client):
    before = text_of(client)
    report(ReportReason.CLOSED, "zenobie")
    report(ReportReason.FULL, "barnabe")
    assert text_of(client) == before


def test_nobody_is_named_and_no_note_is_shown(client):
    report(ReportReason.WRONG_NUMBER, "zenobie", "barnabe")
    pages = [client.get(SEARCH), client.get(f"/en/services/{service(ONE).uuid}/", follow=True)]
    for page in pages:
        for secret in ("zenobie", "barnabe", "Zénobie", "Canal", "mutuality", "Pélagie"):
            assert secret not in page.content.decode()


def test_what_the_team_answered_is_not_said_any_more(client):
    before = text_of(client)
    report(ReportReason.CLOSED, "zenobie", "barnabe")
    assert text_of(client) != before
    actions.settle_by_verification(service=service(ONE), result="verified", fields=[], by=None)
    assert text_of(client) == before


def test_a_listing_that_is_gone_says_so_and_nothing_else(client):
    report(ReportReason.NO_ANSWER, "zenobie", "barnabe")
    gone = service(ONE)
    gone.lifecycle = "closed_permanently"
    gone.save()
    assert "closed for good" in text_of(client)
    assert "Two people" not in text_of(client)


def test_a_professional_reads_what_one_agent_said(client, django_user_model):
    reader = django_user_model.objects.create_user("reader")
    reader.user_permissions.add(Permission.objects.get(codename="view_service"))
    client.force_login(reader)
    report(ReportReason.NO_ANSWER, "zenobie")
    said = text_of(client)
    assert "Nobody answers the phone according to an agent, just now" in said
    assert "Two people" not in said
    report(ReportReason.NO_ANSWER, "barnabe")
    assert "according to 2 agents" in text_of(client)
    assert "Two people told us that nobody answers" in text_of(client)


class TestInTheResults:
    def warnings(self, client) -> list[str]:
        html = client.get(SEARCH).content.decode()
        return [
            said
            for said in ("Perhaps nobody answers", "May be full", "May be closed for good")
            if said in html
        ]

    def test_a_small_warning_from_two(self, client):
        report(ReportReason.FULL, "zenobie")
        assert self.warnings(client) == []
        report(ReportReason.FULL, "barnabe")
        assert self.warnings(client) == ["May be full"]
        report(ReportReason.CLOSED, "zenobie", "barnabe")
        assert self.warnings(client) == ["May be closed for good"], "the gravest alone"

    def test_one_query_a_page_of_results(self, client):
        client.get(SEARCH)
        report(ReportReason.FULL, "zenobie", "barnabe")
        with CaptureQueriesContext(connection) as asked:
            client.get("/en/search/?q=&size=50")
        about = [query["sql"] for query in asked.captured_queries if "agentreport" in query["sql"]]
        assert len(about) == 1

    def test_for_a_hundred_listings_too(self, django_assert_num_queries):
        pks = list(Service.objects.values_list("pk", flat=True)[:100])
        with django_assert_num_queries(1):
            assert card_warnings(pks, localdate()) == {}


def test_no_file_and_no_answer_of_the_api_knows_of_it(client, tmp_path):
    def everything() -> list:
        found = client.get("/api/v1/search", {"q": "épicerie", "lang": "fr"}).json()
        export(tmp_path / "out.json", with_hidden=True)
        return [found["hits"], found["total"], (tmp_path / "out.json").read_bytes()]

    before = everything()
    assert before[0]
    for reason in rules.REASONS:
        report(reason, "zenobie", "barnabe")
    assert everything() == before


def test_its_reference_is_no_page_of_the_public(client):
    report(ReportReason.FULL, "zenobie")
    one = service(ONE).suggestions.get()
    with override("en"):
        assert client.get(reverse("suggestion", args=[one.uuid])).status_code == 404
