"""The desk's one screen as its pages and acts answer: begun, kept, a need, searched, oriented, called back, closed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals.actions import expiry
from referrals.models import AccessRow, Call, FollowUp, Need, Orientation, OrientationEvent, Person
from search import finder
from search.engine import EngineUnavailable
from services.models import Phone, Service
from tests.referrals import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]
SCRIPT = {"HTTP_X_DESK": "1"}
NATIONAL_NUMBER = "85.07.30-033.28"


def desk(name: str = "ada", **values) -> Client:
    user = builders.agent(name, **values)
    user.language = "fr"
    user.save()
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def agent() -> Client:
    return desk()


def begun(client: Client) -> Call:
    answer = client.post("/desk/calls/", {"direction": "incoming"})
    assert answer.status_code == 302
    return Call.objects.get(uuid=answer["Location"].rstrip("/").rpartition("/")[2])


def do(client: Client, call: Call, act: str, **fields):
    return client.post(f"/desk/calls/{call.uuid}/{act}/", fields, **SCRIPT)


def listed(words: str = "cpas") -> Service:
    return Service.objects.filter(live=True, lifecycle="published", name_fr__icontains=words).first()


def test_a_call_from_the_first_word_to_its_end(agent: Client):
    call = begun(agent)
    assert agent.get(f"/desk/calls/{call.uuid}/").status_code == 200
    kept = do(agent, call, "keep", version=1, note="rappeler le fils", place="1080", age_band="75_84", bim="yes",
              languages=["fr", "ar"], mobility="housebound")  # fmt: skip
    assert kept.json()["version"] == 2
    call.refresh_from_db()
    assert call.note == "rappeler le fils"
    assert call.situation == {
        "postcode": "1080", "age_band": "75_84", "bim": True, "languages": ["fr", "ar"], "mobility": "housebound",
    }  # fmt: skip
    assert do(agent, call, "needs", need_text="food").status_code == 200
    need = call.needs.get()
    assert need.term.code == "food"
    found = do(agent, call, "search", q="cpas", place="1080", need_code="food").content.decode()
    assert 'name="service"' in found
    service = listed()
    key = str(uuid4())
    for _twice in range(2):
        given = do(agent, call, "orient", service=service.uuid, need=need.uuid, key=key)
        assert given.status_code == 200
    one = Orientation.objects.get(call=call)
    assert (one.mode, one.state, one.service) == ("details_given", "requested", service)
    unknown = do(agent, call, "who", who="0470 12 34 56")
    assert unknown.json()["offer"]
    made = do(agent, call, "person", who="0470 12 34 56").json()
    person = Person.objects.get()
    assert person.reference in made["panels"]["who"]
    assert person.postcode == "1080", "what of the situation lasts is the person's"
    assert do(agent, call, "call-back", quick="1").status_code == 200
    assert FollowUp.objects.filter(person=person, kind="call_back").count() == 1
    assert do(agent, call, "close").json()["go"] == "/desk/"
    call.refresh_from_db()
    assert call.ended_at is not None
    assert do(agent, call, "keep", version=9, note="trop tard").status_code in (409, 422)


def test_who_called_before_is_found_by_number_and_by_reference(agent: Client):
    first = begun(agent)
    do(agent, first, "person", who="0470 12 34 56")
    person = Person.objects.get()
    for typed in ("+32 470/12.34.56", person.reference.lower()):
        again = begun(agent)
        assert do(agent, again, "who", who=typed).status_code == 200
        again.refresh_from_db()
        assert again.person == person
    assert AccessRow.objects.filter(action="search", object_kind="person").count() == 2
    other = desk("bob", team=builders.fund("other"))
    theirs = begun(other)
    assert do(other, theirs, "who", who="0470123456").json().get("offer")
    assert do(other, theirs, "who", who=person.reference).status_code == 422


def test_look_ups_are_counted_whatever_they_find(agent: Client, settings):
    call, before = begun(agent), AccessRow.objects.filter(action="search").count()
    settings.LOOKUPS_PER_HOUR = before + 2
    assert do(agent, call, "who", who="K-47RD6").status_code == 422
    assert do(agent, call, "who", who="0470 99 99 99").status_code == 200
    assert do(agent, call, "who", who="0470 99 99 98").status_code == 429
    assert AccessRow.objects.filter(action="search").count() == before + 2


def test_another_teams_call_is_not_there(agent: Client):
    call = begun(agent)
    other = desk("bob", team=builders.fund("other"))
    assert other.get(f"/desk/calls/{call.uuid}/", follow=True).status_code == 404
    for act in ("keep", "who", "person", "needs", "needs/remove", "orient", "undo", "call-back", "report", "close",
                "reopen", "needs/withdraw", "oppose", "search"):  # fmt: skip
        answer = other.post(f"/desk/calls/{call.uuid}/{act}/", {"note": "x", "q": "x"}, follow=True, **SCRIPT)
        assert answer.status_code == 404, act
    assert Call.objects.get(pk=call.pk).version == 1


def test_an_outdated_page_is_told_and_writes_nothing(agent: Client):
    call = begun(agent)
    do(agent, call, "keep", version=1, note="le premier")
    answer = do(agent, call, "keep", version=1, note="le second")
    assert answer.status_code == 409
    assert answer.json()["version"] == 2
    assert "autre fenêtre" in answer.json()["said"] or "another window" in answer.json()["said"]
    assert Call.objects.get(pk=call.pk).note == "le premier"


def test_a_page_that_was_behind_stays_behind_when_it_names_the_person(agent: Client):
    call = begun(agent)
    do(agent, call, "keep", version=1, note="dans l'autre fenêtre")
    answer = do(agent, call, "person", version=1)
    assert answer.json()["version"] == 1
    assert do(agent, call, "keep", version=1, note="").status_code == 409


def test_a_national_number_is_refused_and_the_rest_is_kept(agent: Client):
    call = begun(agent)
    answer = do(agent, call, "keep", version=1, note=f"NISS {NATIONAL_NUMBER}", place="1000").json()
    assert answer["refused"]
    assert answer["field"] == "note"
    assert NATIONAL_NUMBER not in answer["said"]
    call.refresh_from_db()
    assert call.note is None
    assert call.situation == {"postcode": "1000"}
    page = agent.post(f"/desk/calls/{call.uuid}/needs/", {"need_text": "xyzzy"})
    assert page.status_code == 422
    assert "xyzzy" in page.content.decode(), "what was typed stays in the page"


def test_an_unknown_place_is_said_and_the_note_is_kept(agent: Client):
    call = begun(agent)
    answer = do(agent, call, "keep", version=1, note="à garder", place="Nullepart-les-Bains").json()
    assert (answer["refused"], answer["field"]) == (True, "place")
    assert Call.objects.get(pk=call.pk).note == "à garder"


def test_without_a_need_the_words_say_it_or_it_is_asked_for(agent: Client):
    call, service = begun(agent), listed()
    asked = do(agent, call, "orient", service=service.uuid)
    assert asked.status_code == 422
    assert asked.json()["field"] == "need_text"
    assert do(agent, call, "orient", service=service.uuid, read_as="food").status_code == 200
    assert Need.objects.get(call=call).term.code == "food"


def test_an_orientation_is_taken_back_as_entered_in_error(agent: Client):
    call = begun(agent)
    do(agent, call, "orient", service=listed().uuid, read_as="food")
    one = Orientation.objects.get(call=call)
    assert do(agent, call, "undo", orientation=one.uuid).status_code == 200
    one.refresh_from_db()
    assert one.state == "entered_in_error"
    assert do(agent, call, "undo", orientation=one.uuid).status_code == 422


def test_an_appointment_has_a_moment_to_come(agent: Client):
    call, service = begun(agent), listed()
    fields = {"service": service.uuid, "read_as": "food", "mode": "appointment_made"}
    for wrong in ("", "demain", "2020-01-01T10:00", "9999-12-31T10:00", "2026-02-31T10:00"):
        assert do(agent, call, "orient", appointment_at=wrong, **fields).status_code == 422, wrong
    assert not Need.objects.filter(call=call).exists()
    at = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
    assert do(agent, call, "orient", appointment_at=at, **fields).status_code == 200
    assert Orientation.objects.get(call=call).appointment_at is not None


def test_nobody_is_called_back_without_being_known_or_who_objects(agent: Client):
    call = begun(agent)
    assert do(agent, call, "call-back", quick="1").json()["field"] == "who"
    do(agent, call, "person", who="0470123456")
    Person.objects.update(do_not_contact=True)
    assert do(agent, call, "call-back", quick="1").status_code == 422
    assert not FollowUp.objects.filter(kind="call_back").exists()


def test_the_search_shows_numbers_for_professionals_in_the_same_few_questions(agent: Client):
    call, service = begun(agent), listed("Molenbeek")
    Phone.objects.create(service=service, number="02 412 53 99", visibility="professionals")
    do(agent, call, "search", q="cpas")  # what is read once a process
    counts = []
    for words in ("zzzzqqqq", service.name_fr, "aide"):
        with CaptureQueriesContext(connection) as asked:
            page = do(
                agent, call, "search", q=words, place="1080", age_band="75_84", languages=["fr"]
            ).content.decode()
        counts.append(len(asked))
        assert "data-without" in page
    assert counts[0] <= counts[1] == counts[2] <= 12, counts  # without results nothing is asked about them
    page = do(agent, call, "search", q=service.name_fr).content.decode()
    assert str(service.uuid) in page
    assert "412 53 99" in page


def test_the_situation_counts_and_can_be_left_out(agent: Client):
    call = begun(agent)
    fields = {"q": "aide", "place": "1080", "languages": ["ar"]}
    within = do(agent, call, "search", **fields).content.decode()
    assert 'data-without="language"' in within
    assert 'data-without="near"' in within
    without = do(agent, call, "search", without="language", **fields).content.decode()
    assert 'data-with="language"' in without
    assert 'data-without="near"' in without


def test_the_words_are_in_no_address_and_only_post_is_answered(agent: Client):
    call = begun(agent)
    assert agent.get(f"/desk/calls/{call.uuid}/search/?q=dupont").status_code == 405


def test_without_script_the_search_and_the_acts_are_pages(agent: Client):
    call = begun(agent)
    do(agent, call, "keep", version=1, place="1080")
    page = agent.post(f"/desk/calls/{call.uuid}/search/", {"q": "cpas", "kept": "1"})
    assert 'value="cpas"' in page.content.decode()
    assert "CPAS de Molenbeek-Saint-Jean" in page.content.decode()
    done = agent.post(f"/desk/calls/{call.uuid}/needs/", {"need_text": "food"})
    assert done["Location"] == f"/desk/calls/{call.uuid}/"


def test_when_no_engine_answers_the_call_goes_on(agent: Client, monkeypatch):
    def fails(*args, **kwargs):
        raise EngineUnavailable("down")

    call = begun(agent)
    monkeypatch.setattr(finder, "find", fails)
    page = do(agent, call, "search", q="cpas")
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert do(agent, call, "keep", version=1, note="on continue").status_code == 200


def test_who_opens_a_call_with_a_person_leaves_a_row(agent: Client):
    call = begun(agent)
    do(agent, call, "person")
    before = AccessRow.objects.filter(object_uuid=Person.objects.get().uuid, action="view").count()
    agent.get(f"/desk/calls/{call.uuid}/")
    assert (
        AccessRow.objects.filter(object_uuid=Person.objects.get().uuid, action="view").count() == before + 1
    )


def test_a_closed_call_is_found_again_and_a_coordinator_takes_back_what_its_author_no_longer_may(
    agent: Client,
):
    call = begun(agent)
    do(agent, call, "orient", service=listed().uuid, read_as="food")
    do(agent, call, "close")
    assert f"/desk/calls/{call.uuid}/" in agent.get("/desk/").content.decode()
    Orientation.objects.update(created_at=timezone.now() - timedelta(days=3))
    OrientationEvent.objects.update(recorded_at=timezone.now() - timedelta(days=3))
    one = Orientation.objects.get()
    assert "Encodé par erreur" not in agent.get(f"/desk/calls/{call.uuid}/").content.decode()
    assert do(agent, call, "undo", orientation=one.uuid).status_code == 422
    boss = desk("boss", role="coordinator")
    assert "undo/" in boss.get(f"/desk/calls/{call.uuid}/").content.decode()
    assert do(boss, call, "undo", orientation=one.uuid).status_code == 200
    one.refresh_from_db()
    assert (one.state, one.events.last().by_kind) == ("entered_in_error", "coordinator")


def test_what_the_machine_let_go_of_is_called_expired(agent: Client):
    person = builders.person(builders.agent("ada"))
    made = builders.orientation(builders.agent("ada"), of=builders.need(builders.agent("ada"), about=person))
    expiry.expire(timezone.now() + timedelta(days=60))
    made.refresh_from_db()
    assert made.state_in_words == made.events.last().state_in_words == "Expirée"
    page = agent.get(f"/desk/persons/{person.uuid}/").content.decode()
    assert "Expirée" in page
    assert "Annulée" not in page


def test_where_a_caller_lives_is_asked_of_no_geocoder_elsewhere(agent: Client, settings, monkeypatch):
    settings.GEOCODER_URL = "https://geocoder.invalid"
    asked: list[str] = []
    monkeypatch.setattr(finder, "_geocoded", lambda text, lang: asked.append(text))
    call = begun(agent)
    do(agent, call, "search", q="repas", place="Rue Nullepart 7")
    assert asked == []
    agent.get("/fr/search/", {"q": "repas", "near": "Rue Nullepart 7"})
    assert asked == ["Rue Nullepart 7"], "the public's search may"


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/desk/day/", "/desk/day/"),
        ("https://elsewhere.example/desk/", "/desk/"),
        ("//elsewhere.example/", "/desk/"),
        ("/desk//elsewhere.example", "/desk//elsewhere.example"),
        ("/admin/", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_single_keys_are_switched_off_and_on_for_one_user_and_lead_back_to_the_desk(agent, wanted, led):
    other = desk("bea")
    assert "data-single-keys" not in agent.get("/desk/").content.decode()
    assert agent.post("/desk/keys/", {"single": "off", "next": wanted})["Location"] == led
    assert 'data-single-keys="off"' in agent.get("/desk/").content.decode()
    assert 'data-single-keys="off"' in agent.get(f"/desk/calls/{begun(agent).uuid}/").content.decode()
    assert "data-single-keys" not in other.get("/desk/").content.decode()
    answer = agent.post("/desk/keys/", {"single": "on", "next": wanted}, **SCRIPT)
    assert answer.json() == {"said": "", "go": led}
    assert "data-single-keys" not in agent.get("/desk/").content.decode()
    assert agent.get("/desk/keys/").status_code == 405
