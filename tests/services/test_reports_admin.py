"""Agents' reports in the admin: in the list to verify, on the verification screen, among the suggestions and in a decision."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.actions import sync_roles
from accounts.models import Membership, User
from services.codes import ReportReason
from services.models import AgentReport, Phone, Service, Suggestion
from services.reports import actions
from services.suggestions.actions import suggest_correction
from services.verification.actions import set_verified

from .builders import service, team

pytestmark = pytest.mark.django_db
TO_VERIFY = "/admin/catalogue/to-verify/"
SUGGESTIONS = "/admin/suggestions/"


@pytest.fixture
def member(client):
    sync_roles()

    def join(role: str, code: str = "team") -> User:
        user = User.objects.create_user(
            f"{role}-{code}", f"{role}@{code}.example.org", "secret", language="en"
        )
        Membership.objects.create(user=user, team=team(code), role=role)
        client.force_login(user)
        return user

    return join


def published(name: str = "Épicerie sociale", **values) -> Service:
    made = service(name, **values)
    made.phones = [Phone(number="02 512 34 56")]
    made.save()
    made.save_revision().publish()
    made.refresh_from_db()
    set_verified(service=made, on=localdate(), channel="call")
    return made


def report(
    listing: Service, reason: str = ReportReason.WRONG_NUMBER, by: str = "anna", **values
) -> AgentReport:
    user = User.objects.get_or_create(username=by)[0]
    return actions.report(service=listing, reason=reason, by=user, team=None, **values)


def page(client, url: str, **query) -> str:
    answer = client.get(url, query, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def screen(listing: Service) -> str:
    return reverse("wagtailsnippets_services_service:verify", args=[listing.pk])


class TestTheListToVerify:
    def test_reported_with_reason_age_and_how_many(self, member, client):
        published("Calme")
        told = published("Signalée")
        for by in ("anna", "bram"):
            report(told, by=by)
        AgentReport.objects.update(at=timezone.now() - timedelta(days=3), day=localdate() - timedelta(days=3))
        member("contributor")
        html = page(client, TO_VERIFY, why="reported")
        assert "Signalée" in html
        assert "Calme" not in html
        assert "2 · Wrong number according to 2 agents, the last 3 days ago" in html
        assert screen(told) in html
        assert "0\xa0minutes" not in html  # it is due by its reports, not by its age

    def test_an_expired_report_brings_nothing_into_the_list(self, member, client):
        told = published("Signalée")
        report(told, ReportReason.FULL, day=localdate() - timedelta(days=15))
        actions.expire()
        member("contributor")
        assert "Signalée" not in page(client, TO_VERIFY)

    def test_thirty_reported_listings_stay_under_forty_queries(
        self, member, client, django_assert_max_num_queries
    ):
        for number in range(30):
            one = published(f"Liste {number:02}")
            report(one)
            report(one, by="bram")
        member("editor")
        page(client, TO_VERIFY)
        for url in (TO_VERIFY, SUGGESTIONS):
            with django_assert_max_num_queries(39) as asked:
                page(client, url)
            of_reports = [
                query for query in asked.captured_queries if 'FROM "services_agentreport"' in query["sql"]
            ]
            assert len(of_reports) == 1


class TestTheVerificationScreen:
    def test_the_reason_is_said_to_who_calls_the_note_too(self, member, client):
        listing = published()
        made = report(listing, note="Un garage décroche.")
        report(listing, by="bram")
        suggest_correction(
            service=listing, changes=[], reasons=["other"], comment="Du public.", language="fr"
        )
        member("contributor")
        html = page(client, screen(listing))
        assert "Wrong number according to 2 agents, the last just now – Un garage décroche." in html
        assert "1 suggestion is open" in html
        assert "Du public." not in html
        assert str(made.suggestion.uuid) not in html  # who may not decide gets no link
        member("editor")
        html = page(client, screen(listing))
        newest = AgentReport.objects.latest("at").suggestion.uuid
        assert reverse("suggestions:decide", args=[newest]) in html
        assert "Du public." in html

    def test_all_is_right_closes_them_in_the_same_call(self, member, client):
        listing = published()
        report(listing)
        report(listing, by="bram")
        member("contributor")
        answer = client.post(screen(listing), {"channel": "call", "result": "verified", "note": ""})
        assert answer.status_code == 302
        assert set(Suggestion.objects.values_list("state", flat=True)) == {"verified"}
        listing.care.refresh_from_db()
        assert listing.care.urgency == 0


class TestTheSuggestions:
    def test_each_says_how_many_agents(self, member, client):
        listing = published()
        report(listing)
        report(listing, by="bram")
        report(listing, ReportReason.FULL)
        member("editor")
        html = page(client, SUGGESTIONS, channel="agent")
        assert html.count("Wrong number according to 2 agents") == 2
        assert html.count("Reported full on") == 1
        assert "An agent during a call" in html

    def test_one_decision_for_all(self, member, client):
        listing = published()
        first = report(listing, note="Un garage décroche.")
        report(listing, by="bram")
        member("editor")
        url = reverse("suggestions:decide", args=[first.suggestion.uuid])
        html = page(client, url)
        assert "Wrong number according to 2 agents" in html
        assert "What you decide here is decided about all of them." in html
        assert "read the answer on their desk" in html
        assert "Thank you for your message" not in html  # no letter to a colleague
        answer = client.post(
            url, {"outcome": "yes", "answer": "Corrigé."}, headers={"accept-language": "en"}, follow=True
        )
        assert "1 other report of an agent is decided with it." in answer.content.decode()
        assert set(Suggestion.objects.values_list("state", "answer")) == {("accepted", "Corrigé.")}

    def test_another_team_does_not_decide(self, member, client):
        made = report(published())
        member("editor", "autre")
        url = reverse("suggestions:decide", args=[made.suggestion.uuid])
        assert client.get(url, follow=True).status_code == 404
