"""What an agent reports of a listing in a call: at once before every other agent, a task for its team, a banner by two."""

import pytest
from django.test import Client

from referrals.models import Call
from search import finder
from services.changes import bulk_recording
from services.models import AgentReport, Service
from tests.site.test_desk import begun, desk, do, listed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]


@pytest.fixture
def agent() -> Client:
    return desk()


def report(client: Client, call: Call, service: Service, reason: str):
    return do(client, call, "report", service=service.uuid, reason=reason)


def seen_by(client: Client, service: Service) -> str:
    return do(client, begun(client), "search", q=service.name_fr).content.decode()


@pytest.mark.parametrize(
    ("reason", "words"),
    [("no_answer", "Pas de réponse"), ("wrong_number", "numéro"), ("closed", "Ferm"), ("full", "Complet")],
)
def test_another_agent_reads_it_at_the_next_search(agent, reason, words):
    service = listed()
    for _click in range(2):
        assert report(agent, begun(agent), service, reason).status_code == 200
    other = desk("bob")
    page = seen_by(other, service)
    assert 'class="warn"' in page
    assert words in page.split('class="warn"')[1].split("</strong>")[0]
    one = AgentReport.objects.get()
    assert (one.reason, one.suggestion.state, one.suggestion.channel) == (reason, "open", "agent")


def test_two_who_say_the_same_are_a_banner_for_everybody(agent, client):
    service = listed()
    report(agent, begun(agent), service, "closed")
    page = f"/fr/services/{service.uuid}/"
    assert 'class="reports' not in client.get(page, follow=True).content.decode()
    report(agent, begun(agent), service, "closed")  # the same agent again is still one
    alone = client.get(page, follow=True).content.decode()
    other = desk("bob", team=None)
    report(other, begun(other), service, "closed")
    together = client.get(page, follow=True).content.decode()
    assert together != alone
    assert "2 " in together.split("<main")[1]
    assert "ada" not in together.split("<main")[1].split()


def test_what_cannot_be_reported_is_said_and_leaves_nothing(agent):
    service, call = listed(), begun(agent)
    for reason in ("", "boring", "<script>"):
        answer = report(agent, call, service, reason)
        assert (answer.status_code, answer.json()["field"]) == (422, "reason")
    with bulk_recording():
        Service.objects.filter(pk=service.pk).update(live=False)
    assert report(agent, call, service, "closed").status_code == 422
    assert do(agent, call, "report", service="no uuid", reason="closed").status_code == 422
    assert (
        do(agent, call, "report", service="00000000-0000-4000-8000-000000000000", reason="full").status_code
        == 422
    )
    assert not AgentReport.objects.exists()


def test_the_agent_is_told_when_the_search_runs_on_its_reserve(agent, monkeypatch):
    real = finder.find

    def degraded(*args, **kwargs):
        found = real(*args, **kwargs)
        object.__setattr__(found, "degraded", True)
        return found

    call = begun(agent)
    assert 'role="alert"' not in do(agent, call, "search", q="cpas").content.decode()
    monkeypatch.setattr(finder, "find", degraded)
    assert 'role="alert"' in do(agent, call, "search", q="cpas").content.decode()
