"""The words of the search in the Wagtail admin: who may change them, the form, its errors, versions, and the lost ones."""

import csv
import io
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.actions import sync_roles
from accounts.models import User
from audit.models import AuditEntry
from search import concepts
from search.actions import record_search_without_result
from search.models import Concept, SearchWithoutResult
from services.models import TaxonomyTerm
from tests.services import html_form

pytestmark = pytest.mark.django_db
LIST, ADD = "wagtailsnippets_search_concept:list", "wagtailsnippets_search_concept:add"
EDIT, HISTORY = "wagtailsnippets_search_concept:edit", "wagtailsnippets_search_concept:history"
LOST = "lost_searches:index"


@pytest.fixture(autouse=True)
def nothing_remembered():
    concepts.forget()
    yield
    concepts.forget()


@pytest.fixture
def signed_in(client):
    sync_roles()

    def sign_in(role: str):
        user = User.objects.create_user(role, f"{role}@example.org", "secret")
        UserProfile.objects.create(user=user, preferred_language="en")
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def need():
    found = {}
    for code, parent in (("money", None), ("money_debt", "money"), ("food", None)):
        found[code] = TaxonomyTerm(
            taxonomy="need", code=code, name_fr=f"Besoin {code}", parent=found.get(parent)
        )
        found[code].save()
    return found


@pytest.fixture
def bailiff(need):
    made = Concept(
        code="bailiff", names_fr="huissier de justice", names_nl="deurwaarder", needs=[need["money_debt"]]
    )
    made.full_clean()
    made.save()
    return made


def form_values(page: str) -> dict:
    """A ticked box without a value is "on" to a browser."""
    values = html_form.form_values(page)
    return values | {name: ["on"] for name in ("active", "counterpart_only") if name in values}


def page(client, name, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


class TestWho:
    @pytest.mark.parametrize(
        ("role", "concepts_open", "lost_open"),
        [
            ("contributor", False, False),
            ("editor", False, True),
            ("moderator", False, True),
            ("taxonomy_manager", True, True),
        ],
    )
    def test_roles(self, signed_in, role, concepts_open, lost_open):
        client = signed_in(role)
        for name, allowed in ((LIST, concepts_open), (ADD, concepts_open), (LOST, lost_open)):
            assert (client.get(reverse(name)).status_code == 200) is allowed, name
        menu = page(client, "wagtailadmin_home")
        assert (reverse(LIST) in menu) is concepts_open
        assert (reverse(LOST) in menu) is lost_open


class TestTheList:
    def test_any_phrase_finds_a_concept_with_or_without_accents(self, signed_in, bailiff):
        client = signed_in("taxonomy_manager")
        bailiff.lay_fr = "on va saisir mes meubles\nécole des huissiers"
        bailiff.save()
        for words in ("deurwaarder", "meubles saisir", "ecole", "bailiff", "HUISSIER"):
            assert "huissier de justice" in page(client, LIST, q=words), words
        assert "huissier de justice" not in page(client, LIST, q="nothing")

    def test_a_need_with_parts_filters_by_its_parts_too(self, signed_in, bailiff, need):
        client = signed_in("taxonomy_manager")
        for code, found in (("money_debt", True), ("money", True), ("food", False)):
            assert ("huissier de justice" in page(client, LIST, need=need[code].pk)) is found

    def test_rows_cost_no_queries(self, signed_in, bailiff, need, django_assert_max_num_queries):
        client = signed_in("taxonomy_manager")
        for number in range(30):
            Concept(code=f"c{number}", names_fr=f"nom {number}", needs=list(need.values())).save()
        page(client, LIST)
        with django_assert_max_num_queries(20):
            assert "Besoin money_debt" in page(client, LIST)


class TestTheForm:
    def test_a_new_concept_is_used_at_once(self, signed_in, need):
        client = signed_in("taxonomy_manager")
        values = form_values(page(client, ADD)) | {
            "code": "bailiff",
            "names_fr": "huissier\r\n\r\n huissier  de justice ",
            "lay_nl": "deurwaarder",
            "needs": [str(need["money_debt"].pk)],
        }
        assert client.post(reverse(ADD), values).status_code == 302
        [entry] = concepts.current()
        assert [phrase.text for phrase in entry.phrases] == ["huissier", "huissier de justice", "deurwaarder"]
        assert entry.needs == ("money_debt",)
        row = AuditEntry.objects.get(object_kind="concept")
        assert (row.action, row.actor_label) == ("concept.created", "taxonomy_manager")

    def test_an_edit_has_an_author_a_version_and_a_way_back(self, signed_in, bailiff, need):
        client = signed_in("taxonomy_manager")
        values = form_values(page(client, EDIT, bailiff.pk))
        values |= {"names_fr": ["huissier"], "needs": [str(need["food"].pk)], "code": ["changed"]}
        assert client.post(reverse(EDIT, args=[bailiff.pk]), values).status_code == 302
        [entry] = concepts.current()
        assert (entry.code, entry.name("fr"), entry.needs) == ("bailiff", "huissier", ("food",))
        first, second = bailiff.revisions.order_by("pk")
        assert (first.user, second.user.username) == (None, "taxonomy_manager")
        assert reverse(
            "wagtailsnippets_search_concept:revisions_revert", args=[bailiff.pk, first.pk]
        ) in page(client, HISTORY, bailiff.pk)
        compared = client.get(
            reverse(
                "wagtailsnippets_search_concept:revisions_compare", args=[bailiff.pk, first.pk, second.pk]
            )
        ).content.decode()
        assert "justice" in compared
        assert "Besoin food" in compared

        revert = reverse("wagtailsnippets_search_concept:revisions_revert", args=[bailiff.pk, first.pk])
        back = form_values(client.get(revert).content.decode())
        assert client.post(revert, back).status_code == 302
        [entry] = concepts.current()
        assert (entry.name("fr"), entry.needs) == ("huissier de justice", ("money_debt",))

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"names_fr": "huissier\nHuissier"}, "stands here twice"),
            ({"lay_de": "?"}, "neither letters nor digits"),
            ({"lay_fr": "a b c d e f g h i"}, "at most 8 words"),
            ({"names_fr": "huissier"}, "leads nowhere"),
            ({}, "one name or word at least"),
            ({"names_fr": "a name", "names_nl": "naam", "code": "bailiff"}, "already exists"),
        ],
    )
    def test_what_is_wrong_is_said(self, signed_in, bailiff, values, said):
        client = signed_in("taxonomy_manager")
        form = form_values(page(client, ADD)) | {"code": "new"} | values
        answer = client.post(reverse(ADD), form)
        assert answer.status_code == 200
        assert said in answer.content.decode()
        assert Concept.objects.count() == 1

    def test_a_retired_need_is_not_offered_but_kept_where_it_is(self, signed_in, bailiff, need):
        for code in ("money_debt", "food"):
            need[code].retired = True
            need[code].save()
        client = signed_in("taxonomy_manager")
        shown = page(client, EDIT, bailiff.pk)
        assert "Besoin money_debt" in shown
        assert "Besoin food" not in shown

    def test_a_name_that_another_concept_has_is_told(self, signed_in, bailiff, need):
        client = signed_in("taxonomy_manager")
        values = form_values(page(client, ADD)) | {"code": "other", "acronyms_nl": "Deurwaarder"}
        values["needs"] = [str(need["food"].pk)]
        answer = client.post(reverse(ADD), values, follow=True)
        assert "is also a name of “huissier de justice”" in answer.content.decode()

    def test_deleting_is_recorded(self, signed_in, bailiff):
        client = signed_in("taxonomy_manager")
        client.post(reverse("wagtailsnippets_search_concept:delete", args=[bailiff.pk]))
        assert concepts.current() == ()
        row = AuditEntry.objects.get(action="concept.deleted")
        assert (row.object_id, row.actor_label) == ("bailiff", "taxonomy_manager")


