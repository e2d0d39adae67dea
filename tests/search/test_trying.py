"""Trying a change of a concept: what moved, in words; nothing is saved, counted or kept."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.actions import sync_roles
from accounts.models import User
from search import concepts, understanding
from search.models import Concept, SearchWithoutResult
from search.trying.comparing import compare
from search.trying.trial import Asked, search, unmatched

from .test_concepts_admin import form_values

ADD, EDIT = "wagtailsnippets_search_concept:add", "wagtailsnippets_search_concept:edit"


class TestComparing:
    def test_up_down_new_gone_and_the_same(self):
        before, after = compare("abcdef", "acbxef", shown=4)
        assert [(move.key, move.how, move.other) for move in before] == [
            ("a", "same", 1),
            ("b", "same", 3),
            ("c", "same", 2),
            ("d", "gone", None),
        ]
        assert [(move.key, move.how, move.by) for move in after] == [
            ("a", "same", 0),
            ("c", "up", 1),
            ("b", "down", 1),
            ("x", "new", 0),
        ]

    def test_what_left_the_first_says_where_it_stands(self):
        before, after = compare("abc", "bca", shown=2)
        assert (before[0].how, before[0].other) == ("gone", 3)
        assert [(move.key, move.how, move.other) for move in after] == [("b", "up", 2), ("c", "new", 3)]


@pytest.fixture
def signed_in(demo_directory, db, client):
    sync_roles()

    def sign_in(role: str):
        user = User.objects.create_user(f"try-{role}", f"{role}@example.org", "secret")
        UserProfile.objects.create(user=user, preferred_language="en")
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def parcel(demo_directory, db):
    return Concept.objects.filter(needs__code="food_parcel", active=True).order_by("code").first()


def tried(client, concept, words: str, **changed) -> str:
    page = client.get(reverse(EDIT, args=[concept.pk])).content.decode()
    values = form_values(page) | changed | {"try-words": words, "try-near": "", "try-language": "fr"}
    answer = client.post(reverse("try_search:concept", args=[concept.pk]), values)
    assert answer.status_code == 200
    return answer.content.decode()


class TestTheBox:
    def test_a_word_that_is_not_saved_finds(self, signed_in, parcel):
        client = signed_in("taxonomy_manager")
        before, kept = concepts.current(), understanding._current()
        page = tried(client, parcel, "zorglub", lay_fr=f"{parcel.lay_fr}\nzorglub")
        now, then = page.split("<section>")[1:]
        assert "Nothing is found." in now
        assert ">new</strong>" in then
        assert "zorglub →" in then
        assert "zorglub" not in Concept.objects.get(pk=parcel.pk).lay_fr
        assert concepts.current() is before
        assert understanding._current() is kept
        assert not SearchWithoutResult.objects.exists()

    def test_a_concept_out_of_use_loses_its_results(self, signed_in, parcel):
        client = signed_in("taxonomy_manager")
        values = {"active": []}
        page = tried(client, parcel, "zorglub", lay_fr="zorglub", **values)
        assert "The first results stay as they are." in page

    def test_wrong_words_are_named(self, signed_in, parcel):
        client = signed_in("taxonomy_manager")
        empty = {
            f"{kind}_{language}": ""
            for kind in ("names", "acronyms", "lay")
            for language in ("fr", "nl", "en", "de")
        }
        page = tried(client, parcel, "", **empty)
        assert "Type what somebody would search for." in page
        assert "Give one name or word at least" in page

    def test_a_new_concept_is_tried_before_it_has_a_code(self, signed_in):
        client = signed_in("taxonomy_manager")
        values = form_values(client.get(reverse(ADD)).content.decode())
        values |= {"names_fr": "zorglub\ncolis alimentaire", "active": ["on"]}
        values |= {"try-words": "zorglub", "try-near": "1000", "try-language": "nl"}
        page = client.post(reverse("try_search:new_concept"), values).content.decode()
        assert "zorglub" in page.split("<section>")[2]
        assert not Concept.objects.filter(names_fr__contains="zorglub").exists()

    @pytest.mark.parametrize("role", ["contributor", "editor", "moderator"])
    def test_only_who_may_change_concepts(self, signed_in, parcel, role):
        client = signed_in(role)
        for url in (reverse("try_search:concept", args=[parcel.pk]), reverse("try_search:new_concept")):
            assert client.post(url, {}).status_code in (302, 403)
        assert client.get(reverse("try_search:add_words")).status_code in (302, 403)


class TestThePage:
    def test_what_was_understood_with_ways_into_the_concepts(self, signed_in):
        client = signed_in("taxonomy_manager")
        asked = {"words": "plus rien à manger zorglub", "near": "1000", "language": "fr"}
        page = client.get(reverse("try_search:index"), asked).content.decode()
        assert "zorglub” is in no concept" in page
        [expansion, *_others] = search(Asked("plus rien à manger", "", "fr")).understood.expansions
        concept = Concept.objects.get(code=expansion.concepts[0].code)
        assert reverse(EDIT, args=[concept.pk]) in page
        assert "words=zorglub" in page
        assert not SearchWithoutResult.objects.exists()

    def test_unmatched_words_are_those_of_the_need(self, demo_directory, db):
        found = search(Asked("je cherche un colis alimentaire zorglub à Ixelles", "", "fr"))
        left = unmatched(found)
        assert "zorglub" in left
        assert not {"je", "un", "colis", "ixelles"} & set(left)

    def test_a_reader_of_lost_searches_tries_but_gets_no_way_to_edit(self, signed_in):
        client = signed_in("editor")
        asked = {"words": "zorglub", "near": "", "language": "fr"}
        page = client.get(reverse("try_search:index"), asked).content.decode()
        assert "zorglub” is in no concept" in page
        assert "search/concept/" not in page.split("<main")[1]


class TestLostWords:
    def test_from_the_report_into_a_form(self, signed_in, parcel):
        client = signed_in("taxonomy_manager")
        SearchWithoutResult.objects.create(
            words="colis zorglub", language="fr", bassin="", week="2026-11-16", count=3
        )
        page = client.get(reverse("lost_searches:index")).content.decode()
        assert "?words=colis%20zorglub&amp;language=fr" in page
        asked = {"words": "colis zorglub", "language": "fr"}
        choose = client.get(reverse("try_search:add_words"), asked).content.decode()
        assert reverse(EDIT, args=[parcel.pk]) in choose
        form = client.get(reverse(EDIT, args=[parcel.pk]), asked).content.decode()
        assert "colis zorglub" in form_values(form)["lay_fr"][0].splitlines()
        assert "colis zorglub" not in Concept.objects.get(pk=parcel.pk).lay_fr
        new = client.get(reverse(ADD), asked).content.decode()
        assert form_values(new)["lay_fr"][0].strip() == "colis zorglub"
        other = client.get(reverse(ADD), {"words": "zorglub", "language": "xx"}).content.decode()
        assert "zorglub" not in form_values(other)["lay_fr"][0]
