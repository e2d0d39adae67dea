"""Two files of one person become one, however often and by however many it is asked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections

from referrals.actions import consents, openings, orientations, persons
from referrals.actions.merging import merge
from referrals.errors import BadValue, Closed
from referrals.models import AccessRow, Person, PersonIdentity
from referrals.selectors import same_number
from tests.referrals import builders as desk

pytestmark = pytest.mark.django_db


def two(by) -> tuple[Person, Person]:
    kept = desk.person(by, postcode="1080", contact_safety="after ten")
    other = desk.person(
        by, postcode="1090", age_band="85_plus", contact_safety="dog", contact_preference="sms"
    )
    persons.identify(person=kept, by=by, first_name="Ann")
    persons.identify(person=other, by=by, first_name="Anna", last_name="Peeters")
    for number, of in (("0470 12 34 56", kept), ("0470 12 34 56", other), ("02 511 11 11", other)):
        persons.add_phone(person=of, number=number, by=by)
    return kept, other


def test_everything_moves_and_what_is_known_wins():
    by = desk.agent()
    kept, other = two(by)
    given = desk.orientation(by, of=desk.need(by, about=other))
    consents.give(person=other, kind="contact", by=by, script_version="1")
    merge(kept=kept, other=other, by=by)
    for row in (kept, other, given):
        row.refresh_from_db()
    assert (kept.postcode, kept.age_band, kept.contact_preference) == ("1080", "85_plus", "sms")
    assert kept.contact_safety == "after ten\ndog"
    identity = PersonIdentity.objects.get()
    assert (identity.person, identity.first_name, identity.last_name) == (kept, "Ann", "Peeters")
    assert {one.number for one in kept.phones.all()} == {"+3225111111", "+32470123456"}
    assert {given.person, given.need.person, given.call.person, given.follow_ups.first().person} == {kept}
    assert kept.consents.count() == 1
    assert (other.merged_into, other.postcode, other.age_band, other.contact_safety) == (kept, "", "", None)
    assert AccessRow.objects.filter(object_uuid__in=[kept.uuid, other.uuid], action="change").count() >= 2


def test_the_others_reference_keeps_finding():
    by = desk.agent()
    kept, other = two(by)
    third = desk.person(by)
    merge(kept=other, other=third, by=by)
    merge(kept=kept, other=other, by=by)
    for reference in (kept.reference, other.reference, third.reference):
        assert openings.look_up(text=reference, by=by, team=desk.fund()) == [kept]


def test_twice_is_once():
    by = desk.agent()
    kept, other = two(by)
    assert merge(kept=kept, other=other, by=by) == merge(kept=kept, other=other, by=by) == kept
    kept.refresh_from_db()
    assert kept.contact_safety == "after ten\ndog"


def test_what_cannot_be_merged():
    by = desk.agent()
    kept, other = two(by)
    foreign = desk.person(desk.agent("zoe", team=desk.fund("other")))
    for wrong in (kept, foreign):
        with pytest.raises(BadValue):
            merge(kept=kept, other=wrong, by=by)
    merge(kept=kept, other=other, by=by)
    with pytest.raises(Closed):
        merge(kept=other, other=kept, by=by)
    with pytest.raises(Closed):
        merge(kept=desk.person(by), other=other, by=by)


def test_an_objection_of_either_holds():
    by = desk.agent()
    kept, other = two(by)
    given = desk.orientation(by, of=desk.need(by, about=kept))
    persons.oppose(person=other, by=by)
    merge(kept=kept, other=other, by=by)
    kept.refresh_from_db()
    assert kept.do_not_contact
    # Nobody is called any more, but the orientation must still expire.
    assert [one.kind for one in given.follow_ups.filter(cancelled_at=None)] == ["expiry"]


def test_the_earlier_promise_to_erase_holds():
    by, soon, late = desk.agent(), date(2026, 12, 1), date(2027, 1, 1)
    for of_kept, of_other in ((soon, late), (late, soon), (late, None), (None, late)):
        kept = desk.person(by, retention_due_on=of_kept)
        merge(kept=kept, other=desk.person(by, retention_due_on=of_other), by=by)
        kept.refresh_from_db()
        assert kept.retention_due_on == (soon if soon in (of_kept, of_other) else late)


def test_a_wrong_number_stays_wrong():
    by = desk.agent()
    kept, other = two(by)
    other.phones.update(is_bad=True)
    merge(kept=kept, other=other, by=by)
    assert all(one.is_bad for one in kept.phones.all())


def test_the_same_number_suggests_it_within_the_team():
    by = desk.agent()
    kept, other = two(by)
    zoe = desk.agent("zoe", team=desk.fund("other"))
    foreign = desk.person(zoe)
    persons.add_phone(person=foreign, number="0470123456", by=zoe)
    assert list(same_number(kept)) == [other]
    merge(kept=kept, other=other, by=by)
    assert list(same_number(kept)) == []


@pytest.mark.slow
def test_merged_crosswise_at_once_one_wins(threaded_db):
    by = desk.agent()
    kept, other = two(by)
    orientations.give(need=desk.need(by, about=other), service=desk.catalogue.service(), by=by)

    def attempt(pair) -> str:
        try:
            merge(kept=pair[0], other=pair[1], by=by)
        except Closed:
            return "told"
        else:
            return "merged"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, [(kept, other), (other, kept)] * 4))
    winner = Person.objects.get(merged_into=None)
    assert Person.objects.filter(merged_into=winner).count() == 1
    assert sorted(answers) == ["merged"] * 4 + ["told"] * 4
    assert winner.phones.count() == 2
    assert winner.orientations.count() == 1