class TestLostSearches:
    @pytest.fixture(autouse=True)
    def rows(self):
        for words, bassin, count in (("colis", "nord", 2), ("dentiste", "", 7)):
            SearchWithoutResult.objects.create(
                words=words, language="fr", bassin=bassin, week=date(2026, 11, 16), count=count
            )

    def test_most_often_first(self, signed_in):
        shown = page(signed_in("editor"), LOST)
        assert shown.index("dentiste") < shown.index("colis")

    def test_by_bassin(self, signed_in):
        from geo.models import Territory

        Territory(kind="bassin", code="nord", name_fr="Bassin Nord").save()
        client = signed_in("editor")
        shown = page(client, LOST, bassin="nord")
        assert "colis" in shown
        assert "Bassin Nord" in shown
        assert "dentiste" not in shown
        assert "dentiste" in page(client, LOST, bassin="-")

    def test_as_a_table_of_commas(self, signed_in):
        record_search_without_result(words="=cmd() x", language="fr", today=date(2026, 11, 16))
        answer = signed_in("editor").get(reverse(LOST), {"export": "csv"})
        assert answer["Content-Type"].startswith("text/csv")
        rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        assert [row[0] for row in rows[1:3]] == ["dentiste", "colis"]
        assert rows[1][-1] == "7"
        assert rows[3][0] == "cmd() x", "a spreadsheet must not run what somebody searched for"

    def test_there_is_nothing_to_edit(self, signed_in):
        client = signed_in("editor")
        assert client.post(reverse(LOST)).status_code == 405


def test_a_half_typed_word_is_not_searched_with(signed_in, bailiff):
    """A concept has no draft: a form that saved itself would change the search at every pause."""
    client = signed_in("taxonomy_manager")
    for address in (reverse(ADD), reverse(EDIT, args=[bailiff.pk])):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "data-w-autosave-interval-value" not in answer.content.decode()
