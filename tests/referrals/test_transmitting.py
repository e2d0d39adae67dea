"""A file for a service: sent with a consent, read behind a link, answered, reminded of, and emptied when it is over."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone, translation

from accounts.models import Team
from audit.models import AuditEntry
from outbox.models import Message
from referrals import consent_words, links, own_data, states
from referrals.actions import (
    calls,
    consents,
    follow_ups,
    forgetting,
    orientations,
    persons,
    reminders,
    transmitting,
)
from referrals.errors import BadValue, Closed, ConsentNeeded, DoNotContact, NationalNumber
from referrals.models import AccessRow, Consent, FollowUp, Orientation, Person, TransmittedFile
from sealing.links import LinkExpired, LinkWrong
from services.models import Suggestion
from tests.services.builders import service

from . import builders

pytestmark = pytest.mark.django_db
TYPED = {
    "first_name": "Rosalie",
    "last_name": "Van Canary",
    "phone": "0470 12 34 56",
    "asked": "Un colis par semaine",
}
SITUATION = {"postcode": "1080", "languages": ["fr", "ar"], "age_band": "75_84", "bim": True}


@pytest.fixture
def ada():
    return builders.agent()


@pytest.fixture
def need(ada):
    one = builders.need(ada, about=builders.person(ada))
    one.call.situation = SITUATION
    one.call.save()
    return one


@pytest.fixture
def kitchen():
    return service("Cuisine de quartier", email="accueil@cuisine.example")


def sent(need, to, by, **values) -> TransmittedFile:
    given = {"typed": TYPED, "told": ["place", "languages"], "agreed": True, "key": uuid4(), **values}
    return transmitting.transmit(need=need, service=to, by=by, **given)


def now_of(file: TransmittedFile) -> TransmittedFile:
    return TransmittedFile.objects.select_related("orientation__need", "orientation__person").get(pk=file.pk)


def pending(orientation: Orientation) -> list[str]:
    rows = FollowUp.objects.filter(orientation=orientation, done_at=None, cancelled_at=None)
    return sorted(rows.values_list("kind", flat=True))


def test_consent_orientation_file_and_mail_are_one_act(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    one = Orientation.objects.get()
    assert (one.mode, one.state, file.orientation) == ("file_transmitted", "requested", one)
    assert pending(one) == ["expiry", "person", "service"]
    consent = Consent.objects.get()
    assert (consent.kind, consent.service_uuid, consent.script_version) == (
        "transmit",
        kitchen.uuid,
        consent_words.VERSION,
    )
    message = Message.objects.get()
    assert (message.recipient, message.language) == ("accueil@cuisine.example", "fr")
    assert file.reference in message.subject
    assert links.token(file).split(":")[0] in message.body
    for text in (message.subject, message.body, message.html):
        for secret in ("Rosalie", "Canary", "470123456", "470 12", "colis", need.person.reference):
            assert secret not in text


def test_only_what_the_agent_chose_is_told(ada, need, kitchen):
    told = transmitting.opened(sent(need, kitchen, ada, told=["languages"]))
    assert told == {
        "first_name": "Rosalie",
        "last_name": "Van Canary",
        "phone": "+32470123456",
        "asked": "Un colis par semaine",
        "languages": ["fr", "ar"],
    }


def test_the_same_click_sends_once_and_another_while_one_is_under_way_is_refused(ada, need, kitchen):
    key = uuid4()
    first = sent(need, kitchen, ada, key=key)
    assert sent(need, kitchen, ada, key=key) == first
    with pytest.raises(BadValue, match="under way"):
        sent(need, kitchen, ada)
    assert (Message.objects.count(), Orientation.objects.count(), Consent.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"agreed": False}, ConsentNeeded),
        ({"typed": {**TYPED, "phone": "demain"}}, BadValue),
        ({"typed": {"phone": "0470 12 34 56"}}, BadValue),
        ({"typed": {**TYPED, "asked": "NISS 85.07.30-033 28"}}, NationalNumber),
        ({"typed": {**TYPED, "asked": "x" * 501}}, BadValue),
    ],
)
def test_what_is_refused_leaves_nothing(ada, need, kitchen, values, error):
    with pytest.raises(error):
        sent(need, kitchen, ada, **values)
    assert not Orientation.objects.exists()
    assert not Consent.objects.exists()
    assert not Message.objects.exists()


def test_no_mailbox_nobody_known_or_somebody_who_objects(ada, need, kitchen):
    with pytest.raises(BadValue, match="service"):
        sent(need, service("Sans courriel"), ada)
    with pytest.raises(BadValue, match="person"):
        sent(builders.need(ada), kitchen, ada)
    Person.objects.update(do_not_contact=True)
    with pytest.raises(DoNotContact):
        sent(need, kitchen, ada)


def test_the_link_is_for_this_file_and_this_purpose_and_ends(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    token = links.token(file)
    assert links.read(token) == file
    for wrong in (token[:-2], token + "x", token.replace(":", "/"), "", "é"):
        with pytest.raises(LinkWrong):
            links.read(wrong)
    from services.verification import links as others  # a link to confirm a listing opens no file

    with pytest.raises(LinkWrong):
        links.read(others.sign(file.uuid, purpose=others.SALT))
    TransmittedFile.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(LinkExpired):
        links.read(token)


def test_each_reading_is_a_row_that_the_person_may_ask_for(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    for _time in range(2):
        transmitting.opened(file)
    rows = AccessRow.objects.filter(object_kind="file", action="view")
    assert [(row.actor_label, row.object_uuid, row.team_id) for row in rows] == [
        ("service: Cuisine de quartier", need.person.uuid, need.team_id)
    ] * 2
    assert now_of(file).opened_at is not None
    assert set(rows) <= set(own_data.accesses(need.person))
    assert "Canary" in own_data.of(need.person)["TransmittedFile"][0]["content"]


def test_accepting_ends_the_reminder_and_the_file_can_still_be_read(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    transmitting.answer(file, answer="accept", note="Mardi 10 h, demandez Mme Six")
    one = Orientation.objects.get()
    assert (one.state, pending(one)) == ("accepted", ["expiry", "person"])
    assert now_of(file).answer_note == "Mardi 10 h, demandez Mme Six"
    assert transmitting.opened(file)["last_name"] == "Van Canary"
    event = one.events.get(to="accepted")
    assert (event.by, event.by_kind) == (None, "service")


def test_considering_then_declining_with_a_reason_tells_the_agent(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    transmitting.answer(file, answer="study", reason="waitlist")
    assert pending(Orientation.objects.get()) == ["expiry", "person", "service"]
    with pytest.raises(BadValue, match="reason"):
        transmitting.answer(file, answer="decline")
    with pytest.raises(BadValue, match="reason"):
        transmitting.answer(
            file, answer="decline", reason="deceased"
        )  # a service cannot speak for the person
    for _click in range(2):
        transmitting.answer(now_of(file), answer="decline", reason="full")
    one = Orientation.objects.get()
    assert (one.state, one.reason, pending(one)) == ("rejected", "full", [])
    call_back = FollowUp.objects.get(kind="call_back")
    assert (call_back.declined, call_back.assignee, call_back.person) == (one, ada, need.person)
    assert call_back.due_at <= timezone.now() + timedelta(days=5)
    assert now_of(file).content is None
    with pytest.raises(Closed):
        transmitting.opened(file)
    assert not Suggestion.objects.exists()


def test_closed_or_wrong_data_is_a_report_on_the_listing_without_the_services_own_words(ada, need, kitchen):
    team = Team.objects.create(code="nord", name="Noord", language="nl")
    kitchen.steward = team
    kitchen.save()
    file = sent(need, kitchen, ada)
    transmitting.answer(
        file, answer="decline", reason="closed_or_wrong_data", note="Mme Van Canary a déménagé"
    )
    made = Suggestion.objects.get()
    assert (made.service, made.steward, made.channel, made.state) == (kitchen, team, "organisation", "open")
    assert made.comment
    assert "Canary" not in made.comment


def test_who_objects_meanwhile_is_not_called_after_a_refusal(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    persons.oppose(person=need.person, by=ada)
    transmitting.answer(file, answer="decline", reason="full")
    assert not FollowUp.objects.filter(kind="call_back").exists()


@pytest.mark.parametrize("end", ["withdrawn", "cancelled", "erased", "entered in error", "completed"])
def test_whatever_ends_it_empties_the_file(ada, need, kitchen, end):
    file = sent(need, kitchen, ada)
    if end == "withdrawn":
        consents.withdraw(consent=Consent.objects.get(), by=ada)
    elif end == "cancelled":
        orientations.withdraw(need=need, by=ada)
    elif end == "erased":
        forgetting.erase(person=need.person, by=ada)
        assert not TransmittedFile.objects.exists()
        with pytest.raises(Closed):
            transmitting.answer(file, answer="accept")
        return
    else:
        to, outcome = ("completed", "got_help") if end == "completed" else (states.ENTERED_IN_ERROR, "")
        orientations.move(orientation=file.orientation, to=to, by=ada, outcome=outcome)
    assert now_of(file).content is None
    with pytest.raises(Closed):
        transmitting.opened(now_of(file))
    with pytest.raises(Closed):
        transmitting.answer(now_of(file), answer="accept")


def ten_days_later():
    FollowUp.objects.filter(kind="service").update(due_at=timezone.now() - timedelta(minutes=1))
    return timezone.now()


def test_a_silent_service_is_reminded_once_by_mail(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    plan = FollowUp.objects.get(kind="service").due_at - file.sent_at
    assert timedelta(days=9) < plan < timedelta(days=15)  # J+10, on a working day
    assert reminders.remind(timezone.now()) == 0
    now = ten_days_later()
    assert reminders.remind(now) == 1
    assert reminders.remind(now) == 0
    mails = Message.objects.order_by("pk")
    assert mails.count() == 2
    assert links.read(mails[1].body.split("/orientation/")[1].split("/")[0]) == file
    assert "Canary" not in mails[1].body
    done = FollowUp.objects.get(kind="service")
    assert (done.done_at, done.done_by) == (now, None)


def test_who_looks_into_it_is_not_told_that_no_answer_came(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    transmitting.answer(file, answer="study", reason="waitlist")
    assert reminders.remind(ten_days_later()) == 1
    mail = Message.objects.latest("pk")
    for text in (mail.body, mail.html):
        assert "vous étudiez la demande" in text
        assert "pas encore de réponse" not in text


def test_a_call_back_leaves_what_a_service_declined_to_be_told(ada, need, kitchen):
    transmitting.answer(sent(need, kitchen, ada), answer="decline", reason="full")
    follow_ups.set_call_back(call=need.call, at=timezone.now() + timedelta(days=1), by=ada)
    told = FollowUp.objects.get(kind="call_back", declined__isnull=False)
    assert told.is_pending


def test_who_has_answered_or_lost_the_mailbox_is_not_written_to(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    kitchen.email = ""
    kitchen.save()
    now = ten_days_later()
    assert reminders.remind(now) == 0
    assert FollowUp.objects.get(kind="service").done_at is None  # the agent's, who calls
    kitchen.email = "accueil@cuisine.example"
    kitchen.save()
    transmitting.answer(file, answer="accept")
    assert reminders.remind(now) == 0
    assert Message.objects.count() == 1


def test_a_mail_that_did_not_arrive_is_the_agents_at_once(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    now = timezone.now()
    assert reminders.tell_undelivered(now) == 0
    Message.objects.update(state="given_up", given_up_at=now, recipient=None)
    assert reminders.tell_undelivered(now) == 1
    assert reminders.tell_undelivered(now) == 0
    assert FollowUp.objects.get(kind="service").due_at == now
    assert now_of(file).undelivered_at == now
    assert reminders.remind(now + timedelta(minutes=1)) == 0


def test_when_its_time_is_over_the_file_is_emptied_whatever_became_of_it(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    transmitting.answer(file, answer="accept")
    assert reminders.forget(timezone.now()) == 0
    assert reminders.forget(file.expires_at) == 1
    assert now_of(file).content is None


def test_handing_work_over_takes_the_answer_to_the_new_agent(ada, need, kitchen):
    file, bob = sent(need, kitchen, ada), builders.agent("bob")
    follow_ups.hand_over(team=need.team, of=ada, to=bob, by=ada)
    transmitting.answer(file, answer="decline", reason="full")
    assert FollowUp.objects.get(kind="call_back").assignee == bob


def test_no_audit_entry_or_log_line_tells_of_the_person(ada, need, kitchen, caplog):
    caplog.set_level("DEBUG")
    file = sent(need, kitchen, ada)
    transmitting.opened(file)
    transmitting.answer(file, answer="decline", reason="closed_or_wrong_data", note="Van Canary")
    reminders.hourly()
    kept = [str(row) for row in AuditEntry.objects.values()] + [
        str(row) for row in AccessRow.objects.values()
    ]
    assert not [text for text in [*kept, caplog.text] if "Canary" in text or "470123456" in text]


def test_words_that_were_read_out_are_never_changed():
    """A consent says by its version to what somebody agreed; other words are another version."""
    with translation.override("en"):
        said = {kind: consent_words.words(kind, "2026-1") for kind in consent_words.SCRIPTS["2026-1"]}
    assert said == {
        "contact": "May we call you back to ask whether it helped?",
        "keep_record": "May we keep a file with your situation and what we looked for together, so that you need not"
        " tell everything again? You can ask to read it or to have it erased at any time.",
        "transmit": "May we send this service your name, how to reach you and what you need, so that they contact you?"
        " They can read it for thirty days at most. You can change your mind at any time.",
    }
    assert consent_words.VERSION in consent_words.SCRIPTS


def test_a_call_in_which_a_file_was_sent_stays_about_that_person(ada, need, kitchen):
    file = sent(need, kitchen, ada)
    other = builders.person(ada)
    with pytest.raises(BadValue, match="person"):
        calls.set_person(call=need.call, person=other, by=ada)
    orientations.move(orientation=file.orientation, to="cancelled", by=ada)
    assert calls.set_person(call=need.call, person=other, by=ada).person == other
