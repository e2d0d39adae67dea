"""The concepts table: what an editor may write, that each write is recorded, and that every process uses it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from audit.actor import acting
from audit.models import AuditEntry
from search import concepts
from search.concepts import ConceptEntry, Phrase
from search.models import Concept
from search.models.concept import UnrecordedWrite
from services.models import TaxonomyTerm

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def nothing_remembered():
    concepts.forget()
    yield
    concepts.forget()


def term(taxonomy: str, code: str, **values) -> TaxonomyTerm:
    found = TaxonomyTerm(taxonomy=taxonomy, code=code, name_fr=code, **values)
    found.save()
    return found


def concept(code: str = "cpas", needs=(), types=(), audiences=(), **values) -> Concept:
    values = values or {"names_fr": "aide sociale", "acronyms_fr": "CPAS", "acronyms_nl": "OCMW"}
    made = Concept(code=code, needs=list(needs), organisation_types=list(types), **values)
    made.audiences = list(audiences)
    made.full_clean()
    made.save()
    return made


class TestWhatMayBeWritten:
    def test_phrases_are_put_in_order(self):
        made = concept(names_fr="  aide   sociale \r\n\r\n le  social\t\r\n", lay_nl="de steun")
        assert made.names_fr == "aide sociale\nle social"

    @pytest.mark.parametrize(
        ("column", "text", "said"),
        [
            ("names_fr", "revenu\nRevenu", "Revenu"),
            ("lay_fr", "épicerie\nEpicerie", "Epicerie"),
            ("lay_nl", "een twee drie vier vijf zes zeven acht negen", "8"),
            ("names_en", "x" * 81, "80"),
            ("names_de", "… !", "… !"),
            ("acronyms_fr", "C", "C"),
            ("lay_fr", "pour", "pour"),
        ],
    )
    def test_a_wrong_phrase_is_named_under_its_field(self, column, text, said):
        with pytest.raises(ValidationError) as refused:
            Concept(code="wrong", **{column: text}).full_clean()
        assert set(refused.value.message_dict) == {column}
        assert said in refused.value.message_dict[column][0]

    def test_a_phrase_stands_once_in_a_language_whatever_it_is(self):
        with pytest.raises(ValidationError) as refused:
            Concept(code="wrong", names_fr="minimex", lay_fr="le revenu\nMinimex").full_clean()
        assert set(refused.value.message_dict) == {"lay_fr"}

    def test_two_languages_may_share_a_word(self):
        Concept(code="right", acronyms_fr="BIM", acronyms_nl="BIM").full_clean()

    def test_eight_words_of_eighty_characters_are_allowed(self):
        Concept(
            code="right", lay_fr="un deux trois quatre cinq six sept huit", names_fr="x" * 80
        ).full_clean()

    def test_some_word_is_needed(self):
        with pytest.raises(ValidationError) as refused:
            Concept(code="empty", note="nothing").full_clean()
        assert set(refused.value.message_dict) == {"names_fr"}

    def test_one_name_that_leads_nowhere_is_refused(self):
        alone = Concept(code="alone", names_fr="minimex")
        with pytest.raises(ValidationError):
            alone.check_it_leads_somewhere(terms=0)
        alone.check_it_leads_somewhere(terms=1)
        alone.names_nl = "leefloon"
        alone.check_it_leads_somewhere(terms=0)


class TestWhatTheSearchReads:
    def test_an_entry_has_its_words_and_where_they_lead(self):
        money, food = term("need", "money", sort_order=2), term("need", "food", sort_order=1)
        concept(
            needs=[money, food],
            types=[term("organisation_type", "cpas")],
            audiences=[term("audience", "seniors")],
            names_fr="aide sociale",
            acronyms_nl="OCMW",
            lay_de="Hilfe",
        )
        [entry] = concepts.current()
        assert entry == ConceptEntry(
            code="cpas",
            needs=("food", "money"),
            organisation_types=("cpas",),
            audiences=("seniors",),
            phrases=(
                Phrase("aide sociale", "fr", "name"),
                Phrase("OCMW", "nl", "acronym"),
                Phrase("Hilfe", "de", "lay"),
            ),
        )
        assert entry.name("nl") == entry.name("fr") == "aide sociale"

    def test_what_is_not_in_use_is_not_read(self):
        concept(names_fr="minimex", names_nl="leefloon", active=False)
        assert concepts.current() == ()

    def test_two_queries_read_all_of_them(self, django_assert_num_queries):
        needs = [term("need", f"need_{number}") for number in range(5)]
        for number in range(20):
            concept(f"concept-{number}", needs=needs[: number % 5])
        with django_assert_num_queries(2):
            assert len(concepts.load()) == 20

    def test_it_is_read_once(self, django_assert_num_queries):
        concept()
        before = concepts.current()
        with django_assert_num_queries(0):
            assert concepts.current() is before

    def test_without_a_change_the_same_entries_come_back_after_a_look(self, django_assert_num_queries):
        concept()
        before, key = concepts.current(), concepts.version()
        concepts.forget()
        with django_assert_num_queries(1):
            assert concepts.current() is before
        assert concepts.version() == key

    def test_every_write_makes_another_version(self):
        versions = [concepts.version()]
        made = concept()
        versions.append(concepts.version())
        made.lay_fr = "le social"
        made.save()
        versions.append(concepts.version())
        assert concepts.current()[0].phrases[2].text == "le social"
        made.delete()
        versions.append(concepts.version())
        assert concepts.current() == ()
        assert len(set(versions)) == 4

    def test_a_retired_need_leads_to_its_last_successor(self):
        last = term("need", "last")
        middle = term("need", "middle", retired=True, replaced_by=last)
        first = term("need", "first")
        concept(needs=[first, last])
        assert concepts.current()[0].needs == ("first", "last")
        first.retired, first.replaced_by = True, middle
        first.save()
        assert concepts.current()[0].needs == ("last",)

    def test_successors_in_a_circle_end(self):
        one = term("need", "one")
        two = term("need", "two", retired=True, replaced_by=one)
        one.retired, one.replaced_by = True, two
        one.save()
        concept(needs=[one])
        assert len(concepts.current()[0].needs) == 1

    def test_a_deleted_need_is_gone(self):
        food = term("need", "food")
        concept(needs=[food])
        assert concepts.current()[0].needs == ("food",)
        food.delete()
        assert concepts.current()[0].needs == ()


class TestTheRecord:
    def test_each_write_has_its_audit_row_and_its_author(self):
        with acting("Ann"):
            made = concept()
            made.note = "seen"
            made.save()
            made.delete()
        rows = AuditEntry.objects.filter(object_kind="concept").order_by("pk")
        assert [(row.action, row.object_id, row.actor_label) for row in rows] == [
            ("concept.created", "cpas", "Ann"),
            ("concept.updated", "cpas", "Ann"),
            ("concept.deleted", "cpas", "Ann"),
        ]

    def test_writes_that_would_pass_by_are_refused(self):
        concept()
        with pytest.raises(UnrecordedWrite):
            Concept.objects.update(note="x")
        with pytest.raises(UnrecordedWrite):
            Concept.objects.bulk_create([Concept(code="x")])

    def test_a_version_brings_back_words_and_needs_but_not_where_they_came_from(self):
        food, money = term("need", "food"), term("need", "money")
        made = concept(needs=[food], names_fr="colis", names_nl="pakket")
        first = made.save_revision()
        made.names_fr, made.needs, made.source_hash = "épicerie", [money], "new"
        made.save()
        made.save_revision()
        made.refresh_from_db()
        back = first.as_object()
        back.save()
        [entry] = concepts.current()
        assert (entry.name("fr"), entry.needs) == ("colis", ("food",))
        assert Concept.objects.get().source_hash == "new"

    def test_what_was_there_before_the_first_edit_can_be_gone_back_to(self):
        made = concept(names_fr="colis", names_nl="pakket")
        assert made.latest_revision is None
        made.names_fr = "épicerie"
        made.save()
        made.save_revision()
        contents = [revision.as_object().names_fr for revision in made.revisions.order_by("pk")]
        assert contents == ["colis", "épicerie"]


@pytest.mark.django_db(transaction=True)
class TestSeveralProcesses:
    """What another process writes is used here within CHECK_SECONDS, without anybody being told."""

    def test_another_connections_edit_is_used_after_the_next_look(self, monkeypatch):
        concept()
        assert concepts.current()[0].name("fr") == "aide sociale"

        def elsewhere():
            with transaction.atomic():
                made = Concept.objects.get()
                made.names_fr = "centre public"
                made.save()
            connection.close()

        monkeypatch.setattr(concepts, "forget", lambda: None)  # the other process cannot reach this one
        writer = threading.Thread(target=elsewhere)
        writer.start()
        writer.join()
        assert concepts.current()[0].name("fr") == "aide sociale"
        monkeypatch.setattr(concepts, "CHECK_SECONDS", 0.0)
        assert concepts.current()[0].name("fr") == "centre public"

    def test_what_was_rolled_back_is_not_used(self):
        concept()
        with transaction.atomic():
            made = Concept.objects.get()
            made.names_fr = "never"
            made.save()
            assert concepts.current()[0].name("fr") == "never"
            transaction.set_rollback(True)
        concepts.forget()
        assert concepts.current()[0].name("fr") == "aide sociale"


def test_entries_are_plain_values_without_django():
    code = "import sys, search.query.entries; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
