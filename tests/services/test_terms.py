"""Trees of terms: order, place, retirement, merges and the way back, in the database and in saved versions."""

import pytest

from audit.models import AuditEntry
from search import concepts, vocabulary
from search.models import Concept
from services.models import Change, Service, ServiceAudience, TaxonomyTerm, TermMerge
from services.terms import actions, merging, rules, selectors
from services.terms.rules import Node, TermRefused

from .builders import organization, service, term


class TestRules:
    """Pure: what may be done, and the numbers that sort a tree."""

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            (Node(1, "need"), Node(1, "need"), "same_term"),
            (Node(1, "need"), Node(2, "audience"), "other_table"),
            (Node(1, "need", retired=True), Node(2, "need"), "retired"),
            (Node(1, "need"), Node(2, "need", retired=True), "target_retired"),
            (Node(1, "need", has_parts=True), Node(2, "need", parent=1), "into_own_part"),
            (Node(1, "need", has_parts=True), Node(2, "need", parent=3), "parts_have_no_parts"),
        ],
    )
    def test_what_may_not_be_merged(self, old, new, reason):
        with pytest.raises(TermRefused) as refusal:
            rules.may_merge(old, new)
        assert refusal.value.reason == reason

    def test_a_part_may_become_what_it_is_part_of(self):
        rules.may_merge(Node(2, "need", parent=1), Node(1, "need", has_parts=True))

    @pytest.mark.parametrize(
        ("parent", "reason"),
        [
            (Node(1, "need"), "same_term"),
            (Node(2, "audience"), "other_table"),
            (Node(2, "need", retired=True), "target_retired"),
            (Node(2, "need", parent=3), "parts_have_no_parts"),
        ],
    )
    def test_where_a_term_may_not_stand(self, parent, reason):
        with pytest.raises(TermRefused) as refusal:
            rules.may_stand_under(Node(1, "need"), parent)
        assert refusal.value.reason == reason

    def test_a_number_sorts_the_whole_tree(self):
        many = list(range(1000, 1150))
        places = rules.numbered([(1, [2, 3]), (4, many), (5, [])])
        assert sorted(places, key=places.get) == [1, 2, 3, 4, *many, 5]
        assert len(set(places.values())) == len(places)

    def test_up_down_and_the_ends(self):
        assert rules.swapped([1, 2, 3], 3, -1) == [1, 3, 2]
        assert rules.swapped([1, 2, 3], 1, 1) == [2, 1, 3]
        with pytest.raises(TermRefused):
            rules.swapped([1, 2, 3], 1, -1)

    def test_a_chain_is_followed_and_a_circle_ends(self):
        assert rules.followed(1, {1: 2, 2: 3}) == 3
        assert rules.followed(1, {1: 2, 2: 1}) in (1, 2)


@pytest.fixture
def money(db):
    """Two needs of the first level with parts: money (debt, budget), food (parcel)."""
    vocabulary.forget()
    concepts.forget()
    made = {"money": term("need", "money", sort_order=0)}
    for code, parent, place in (("debt", "money", 1), ("budget", "money", 2)):
        made[code] = term("need", code, parent=made[parent], sort_order=place)
    made["food"] = term("need", "food", sort_order=100)
    made["parcel"] = term("need", "parcel", parent=made["food"], sort_order=101)
    yield made
    vocabulary.forget()
    concepts.forget()


def codes(taxonomy="need") -> list:
    return [(top.code, [part.code for part in parts]) for top, parts in selectors.nested(taxonomy)]


def needs(one: Service) -> set[str]:
    return set(Service.objects.get(pk=one.pk).needs.values_list("code", flat=True))


def again(one: TaxonomyTerm) -> TaxonomyTerm:
    return TaxonomyTerm.objects.get(pk=one.pk)


