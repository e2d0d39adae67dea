"""Merging two listings that are one: what is chosen stays, what others know it by is kept, and all can be taken back."""

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from services import duplicates, merging
from services.models import (
    DuplicatePair,
    ExternalIdentifier,
    Merge,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
)
from services.selectors import merged_into, records

from . import builders

pytestmark = pytest.mark.django_db


def listing(name, scheme, identifier, phone, **values) -> Service:
    made = builders.service(name, **values)
    made.external_identifiers.add(ExternalIdentifier(scheme=scheme, identifier=identifier))
    made.phones.add(Phone(number=phone))
    made.save()
    return made


@pytest.fixture
def two():
    food, debt = builders.term("need", "food"), builders.term("need", "debt")
    here = builders.location(street_fr="Rue Haute", house_number="12", postcode="1000")
    same = builders.location(street_fr="rue haute", house_number="12", postcode="1000")
    there = builders.location(street_fr="Rue Basse", house_number="1", postcode="1080")
    kept = listing("Épicerie sociale", "a", "1", "02 212 96 12", needs=[food], at=[here], languages=["fr"])
    other = listing(
        "Epicerie sociale", "b", "2", "02 500 00 00", needs=[food, debt], at=[same, there],
        languages=["nl"], email="neuf@example.org", name_nl="Sociale kruidenier",
    )  # fmt: skip
    other.phones.add(Phone(number="+32 2 212 96 12"))
    other.save()
    link = ServiceAtLocation.objects.get(location=there)
    link.schedules.add(Schedule(byday="MO", opens_at="09:00", closes_at="12:00"))
    link.save()
    return kept, other


def test_both_are_in_the_kept_one(two, admin_user):
    kept, other = two
    made = merging.merge(kept=kept, other=other, choices={}, by=admin_user)
    (record,) = records()
    assert record.uuid == kept.uuid
    assert record.name == {"fr": "Épicerie sociale", "nl": "Sociale kruidenier"}
    assert record.email == "neuf@example.org"
    assert record.external_ids == {"a": "1", "b": "2"}
    assert set(record.needs) == {"food", "debt"}
    assert sorted(record.languages) == ["fr", "nl"]
    assert [phone.number for phone in record.phones] == ["02 212 96 12", "02 500 00 00"], "one number once"
    assert [place.postcode for place in record.locations] == ["1000", "1080"], "one address once"
    assert record.locations[1].schedules[0]["byday"] == "MO"
    other.refresh_from_db()
    assert (other.lifecycle, other.replaced_by) == ("archived", kept)
    assert merged_into(other.uuid) == kept.uuid
    entry = AuditEntry.objects.get(action="service.merged")
    assert (entry.object_id, entry.detail) == (str(kept.uuid), {"merged": str(other.uuid)})
    assert made.by == admin_user


def test_what_is_chosen_is_kept(two, admin_user):
    kept, other = two
    names = {difference.name: difference.default for difference in merging.differences(kept, other)}
    assert names == {
        "name_fr": "kept", "name_nl": "other", "organization": "kept", "email": "other", "languages": "both",
        "needs": "both", "phones": "both", "service_at_locations": "both",
    }  # fmt: skip
    choices = {
        "name_fr": "other",
        "email": "kept",
        "phones": "other",
        "needs": "kept",
        "service_at_locations": "kept",
    }
    merging.merge(kept=kept, other=other, choices=choices, by=admin_user)
    (record,) = records()
    assert (record.name["fr"], record.email, record.needs) == ("Epicerie sociale", "", ["food"])
    assert [phone.number for phone in record.phones] == ["02 500 00 00", "+32 2 212 96 12"]
    assert len(record.locations) == 1
    with pytest.raises(merging.CannotMerge):
        merging.merge(kept=kept, other=other, choices={}, by=admin_user)


def test_a_wrong_choice_changes_nothing(two, admin_user):
    kept, other = two
    with pytest.raises(merging.CannotMerge, match="no choice"):
        merging.merge(kept=kept, other=other, choices={"phones": "<b>"}, by=admin_user)
    assert not Merge.objects.exists()
    other.refresh_from_db()
    assert other.lifecycle == "published"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda kept, other: setattr(other, "locked", True), "locked"),
        (lambda kept, other: setattr(kept, "live", False), "not published"),
        (lambda kept, other: setattr(kept, "has_unpublished_changes", True), "wait for publication"),
    ],
)
def test_what_somebody_works_on_is_not_merged(two, admin_user, spoil, reason):
    spoil(*two)
    for one in two:
        one.save()
    with pytest.raises(merging.CannotMerge, match=reason):
        merging.merge(kept=two[0], other=two[1], choices={}, by=admin_user)
    with pytest.raises(merging.CannotMerge, match="one and the same"):
        merging.merge(kept=two[0], other=two[0], choices={}, by=admin_user)


def test_it_can_be_taken_back_whole(two, admin_user):
    before = {record.uuid: record for record in records()}
    made = merging.merge(kept=two[0], other=two[1], choices={}, by=admin_user)
    merging.undo(merge=made, by=admin_user)
    after = {record.uuid: record for record in records()}
    assert after.keys() == before.keys()
    for uuid, record in after.items():
        for name in ("name", "email", "needs", "languages", "external_ids", "phones", "lifecycle"):
            assert getattr(record, name) == getattr(before[uuid], name), name
        assert [place.uuid for place in record.locations] == [place.uuid for place in before[uuid].locations]
    with pytest.raises(merging.CannotMerge, match="already"):
        merging.undo(merge=made, by=admin_user)


def test_what_was_edited_since_is_not_taken_back(two, admin_user):
    made = merging.merge(kept=two[0], other=two[1], choices={}, by=admin_user)
    kept = Service.objects.get(pk=two[0].pk)
    kept.email = "encore@example.org"
    kept.save()
    with pytest.raises(merging.CannotMerge, match="was edited since"):
        merging.undo(merge=made, by=admin_user)


def test_the_other_one_s_address_leads_to_the_kept_one(two, admin_user, client):
    kept, other = two
    merging.merge(kept=kept, other=other, choices={}, by=admin_user)
    third = listing("Épicerie sociale", "c", "3", "02 212 96 12")
    assert merged_into(kept.uuid) is None
    merging.merge(kept=third, other=Service.objects.get(pk=kept.pk), choices={}, by=admin_user)
    answer = client.get(f"/fr/services/{other.uuid}/")
    assert answer.status_code == 301
    assert answer.url == reverse("listing", kwargs={"uuid": third.uuid}).replace("/en/", "/fr/")
    assert client.get(answer.url, follow=True).status_code == 200


def test_two_that_are_not_one_are_not_asked_about_again(admin_user):
    place = builders.location(street_fr="Rue Haute", house_number="12", postcode="1000")
    first, second = (builders.service("Épicerie sociale", at=[place]) for _number in range(2))
    duplicates.refresh_pairs()
    merging.say_distinct(first=second, second=first, by=admin_user)
    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.decided_by) == ("distinct", admin_user)
    first.email = "x@example.org"
    first.save()
    duplicates.refresh_pairs()
    assert DuplicatePair.objects.get().state == "distinct"
    assert AuditEntry.objects.filter(action="service.distinct").exists()
