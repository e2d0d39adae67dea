"""Persons' pages: shown with a row or not at all, other teams' files with a reason only, the officer's pages."""

import csv
import io
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import sync_roles
from accounts.models import Membership, User
from referrals import access
from referrals.actions import calls, consents, details, openings, persons
from referrals.models import AccessRow, FollowUp, Opening, Person, PersonPhone
from tests.referrals import builders as desk

pytestmark = pytest.mark.django_db
SECRETS = ("Zephyrine", "rue du Canari", "+32470123456", "dog bites", "fell twice")
REASON = "Calls us from hospital, wants her file"


def known(by: User) -> Person:
    made = desk.person(by, postcode="1083", age_band="75_84", contact_safety="dog bites")
    persons.identify(person=made, by=by, first_name="Zephyrine", address="rue du Canari 3")
    persons.add_phone(person=made, number="0470 12 34 56", by=by)
    call = desk.call(by, about=made)
    calls.keep(call=call, by=by, note="fell twice")
    desk.orientation(by, of=desk.need(by, of=call))
    return made


@pytest.fixture
def ada() -> User:
    return desk.agent("ada")


def browser(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(language="en")
    return client


def address(name: str, person: Person, *more) -> str:
    return reverse(f"desk:{name}", args=[person.uuid, *more])


def rows(person: Person, **asked) -> int:
    return AccessRow.objects.filter(object_uuid=person.uuid, **asked).count()


def test_each_look_is_a_row_and_the_name_is_a_row_more(ada):
    person = known(ada)
    before, page = rows(person), browser(ada).get(address("person", person))
    text = page.content.decode()
    assert "0470 12 34 56" in text
    assert "Zephyrine" not in text
    assert rows(person) == before + 1
    text = browser(ada).post(address("person_identity", person)).content.decode()
    assert "Zephyrine" in text
    assert rows(person, object_kind="identity", actor_id=ada.pk) == 1
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("name", ["person", "person_identity"])
def test_without_its_row_nothing_is_shown(ada, monkeypatch, caplog, name):
    person = known(ada)

    def fails(**kwargs):
        raise DatabaseError(f"Key (reference)=({person.reference})")

    monkeypatch.setattr(access, "note", fails)
    client = browser(ada)
    answer = (client.get if name == "person" else client.post)(address(name, person))
    assert answer.status_code == 503
    assert [text for text in (*SECRETS, person.reference) if text in answer.content.decode()] == []
    assert "not available: DatabaseError" in caplog.text
    assert person.reference not in caplog.text


def test_a_row_that_fails_takes_the_change_back(ada, monkeypatch):
    person, real = known(ada), access.note

    def fails(**kwargs):
        if kwargs["action"] == "change":
            raise DatabaseError("disk full")
        return real(**kwargs)

    monkeypatch.setattr(access, "note", fails)
    assert browser(ada).post(address("person_phone", person), {"phone": "02 511 11 11"}).status_code == 503
    assert PersonPhone.objects.count() == 1


@pytest.mark.parametrize("text", ["{reference}", "0470/12.34.56", "+32 470 123456"])
def test_found_by_reference_or_number(ada, text):
    person = known(ada)
    answer = browser(ada).post(reverse("desk:persons"), {"query": text.format(reference=person.reference)})
    assert answer["Location"] == address("person", person)
    assert AccessRow.objects.filter(action="search", object_kind="person", count=1).count() == 1


@pytest.mark.parametrize("text", ["Zephyrine", "", "K-4", "\x00", "rue du Canari"])
def test_nothing_else_finds_somebody(ada, text):
    known(ada)
    answer = browser(ada).post(reverse("desk:persons"), {"query": text})
    assert answer.status_code == 422
    assert "Type a whole reference" in answer.content.decode()


def test_part_of_a_number_finds_nobody(ada):
    known(ada)
    answer = browser(ada).post(reverse("desk:persons"), {"query": "0470"})
    assert "Nobody with this reference or number" in answer.content.decode()


def test_look_ups_are_slowed(ada, settings):
    settings.LOOKUPS_PER_HOUR = 3
    client, number = browser(ada), {"query": "0470 99 99 99"}
    assert [client.post(reverse("desk:persons"), number).status_code for _time in range(4)] == [200] * 3 + [
        429
    ]
    with_reason = number | {"reason": REASON}
    assert client.post(reverse("desk:persons"), with_reason).status_code == 429


def test_a_number_that_others_have_counts_as_looked_up_when_it_is_added(ada, settings):
    known(ada)
    other, client = desk.person(ada), browser(ada)
    before = AccessRow.objects.filter(action="search").count()
    address = reverse("desk:person_phone", args=[other.uuid])
    settings.LOOKUPS_PER_HOUR = before
    assert client.post(address, {"phone": "0470 99 99 99"}).status_code == 302  # nobody has it
    assert client.post(address, {"phone": "0470 12 34 56"}).status_code == 422
    assert other.phones.count() == 1
    settings.LOOKUPS_PER_HOUR = before + 1
    assert client.post(address, {"phone": "0470 12 34 56"}).status_code == 302
    assert AccessRow.objects.filter(action="search").count() == before + 1


def test_a_file_of_another_team_is_not_there(ada):
    person = known(desk.agent("zoe", team=desk.fund("other")))
    client, phone = browser(ada), person.phones.get()
    for name, more in [
        ("person", ()), ("person_identity", ()), ("person_identity_keep", ()), ("person_contact", ()),
        ("person_consent", ()), ("person_withdraw", (1,)), ("person_phone", ()),
        ("person_phone_mark", (phone.pk,)), ("person_merge", ()),
    ]:  # fmt: skip
        method = client.get if name == "person" else client.post
        assert method(address(name, person, *more), {"bad": "1"}).status_code == 404, name
    assert rows(person, actor_id=ada.pk) == 0


def shape(answer) -> str:
    """The page without its token and what was typed."""
    return re.sub(r'value="[^"]*"', "", answer.content.decode())


def test_without_a_reason_it_might_not_exist(ada):
    person = known(desk.agent("zoe", team=desk.fund("other")))
    client, find = browser(ada), reverse("desk:persons")
    real, invented = person.reference, "A-33AA3" if person.reference != "A-33AA3" else "C-33AA3"
    for more in ({}, {"reason": ""}, {"reason": "short"}, {"reason": "  x        "}):
        first, second = (client.post(find, {"query": text} | more) for text in (real, invented))
        assert (first.status_code, shape(first)) == (second.status_code, shape(second))
    assert not Opening.objects.exists()


def opened(ada: User, person: Person):
    return browser(ada).post(reverse("desk:persons"), {"query": person.reference, "reason": REASON})


def test_with_a_reason_it_opens_to_read_for_some_hours(ada, settings):
    settings.OTHER_TEAM_HOURS = 2
    person = known(desk.agent("zoe", team=desk.fund("other")))
    assert opened(ada, person)["Location"] == address("person", person)
    opening = Opening.objects.get()
    assert (opening.user, opening.team, opening.reason) == (ada, desk.fund(), REASON)
    assert timedelta(hours=1.9) < opening.until - timezone.now() <= timedelta(hours=2)
    assert rows(person, actor_id=ada.pk, reason=access.OPENED, team_id=person.team_id) == 1
    client = browser(ada)
    text = client.get(address("person", person)).content.decode()
    assert "dog bites" in text
    assert "fell twice" not in text, "what its team wrote in calls stays with its team"
    assert rows(person, actor_id=ada.pk, reason=access.OPENED) == 2
    assert client.post(address("person_phone", person), {"phone": "02 511 11 11"}).status_code == 404
    assert client.post(address("person_contact", person), {"do_not_contact": "1"}).status_code == 404
    opened(ada, person)
    assert Opening.objects.count() == 1, "one that is open stays as it is"
    Opening.objects.update(until=timezone.now())
    assert client.get(address("person", person)).status_code == 404


def test_a_reason_with_a_national_number_opens_nothing(ada):
    person = known(desk.agent("zoe", team=desk.fund("other")))
    asked = {"query": person.reference, "reason": "is 85.07.30-033.28 her?"}
    answer = browser(ada).post(reverse("desk:persons"), asked)
    assert answer.status_code == 422
    assert "national register number" in answer.content.decode()
    assert not Opening.objects.exists()


def test_who_may_not_open_other_teams_cannot(ada):
    person = known(desk.agent("zoe", team=desk.fund("other")))
    worker = desk.agent("chw", role="community_health_worker")
    answer = browser(worker).post(reverse("desk:persons"), {"query": person.reference, "reason": REASON})
    assert "was found in your team" in answer.content.decode()
    assert not Opening.objects.exists()


def test_both_teams_coordinators_are_told_each_for_themselves(ada):
    other = desk.fund("other")
    person = known(desk.agent("zoe", team=other))
    opened(ada, person)
    ours, theirs = (
        desk.agent("boss", role="coordinator"),
        desk.agent("chief", role="coordinator", team=other),
    )
    third = desk.agent("third", role="coordinator", team=desk.fund("third"))
    page = reverse("desk:person_openings")
    for coordinator in (ours, theirs):
        text = browser(coordinator).get(page).content.decode()
        assert REASON in text
        assert "<strong>New</strong>" in text
    assert REASON not in browser(third).get(page).content.decode()
    assert "<strong>New</strong>" in browser(ours).post(page, {"shown": ["0", "x"]}).content.decode()
    shown = {"shown": [str(one.pk) for one in Opening.objects.all()]}
    assert "<strong>New</strong>" not in browser(ours).post(page, shown).content.decode()
    assert "<strong>New</strong>" in browser(theirs).get(page).content.decode()
    assert browser(ada).get(page).status_code == 403


def test_files_that_go_soon_are_listed_to_coordinators(ada):
    person = known(ada)
    Person.objects.update(retention_due_on=timezone.localdate() + timedelta(days=3))
    boss = browser(desk.agent("boss", role="coordinator"))
    assert "1 file of your team goes" in boss.get(reverse("desk:person_openings")).content.decode()
    text = boss.get(reverse("desk:persons_due")).content.decode()
    assert person.reference in text
    assert "The whole file, as asked" in text


def test_contact_consents_and_numbers_are_kept(ada):
    person, client = known(ada), browser(ada)
    client.post(address("person_contact", person), {"preference": "sms", "safety": "never after six"})
    client.post(address("person_consent", person), {"kind": "keep_record"})
    client.post(address("person_phone_mark", person, person.phones.get().pk), {"bad": "1"})
    person.refresh_from_db()
    assert (person.contact_preference, person.contact_safety) == ("sms", "never after six")
    assert person.phones.get().is_bad
    consent = person.consents.get(kind="keep_record")
    client.post(address("person_withdraw", person, consent.pk))
    person.refresh_from_db()
    assert person.retention_due_on == timezone.localdate() + timedelta(days=30)
    assert "This file is erased on" in client.get(address("person", person)).content.decode()


def test_a_national_number_is_refused_where_it_is_typed(ada):
    person, client = known(ada), browser(ada)
    answer = client.post(address("person_contact", person), {"safety": "85073003328"})
    assert answer.status_code == 422
    assert "85073003328" not in answer.content.decode()
    person.refresh_from_db()
    assert person.contact_safety == "dog bites"


def test_a_twin_is_suggested_and_merged(ada):
    person, client = known(ada), browser(ada)
    twin = desk.person(ada)
    client.post(address("person_phone", twin), {"phone": "0470123456"})
    text = client.get(address("person", person)).content.decode()
    assert twin.reference in text
    client.post(address("person_merge", person), {"other": twin.reference})
    answer = client.post(reverse("desk:persons"), {"query": twin.reference})
    assert answer["Location"] == address("person", person)
    assert client.get(address("person", twin)).status_code == 404


def test_the_officer_sees_who_opened_what(ada, settings):
    settings.MANY_FILES_A_DAY = 1
    first, second = known(ada), known(ada)
    for person in (first, second):
        browser(ada).get(address("person", person))
    zoe = desk.agent("zoe", team=desk.fund("other"))
    known(zoe)
    officer = browser(desk.agent("dpo", role="data_protection_officer"))
    page = reverse("desk:person_access")
    text = officer.get(page).content.decode()
    assert "More than 1 files in a day" in text
    assert "zoe" not in text, "another team's rows"
    asked = {"reference": second.reference, "action": "view", "agent": "ada", "file": "1"}
    found = list(csv.DictReader(io.StringIO(officer.post(page, asked).content.decode("utf-8-sig"))))
    assert {row["uuid"] for row in found} == {str(second.uuid)}
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "No row fits" in officer.post(page, {"since": tomorrow}).content.decode()
    assert officer.post(page, {"since": "31-31"}).status_code == 200
    opened(zoe, first)
    across = officer.post(page, {"across": "on"}).content.decode()
    assert REASON in across
    exported = officer.post(page, {"across": "on", "file": "1"}).content.decode()
    assert REASON not in exported, "typed words do not leave the house"
    assert first.reference in across
    assert second.reference not in across
    assert browser(ada).get(page).status_code == 403
    assert AccessRow.objects.filter(object_kind="access", action="export").count() == 2


def test_what_a_member_does_in_another_team_of_theirs_is_that_teams(ada):
    both = desk.agent("zoe")
    desk.agent("zoe", team=desk.fund("other"))
    theirs = persons.begin(team=desk.fund("other"), by=both)
    browser(both).get(address("person", theirs))
    page = browser(desk.agent("dpo", role="data_protection_officer")).get(reverse("desk:person_access"))
    assert theirs.reference not in page.content.decode()
    there = browser(desk.agent("eva", role="data_protection_officer", team=desk.fund("other")))
    assert theirs.reference in there.get(reverse("desk:person_access")).content.decode()


def test_what_somebody_did_who_has_left_stays_with_their_teams_officer(ada):
    mine, theirs = known(ada), known(desk.agent("zoe", team=desk.fund("other")))
    opened(ada, theirs)
    FollowUp.objects.update(due_at=timezone.now())
    browser(ada).get("/desk/day/")
    ada.memberships.all().delete()
    officer = browser(desk.agent("dpo", role="data_protection_officer"))
    text = officer.get(reverse("desk:person_access")).content.decode()
    assert mine.reference in text
    assert theirs.reference in text
    assert REASON in text
    assert "follow_up" in text, "the list of the day"


def test_a_person_gets_all_that_is_kept_about_them(ada):
    person = known(ada)
    consents.give(person=person, kind="contact", by=ada, script_version="1")
    officer = browser(desk.agent("dpo", role="data_protection_officer"))
    asked = officer.post(reverse("desk:persons_data"), {"query": person.reference})
    assert asked["Location"] == address("person_data", person)
    details.send_details(
        orientation=person.orientations.get(),
        channel="sms",
        recipient="0470 99 88 77",
        language="fr",
        key=uuid4(),
        by=ada,
    )
    told = json.loads(officer.get(address("person_export", person) + "?format=json").content)
    [waiting] = told["tables"]["Message"]
    assert (waiting["recipient"], waiting["state"]) == ("+32470998877", "queued")
    assert told["reference"] == person.reference
    everything = json.dumps(told, ensure_ascii=False)
    assert [text for text in SECRETS if text not in everything] == []
    assert {name for name, found in told["tables"].items() if found} >= {
        "Person", "PersonIdentity", "PersonPhone", "Consent", "Call", "Need", "Orientation",
        "OrientationEvent", "FollowUp", "AccessRow",
    }  # fmt: skip
    text = officer.get(address("person_export", person)).content.decode()
    assert [one for one in SECRETS if one not in text] == []
    assert rows(person, action="export") == 2
    assert "ada" in officer.get(address("person_own_access", person)).content.decode()
    assert browser(ada).get(address("person_export", person)).status_code == 403


def test_erased_on_request_with_the_reference_typed_again(ada):
    person = known(ada)
    officer = browser(desk.agent("dpo", role="data_protection_officer"))
    wrong = officer.post(address("person_erase", person), {"reference": "K-47RD"})
    assert wrong.status_code == 422
    assert "Nothing was erased" in wrong.content.decode()
    assert officer.post(address("person_erase", person), {"reference": person.reference}).status_code == 200
    assert officer.get(address("person_data", person)).status_code == 404
    assert browser(ada).get(address("person", person)).status_code == 404


def test_another_teams_officer_reaches_nothing(ada):
    person = known(ada)
    officer = browser(desk.agent("dpo", role="data_protection_officer", team=desk.fund("other")))
    for name in ("person_data", "person_export", "person_own_access"):
        assert officer.get(address(name, person)).status_code == 404
    assert officer.post(address("person_erase", person), {"reference": person.reference}).status_code == 404
    person.refresh_from_db()
    assert person.anonymised_at is None


def test_a_full_page_asks_few_questions(ada, django_assert_max_num_queries):
    person, client = known(ada), browser(ada)
    for _time in range(5):
        desk.orientation(ada, of=desk.need(ada, about=person))
    with django_assert_max_num_queries(30):
        client.get(address("person", person))


def test_a_file_opened_across_teams_closes_with_the_role(client):
    """An opening lasts hours; who loses the role that opens other teams' files loses it at once."""
    sync_roles()
    eve, ada = desk.agent("eve", team=desk.fund("other")), desk.agent("ada", role="coordinator")
    theirs = desk.person(eve)
    openings.open_other(text=theirs.reference, reason="appelle notre service", by=ada, team=desk.fund())
    client.force_login(ada)
    address = reverse("desk:person", args=[theirs.uuid])
    assert client.get(address).status_code == 200
    Membership.objects.filter(user=ada).update(role="community_health_worker")
    assert client.get(address).status_code == 404
