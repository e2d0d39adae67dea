"""Possible duplicates: what counts as alike, that candidates are found while typing, and that pairs are noted once."""

import pytest
from django.utils import timezone

from services import duplicates, likeness
from services.likeness import POSSIBLE, comparable, folded, phone_tail
from services.models import DuplicatePair, MatchKey, Phone, Service

from . import builders


def one(name, postcode="1080", street="Rue Haute 12", phone="02 212 96 12", organization="Les Amis asbl"):
    return comparable(
        [name],
        postcodes=[postcode] if postcode else [],
        streets=[street] if street else [],
        phones=[phone] if phone else [],
        organizations=[organization] if organization else [],
    )


EPICERIE = one("Épicerie sociale Les Capucines")


@pytest.mark.parametrize(
    ("other", "possible"),
    [
        (one("Epicerie Sociale les capucines"), True),
        (one("Les Capucines, épicerie sociale", phone="", organization=""), True),
        (one("Épicerie sociale Les Capucinnes", organization="", street=""), True),
        (one("Épicerie sociale Les Capucines", phone="02 500 00 00"), True),
        (one("Épicerie sociale Les Capucines", "", "", "", ""), True),
        (one("Épicerie sociale Les Capucines", "4000", "Rue Basse 1", "04 222 22 22", "Autre"), False),
        (one("Épicerie sociale Les Quatre Saisons"), False),
        (one("Vestiaire Les Capucines"), False),
        (one("Consultation psychologique"), False),
    ],
)
def test_what_may_be_the_same(other, possible):
    assert (likeness.likeness(EPICERIE, other).score >= POSSIBLE) is possible
    assert likeness.likeness(EPICERIE, other) == likeness.likeness(other, EPICERIE)
    if possible:
        assert likeness.keys(EPICERIE) & likeness.keys(other), "it would not have been found"


def test_two_services_of_one_organisation_at_one_desk_are_two():
    assert likeness.likeness(one("Consultation ONE"), one("Consultation prénatale ONE")).score < POSSIBLE


def test_more_in_common_is_never_less_alike():
    scores = [
        likeness.likeness(EPICERIE, one("Épicerie sociale Les Capucines", **other)).score
        for other in (
            {"postcode": "1000", "street": "Rue Neuve 1", "phone": "02 500 00 00"},
            {"street": "Rue Neuve 1", "phone": "02 500 00 00"},
            {"street": "Rue Neuve 1"},
            {},
        )
    ]
    assert scores == sorted(scores)
    assert scores[-1] == 100


def test_texts_and_phones_are_compared_as_they_sound():
    assert folded("Épicerie « Le P'tit Cœur »") == "epicerie le p tit coeur"
    assert folded("بيت") == "بيت", "a name without Latin letters is still a name"
    assert {phone_tail(n) for n in ("+32 2 212 96 12", "02/212.96.12", "0032 2 2129612")} == {"22129612"}
    assert phone_tail("112") == ""


def the_capucines(**values) -> Service:
    place = builders.location(postcode="1080", street_fr="Rue Haute", house_number="12", **values)
    made = builders.service("Épicerie sociale Les Capucines", at=[place])
    made.phones.add(Phone(number="+32 2 212 96 12"))
    made.save()
    return made


@pytest.mark.django_db
class TestCandidates:
    def test_somebody_who_types_is_told(self):
        made = the_capucines()
        (found,) = duplicates.candidates("epicerie capucines", "1080", ["02 212 96 12"])
        assert (found.uuid, found.name, found.live) == (made.uuid, "Épicerie sociale Les Capucines", True)
        assert found.why == ("name", "place", "phone")
        assert duplicates.candidates("Épicerie sociale Les Capucines"), (
            "the name alone is enough when it is the same"
        )
        assert duplicates.candidates("Épicerie sociale Les Capucines", without=made.pk) == []
        assert duplicates.candidates("Maison médicale", "1080", ["02 212 96 12"]) == []
        assert duplicates.candidates("", "1080") == []

    def test_what_changes_is_followed(self):
        made = the_capucines()
        assert duplicates.candidates("epicerie capucines", "1080")
        made.name_fr = "Vestiaire"
        made.save()
        assert duplicates.candidates("epicerie capucines", "1080") == []
        assert duplicates.candidates("vestiaire", "1080")
        place = made.service_at_locations.get().location
        place.postcode = "1070"
        place.save()
        assert duplicates.candidates("le vestiaire", "1080") == []
        assert duplicates.candidates("le vestiaire", "1070")
        made.lifecycle = "archived"
        made.save()
        assert duplicates.candidates("vestiaire", "1070") == []
        made.delete()
        duplicates.follow()
        assert not MatchKey.objects.exists()

    def test_a_hidden_address_tells_nobody_that_somebody_lives_there(self):
        the_capucines(address_visibility="address_hidden")
        assert duplicates.candidates("epicerie capucines", "1080") == []
        (found,) = duplicates.candidates("epicerie sociale les capucines", "1080")
        assert "place" not in found.why

    def test_only_among_what_the_reader_may_see(self):
        the_capucines()
        assert duplicates.candidates("epicerie capucines", "1080", among=Service.objects.none()) == []

    def test_the_number_of_queries_does_not_grow(self, django_assert_max_num_queries):
        for _number in range(12):
            the_capucines()
        duplicates.follow()
        with django_assert_max_num_queries(10):
            assert len(duplicates.candidates("epicerie capucines", "1080")) == 5

    def test_a_long_log_is_not_waited_for_by_one_who_types(self, monkeypatch):
        monkeypatch.setattr(duplicates, "CHUNK", 2)
        monkeypatch.setattr(duplicates, "WHILE_TYPING", 2)
        for _number in range(4):
            the_capucines()
        assert duplicates.follow(most=2) > 0
        assert duplicates.follow() == 0


@pytest.mark.django_db
class TestPairs:
    def test_a_pair_is_noted_once_and_stays_decided(self, admin_user):
        first, second, _other = the_capucines(), the_capucines(), builders.service("Maison médicale")
        assert duplicates.refresh_pairs() == 1
        pair = DuplicatePair.objects.get()
        assert (pair.first, pair.second, pair.score, pair.why) == (
            first,
            second,
            100,
            "name place phone organization",
        )
        assert duplicates.refresh_pairs() == 0
        pair.state, pair.decided_by, pair.decided_at = "distinct", admin_user, timezone.now()
        pair.save()
        second.email = "autre@example.org"
        second.save()
        duplicates.refresh_pairs()
        assert DuplicatePair.objects.get().state == "distinct"

    def test_a_pair_that_is_none_any_more_goes(self):
        _first, second = the_capucines(), the_capucines()
        duplicates.refresh_pairs()
        second.name_fr = "Vestiaire du Nord"
        second.save()
        duplicates.refresh_pairs()
        assert not DuplicatePair.objects.exists()