class TestOrderAndPlace:
    def test_a_term_moves_with_its_parts_and_no_listing_is_read_again(self, money):
        service(needs=[money["parcel"]])
        before = Change.objects.count()
        actions.move(term=money["food"], step=-1, by="tests")
        assert codes() == [("food", ["parcel"]), ("money", ["debt", "budget"])]
        assert Change.objects.count() == before
        entry = AuditEntry.objects.latest("pk")
        assert (entry.action, entry.actor_label) == ("taxonomy_term.ordered", "tests")
        flat = TaxonomyTerm.objects.order_by("sort_order").values_list("code", flat=True)
        assert list(flat) == ["food", "parcel", "money", "debt", "budget"]

    def test_a_retired_neighbour_is_stepped_over(self, money):
        actions.retire(term=money["debt"], by="tests")
        with pytest.raises(TermRefused):
            actions.move(term=money["budget"], step=-1, by="tests")

    def test_a_part_moves_to_another_term_and_the_first_level(self, money):
        actions.place_under(term=money["debt"], parent=money["food"], by="tests")
        assert codes() == [("money", ["budget"]), ("food", ["parcel", "debt"])]
        actions.place_under(term=money["debt"], parent=None, by="tests")
        assert codes() == [("money", ["budget"]), ("food", ["parcel"]), ("debt", [])]
        with pytest.raises(TermRefused):
            actions.place_under(term=money["food"], parent=money["money"], by="tests")

    def test_counts_are_of_published_listings_and_of_parts_once(self, money, django_assert_max_num_queries):
        service(needs=[money["debt"], money["budget"]])
        service(needs=[money["money"]])
        service(needs=[money["debt"]], live=False)
        with django_assert_max_num_queries(3):
            first = selectors.tree("need")[0]
        assert (first.listings, first.with_parts) == (1, 2)
        assert [part.listings for part in first.parts] == [1, 1]

    def test_the_kind_of_a_listing_is_its_own_else_its_organisations(self, db):
        shop, house = term("organisation_type", "shop"), term("organisation_type", "house")
        of_house = organization(organisation_type=house)
        service(organization=of_house)
        service(organization=of_house, organisation_type=shop)
        own, _whole = selectors.counts("organisation_type")
        assert own == {shop.pk: 1, house.pk: 1}


class TestRetiring:
    def test_a_term_with_parts_in_use_stays(self, money):
        with pytest.raises(TermRefused):
            actions.retire(term=money["money"], by="tests")

    def test_without_replacement_it_is_kept_but_unknown_to_the_search(self, money):
        one = service(needs=[money["debt"], money["parcel"]])
        actions.retire(term=money["debt"], by="tests")
        known = vocabulary.load()
        assert needs(one) == {"debt", "parcel"}
        assert known.in_use("need", ["debt", "parcel"]) == ["parcel"]
        assert known.is_retired("need", "debt")
        actions.bring_back(term=money["debt"], by="tests")
        assert vocabulary.load().in_use("need", ["debt"]) == ["debt"]

    def test_an_audience_that_a_listing_names_is_merged_instead(self, db):
        women = term("audience", "women")
        one = service()
        one.audiences = [ServiceAudience(term=women, welcome="exclusive")]
        one.save()
        with pytest.raises(TermRefused) as refusal:
            actions.retire(term=women, by="tests")
        assert refusal.value.reason == "audience_in_use"


