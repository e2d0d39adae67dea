"""The trees in the admin: who reads and who changes them, each action, and the old code in the public search."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.actions import sync_roles
from accounts.models import Membership, User
from search import engines, indexing, vocabulary
from services.models import Service, TaxonomyTerm, TermMerge
from services.terms import actions, merging

from .builders import organization, service, team, term

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    sync_roles()

    def sign_in(role: str):
        user = User.objects.create_user(role, f"{role}@example.org", "secret")
        UserProfile.objects.create(user=user, preferred_language="en")
        Membership.objects.create(user=user, team=team(), role=role)
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def terms():
    made = {"money": term("need", "money", "Argent", sort_order=0)}
    made["debt"] = term("need", "debt", "Dettes", parent=made["money"], sort_order=1)
    made["budget"] = term("need", "budget", "Budget", parent=made["money"], sort_order=2)
    made["food"] = term("need", "food", "Manger", sort_order=100)
    return made


def tree(client, taxonomy: str = "need") -> str:
    answer = client.get(reverse("terms:tree", args=[taxonomy]))
    assert answer.status_code == 200
    return answer.content.decode()


class TestWho:
    @pytest.mark.parametrize("role", ["contributor", "editor", "moderator"])
    def test_others_read_the_tree_and_change_nothing(self, signed_in, terms, role):
        client = signed_in(role)
        page = tree(client)
        assert "Dettes" in page
        assert 'name="step"' not in page
        merge = merging.merge(old=terms["budget"], new=terms["debt"], by="tests")
        pk = terms["debt"].pk
        wrong = [client.post(reverse("terms:order", args=[pk]), {"step": "down"})]
        for name in ("place", "merge", "retire", "bring_back"):
            url = reverse(f"terms:{name}", args=[pk])
            wrong += [client.get(url), client.post(url, {"into": terms["food"].pk})]
        wrong += [client.post(reverse("terms:undo", args=[merge.pk]))]
        wrong += [client.get(reverse("terms:merges", args=["need"]))]
        assert all(answer.status_code in (302, 403) for answer in wrong)
        assert all(
            answer.status_code == 403 or answer.url == reverse("wagtailadmin_home") for answer in wrong
        )
        stored = TaxonomyTerm.objects.get(pk=pk)
        assert (stored.retired, stored.parent, stored.sort_order) == (False, terms["money"], 1)
        assert TermMerge.objects.get().undone_at is None

    def test_somebody_outside_the_admin_sees_nothing(self, client, terms):
        client.force_login(User.objects.create_user("nobody", "nobody@example.org", "secret"))
        assert client.get(reverse("terms:tree", args=["need"])).status_code in (302, 403)

    def test_an_unknown_table_is_not_found(self, signed_in, terms):
        client = signed_in("taxonomy_manager")
        answer = client.get(reverse("terms:tree", args=["colours"]), follow=True)  # by way of a language
        assert answer.status_code == 404


class TestTheTree:
    def test_it_costs_the_same_however_many_terms_there_are(
        self, signed_in, terms, django_assert_max_num_queries
    ):
        client = signed_in("taxonomy_manager")
        for number in range(30):
            made = term("need", f"n{number}", parent=terms["money"], sort_order=2)
            service(needs=[made])
        tree(client)
        with django_assert_max_num_queries(25):
            assert "31 listings" not in (page := tree(client))
        assert "30 listings" in page

    def test_a_retired_term_says_what_replaced_it(self, signed_in, terms):
        client = signed_in("taxonomy_manager")
        merging.merge(old=terms["debt"], new=terms["food"], by="tests")
        assert "retired → Manger" in tree(client).replace("&rarr;", "→")

    def test_up_and_down(self, signed_in, terms):
        client = signed_in("taxonomy_manager")
        answer = client.post(reverse("terms:order", args=[terms["food"].pk]), {"step": "up"})
        assert answer.url.endswith(f"?moved={terms['food'].pk}&by=up")
        page = tree(client)
        assert page.index("Manger") < page.index("Argent")
        again = client.post(reverse("terms:order", args=[terms["food"].pk]), {"step": "up"}, follow=True)
        assert "at the end already" in again.content.decode()

    def test_a_new_part_stands_last_below_its_term(self, signed_in, terms):
        client = signed_in("taxonomy_manager")
        add = reverse("wagtailsnippets_services_taxonomyterm:add")
        page = client.get(add, {"taxonomy": "need", "parent": terms["money"].pk}).content.decode()
        assert f'<option value="{terms["money"].pk}" selected>' in page
        names = {
            f"{name}_{code}": "" for name in ("name", "description") for code in ("fr", "nl", "en", "de")
        }
        values = names | {"taxonomy": "need", "code": "bills", "name_fr": "Factures", "icon": ""}
        answer = client.post(add, values | {"parent": terms["money"].pk})
        made = TaxonomyTerm.objects.get(code="bills")
        assert answer.url == f"{reverse('terms:tree', args=['need'])}#term-{made.pk}"
        assert (made.parent, made.sort_order) == (terms["money"], 3)

    def test_under_another_term(self, signed_in, terms):
        client = signed_in("taxonomy_manager")
        url = reverse("terms:place", args=[terms["debt"].pk])
        client.post(url, {"parent": terms["food"].pk})
        assert TaxonomyTerm.objects.get(code="debt").parent == terms["food"]
        refused = client.post(url, {"parent": terms["budget"].pk})
        assert refused.status_code == 200
        assert refused.context["form"].errors["parent"]

    def test_retired_and_brought_back(self, signed_in, terms):
        client = signed_in("taxonomy_manager")
        refused = client.post(reverse("terms:retire", args=[terms["money"].pk]))
        assert "still has parts" in refused.content.decode()
        client.post(reverse("terms:retire", args=[terms["debt"].pk]))
        assert TaxonomyTerm.objects.get(code="debt").retired
        client.post(reverse("terms:bring_back", args=[terms["debt"].pk]))
        assert not TaxonomyTerm.objects.get(code="debt").retired


class TestMerging:
    def test_first_what_would_change_then_the_deed_then_back(self, signed_in, terms):
        client = signed_in("taxonomy_manager")
        listing = service(needs=[terms["debt"]])
        url = reverse("terms:merge", args=[terms["debt"].pk])
        preview = client.get(url, {"into": terms["food"].pk})
        assert preview.context["forecast"].services == 1
        assert listing.needs.get() == terms["debt"], "a look changes nothing"
        done = client.post(url, {"into": terms["food"].pk}, follow=True)
        assert "1 use was changed" in done.content.decode()
        assert Service.objects.get().needs.get() == terms["food"]
        merge = TermMerge.objects.get()
        assert merge.actor_label == "taxonomy_manager"
        undone = client.post(reverse("terms:undo", args=[merge.pk]), follow=True)
        assert "1 use was restored" in undone.content.decode()
        assert Service.objects.get().needs.get() == terms["debt"]

    def test_into_a_retired_term_or_itself_is_refused(self, signed_in, terms):
        client = signed_in("taxonomy_manager")
        merging.merge(old=terms["budget"], new=terms["food"], by="tests")
        for target in (terms["budget"].pk, terms["debt"].pk, 10**9, "x"):
            answer = client.post(reverse("terms:merge", args=[terms["debt"].pk]), {"into": target})
            assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)
        assert TermMerge.objects.count() == 1

    def test_forms_and_filters_offer_only_what_is_in_use(self, signed_in):
        old, new = term("organisation_type", "old", "Ancien"), term("organisation_type", "new", "Nouveau")
        client = signed_in("editor")
        made = organization(organisation_type=new)
        merging.merge(old=old, new=new, by="tests")
        form = client.get(reverse("wagtailsnippets_services_organization:edit", args=[made.pk]))
        choices = form.context["form"].fields["organisation_type"].queryset
        assert list(choices) == [new]
        filters = client.get(reverse("wagtailsnippets_services_organization:list")).context["filters"]
        assert list(filters.form.fields["organisation_type"].queryset) == [new]


class TestTheOldCodeInTheSearch:
    @pytest.fixture(autouse=True)
    def own_index(self, settings, tmp_path):
        settings.SEARCH_INDEX_DIR = tmp_path / "index"
        engines.embedded_engine.cache_clear()
        vocabulary.forget()
        yield
        engines.embedded_engine.cache_clear()
        vocabulary.forget()

    def test_it_gives_the_new_ones_results_and_no_facet(self, client, terms, committing):
        service("Aide", needs=[terms["debt"]])
        service("Conseil", needs=[terms["budget"]])
        service("Colis", needs=[terms["food"]])
        indexing.rebuild(engines.main())
        with committing():
            merging.merge(old=terms["debt"], new=terms["budget"], by="tests")
        with committing():
            merging.merge(old=terms["budget"], new=terms["food"], by="tests")
        vocabulary.forget()
        for code in ("debt", "budget", "food"):
            answer = client.get("/api/v1/search", {"need": code, "lang": "fr"}).json()
            assert {hit["name"] for hit in answer["hits"]} == {"Aide", "Conseil", "Colis"}, code
            assert {need["code"] for hit in answer["hits"] for need in hit["needs"]} == {"food"}
        assert {row["code"] for row in answer["facets"]["need"]} == {"food"}

    def test_a_code_that_nothing_replaces_is_refused_by_name(self, client, terms, committing):
        service("Aide", needs=[terms["debt"], terms["food"]])
        indexing.rebuild(engines.main())
        with committing():
            actions.retire(term=terms["debt"], by="tests")
        vocabulary.forget()
        answer = client.get("/api/v1/search", {"need": "debt"})
        assert answer.status_code == 400
        assert "retired" in answer.content.decode()
        [hit] = client.get("/api/v1/search", {"q": "aide", "lang": "fr"}).json()["hits"]
        assert [need["code"] for need in hit["needs"]] == ["food"]