class TestMerging:
    def test_three_needs_become_one_and_chains_are_flat(self, money):
        first, both, last = (
            service(needs=[money["debt"]]),
            service(needs=[money["debt"], money["budget"]]),
            service(),
        )
        merging.merge(old=money["debt"], new=money["budget"], by="tests")
        assert (needs(first), needs(both), needs(last)) == ({"budget"}, {"budget"}, set())
        merging.merge(old=money["budget"], new=money["parcel"], by="tests")
        assert (needs(first), needs(both)) == ({"parcel"}, {"parcel"})
        assert again(money["debt"]).replaced_by == again(money["budget"]).replaced_by == money["parcel"]
        assert vocabulary.load().resolve("need", "debt") == "parcel"

    def test_the_log_names_each_listing_and_the_audit_says_who(self, money):
        touched = service(needs=[money["debt"]])
        other = service(needs=[money["parcel"]])
        start = Change.objects.latest("pk").pk
        made = merging.merge(old=money["debt"], new=money["parcel"], by="tests")
        named = set(Change.objects.filter(pk__gt=start, entity="service").values_list("object_pk", flat=True))
        assert named == {touched.pk}
        assert other.pk not in named
        entry = AuditEntry.objects.get(action="taxonomy_term.merged")
        assert (entry.actor_label, entry.detail["into"]) == ("tests", "parcel")
        assert made.counts["service.need"] == 1

    def test_parts_come_along_and_go_back(self, money):
        merging.merge(old=money["money"], new=money["food"], by="tests")
        assert again(money["debt"]).parent == money["food"]
        merging.undo(merge=TermMerge.objects.get(), by="tests")
        assert again(money["debt"]).parent == money["money"]
        assert again(money["money"]).retired is False

    def test_undone_each_listing_has_what_it_had(self, money):
        only, both = service(needs=[money["debt"]]), service(needs=[money["debt"], money["parcel"]])
        never = service(needs=[money["parcel"]])
        made = merging.merge(old=money["debt"], new=money["parcel"], by="tests")
        done = merging.undo(merge=made, by="other")
        assert (needs(only), needs(both), needs(never)) == ({"debt"}, {"debt", "parcel"}, {"parcel"})
        assert (done.restored, done.left) == (2, 0)
        made.refresh_from_db()
        assert made.undone_by == "other"
        with pytest.raises(TermRefused):
            merging.undo(merge=made, by="tests")

    def test_what_was_edited_since_is_left(self, money):
        edited = service(needs=[money["debt"]])
        made = merging.merge(old=money["debt"], new=money["parcel"], by="tests")
        edited = Service.objects.get(pk=edited.pk)
        edited.save_revision().publish()
        done = merging.undo(merge=made, by="tests")
        assert (done.restored, done.left) == (0, 1)
        assert needs(edited) == {"parcel"}

    def test_a_chain_is_undone_from_its_end(self, money):
        one = service(needs=[money["debt"]])
        first = merging.merge(old=money["debt"], new=money["budget"], by="tests")
        second = merging.merge(old=money["budget"], new=money["parcel"], by="tests")
        with pytest.raises(TermRefused) as refusal:
            merging.undo(merge=first, by="tests")
        assert refusal.value.reason == "merged_on"
        merging.undo(merge=second, by="tests")
        assert again(money["debt"]).replaced_by == money["budget"]
        merging.undo(merge=first, by="tests")
        assert needs(one) == {"debt"}

    def test_a_version_saved_before_the_merge_does_not_bring_the_old_term_back(self, money):
        one = service(needs=[money["debt"], money["budget"]])
        draft = Service.objects.get(pk=one.pk).save_revision()
        merging.merge(old=money["debt"], new=money["parcel"], by="tests")
        draft.publish()
        assert needs(one) == {"parcel", "budget"}

    def test_kinds_of_services_and_of_organisations(self, db):
        old, new = term("organisation_type", "old"), term("organisation_type", "new")
        of_old = organization(organisation_type=old)
        own = service(organization=of_old, organisation_type=old)
        made = merging.merge(old=old, new=new, by="tests")
        assert (made.counts["service.type"], made.counts["organization.type"]) == (1, 1)
        own.refresh_from_db()
        of_old.refresh_from_db()
        assert own.organisation_type == of_old.organisation_type == new
        merging.undo(merge=made, by="tests")
        of_old.refresh_from_db()
        assert of_old.organisation_type == old

    def test_the_stricter_welcome_wins_and_comes_apart_again(self, db):
        women, mothers = term("audience", "women"), term("audience", "mothers")
        one = service()
        one.audiences = [
            ServiceAudience(term=mothers, welcome="exclusive"),
            ServiceAudience(term=women, welcome="preferential"),
        ]
        one.save()
        draft = Service.objects.get(pk=one.pk).save_revision()
        made = merging.merge(old=mothers, new=women, by="tests")

        def welcomes():
            return sorted(ServiceAudience.objects.filter(service=one).values_list("term__code", "welcome"))

        assert welcomes() == [("women", "exclusive")]
        merging.undo(merge=made, by="tests")
        assert welcomes() == [("mothers", "exclusive"), ("women", "preferential")]
        merging.merge(old=mothers, new=women, by="tests")
        draft.publish()
        assert welcomes() == [("women", "exclusive")]

    def test_concepts_lead_to_the_new_term_and_back(self, money):
        made = Concept(code="debts", names_fr="dettes", names_nl="schulden", needs=[money["debt"]])
        made.save()
        assert [entry.needs for entry in concepts.current()] == [("debt",)]
        merge = merging.merge(old=money["debt"], new=money["parcel"], by="tests")
        assert merge.counts["concept"] == 1
        assert list(Concept.objects.get().needs.all()) == [money["parcel"]]
        assert [entry.needs for entry in concepts.current()] == [("parcel",)]
        merging.undo(merge=merge, by="tests")
        assert list(Concept.objects.get().needs.all()) == [money["debt"]]

    def test_nothing_is_left_of_a_merge_that_fails(self, money, monkeypatch):
        one = service(needs=[money["debt"]])
        changes = Change.objects.count()
        monkeypatch.setattr(merging, "record", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            merging.merge(old=money["debt"], new=money["parcel"], by="tests")
        assert needs(one) == {"debt"}
        assert (TermMerge.objects.count(), Change.objects.count()) == (0, changes)
        assert again(money["debt"]).retired is False
