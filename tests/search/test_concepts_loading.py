"""Concepts from files: the project's own at every start, an editor's export back in, and what is refused."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from audit.models import AuditEntry
from directory_site.actions import ensure_concepts
from search import concepts
from search.actions import SHIPPED_CONCEPTS, load_concepts
from search.models import Concept
from search.selectors import concept_rows
from services.models import TaxonomyTerm
from services.transfer.fixtures import load_taxonomy

pytestmark = pytest.mark.django_db
CPAS = {"id": "cpas", "needs": ["rights_cpas"], "names": {"fr": ["CPAS"], "nl": ["OCMW"]}, "lay": {}}
FOOD = {"id": "food", "needs": ["food"], "names": {"fr": ["colis"]}, "lay": {"fr": ["j'ai faim"]}}


@pytest.fixture(autouse=True)
def terms():
    for code in ("food", "money", "rights_cpas"):
        TaxonomyTerm(taxonomy="need", code=code, name_fr=code).save()
    concepts.forget()
    yield
    concepts.forget()


@pytest.fixture
def shipped(monkeypatch, tmp_path):
    """shipped(line, …): the project's own file is these lines from now on."""
    path = tmp_path / "concepts.jsonl"
    monkeypatch.setattr("search.actions.SHIPPED_CONCEPTS", path)

    def write(*values):
        path.write_text("\n".join(json.dumps(value) for value in values))
        return load_concepts(path, by="fixtures")

    return write


@pytest.fixture
def file(tmp_path):
    def write(*values):
        path = tmp_path / "other.jsonl"
        path.write_text("\n".join(found if isinstance(found, str) else json.dumps(found) for found in values))
        return path

    return write


def edit(code: str, **values) -> Concept:
    found = Concept.objects.get(code=code)
    for name, value in values.items():
        setattr(found, name, value)
    found.full_clean()
    found.save()
    return found


class TestTheProjectsOwn:
    def test_all_of_it_loads_once(self):
        load_taxonomy()
        told = []
        ensure_concepts(told.append)
        lines = SHIPPED_CONCEPTS.read_text(encoding="utf-8").splitlines()
        assert Concept.objects.count() == len(lines) >= 200
        assert told == [f"Loaded {len(lines)} new concepts and 0 changed ones"]
        version = concepts.version()
        ensure_concepts(told.append)
        assert len(told) == 1
        assert concepts.version() == version
        assert AuditEntry.objects.filter(action="concept.created", actor_label="fixtures").count() == len(
            lines
        )

    def test_it_says_what_the_file_says(self):
        load_taxonomy()
        ensure_concepts(lambda line: None)
        line = json.loads(SHIPPED_CONCEPTS.read_text(encoding="utf-8").splitlines()[0])
        entry = next(entry for entry in concepts.current() if entry.code == line["id"])
        assert set(entry.needs) == set(line["needs"])
        for kind, key in (("name", "names"), ("acronym", "acronyms"), ("lay", "lay")):
            for language in ("fr", "nl", "en", "de"):
                said = [p.text for p in entry.phrases if (p.kind, p.language) == (kind, language)]
                assert said == line.get(key, {}).get(language, [])

    def test_a_newer_file_changes_what_nobody_edited(self, shipped):
        shipped(CPAS, FOOD)
        done = shipped(CPAS | {"names": {"fr": ["CPAS", "aide sociale"]}}, FOOD)
        assert (done.updated, done.unchanged) == (["cpas"], ["food"])
        assert Concept.objects.get(code="cpas").names_fr == "CPAS\naide sociale"
        assert Concept.objects.get(code="cpas").revisions.count() == 2
        assert shipped(CPAS, FOOD).updated == ["cpas"], "it still is the file's"

    def test_what_a_person_edited_is_kept(self, shipped):
        shipped(CPAS, FOOD)
        edit("cpas", lay_fr="le social")
        done = shipped(CPAS | {"names": {"fr": ["aide"]}}, FOOD, FOOD | {"id": "new"})
        assert (done.kept, done.created) == (["cpas"], ["new"])
        assert Concept.objects.get(code="cpas").lay_fr == "le social"

    def test_choosing_another_need_or_putting_out_of_use_is_an_edit(self, shipped):
        shipped(CPAS, FOOD)
        edit("cpas", needs=list(TaxonomyTerm.objects.filter(taxonomy="need", code="money")))
        edit("food", active=False)
        changed = {"lay": {"nl": ["pakket"]}}
        assert shipped(CPAS | changed, FOOD | changed).kept == ["cpas", "food"]

    def test_what_a_person_put_back_follows_the_file_again(self, shipped):
        shipped(CPAS)
        edit("cpas", lay_fr="le social")
        edit("cpas", lay_fr="")
        assert shipped(CPAS | {"lay": {"fr": ["aide"]}}).updated == ["cpas"]

    def test_what_a_person_deleted_stays_away(self, shipped):
        shipped(CPAS, FOOD)
        Concept.objects.get(code="food").delete()
        assert shipped(CPAS, FOOD).kept == ["food"]
        assert not Concept.objects.filter(code="food").exists()

    def test_what_the_file_no_longer_names_stays(self, shipped):
        shipped(CPAS, FOOD)
        shipped(FOOD)
        assert Concept.objects.filter(code="cpas").exists()

    def test_a_retired_code_is_its_successor(self, shipped):
        shipped(CPAS)
        food, money = (TaxonomyTerm.objects.get(taxonomy="need", code=code) for code in ("food", "money"))
        food.retired, food.replaced_by = True, money
        food.save()
        assert shipped(CPAS, FOOD).created == ["food"]
        assert Concept.objects.get(code="food").needs.get() == money
        assert shipped(CPAS, FOOD).unchanged == ["cpas", "food"]


class TestFiles:
    def test_an_export_loaded_again_changes_nothing(self, tmp_path):
        load_taxonomy()
        ensure_concepts(lambda line: None)
        edit("cpas", lay_fr="le social", active=False, note="Deux\nlignes")
        path, rows = tmp_path / "export.jsonl", concept_rows()
        call_command("export_concepts", str(path))
        version = concepts.version()
        done = load_concepts(path, by="test")
        assert len(done.unchanged) == len(rows)
        assert [*done.created, *done.updated, *done.kept, *done.refused] == []
        assert concepts.version() == version
        Concept.objects.all().delete()
        done = load_concepts(path, by="test", overwrite=True)
        assert len(done.created) == len(rows)
        assert list(concept_rows().values()) == list(rows.values())

    def test_an_editors_file_is_not_taken_back_by_the_projects_own(self, shipped, file):
        shipped(CPAS)
        assert load_concepts(file(CPAS | {"lay": {"fr": ["le social"]}}), by="Ann").updated == ["cpas"]
        assert shipped(CPAS).kept == ["cpas"]

    def test_overwrite_wins_over_an_edit(self, shipped, file):
        shipped(CPAS)
        edit("cpas", lay_fr="le social")
        assert load_concepts(file(CPAS), by="Ann", overwrite=True).updated == ["cpas"]
        assert Concept.objects.get().lay_fr == ""

    def test_a_dry_run_writes_nothing(self, shipped, file, capsys):
        shipped(CPAS)
        before = AuditEntry.objects.count()
        call_command("load_concepts", str(file(CPAS | {"note": "x"}, FOOD)), "--dry-run")
        assert "Would create 1, update 1; unchanged 0, kept 0, refused 0." in capsys.readouterr().out
        assert AuditEntry.objects.count() == before
        assert Concept.objects.get().note == ""

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("{", "not JSON"),
            ("[1]", "not an object"),
            ({"needs": ["food"]}, "id is missing"),
            (FOOD | {"id": "Two words"}, "code: "),
            (FOOD | {"needs": ["nosuch"]}, 'needs: unknown code "nosuch"'),
            (FOOD | {"organisation_types": ["food"]}, 'organisation_types: unknown code "food"'),
            (FOOD | {"names": {"xx": ["y"]}}, 'names: unknown language "xx"'),
            (FOOD | {"names": {"fr": "colis"}}, "names.fr: a list of texts"),
            (FOOD | {"names": ["colis"]}, "names: an object"),
            (FOOD | {"needs": "food"}, "needs: a list of texts"),
            (FOOD | {"active": "yes"}, "active: true or false"),
            (FOOD | {"note": 3}, "note: a text"),
            (FOOD | {"name": "x"}, 'unknown key "name"'),
            (FOOD | {"lay": {"fr": ["colis"]}}, "lay_fr: "),
            ({"id": "alone", "names": {"fr": ["colis"]}}, "nowhere"),
            (CPAS, '"cpas" stands in line 1 already'),
        ],
    )
    def test_a_wrong_line_is_refused_by_number_and_the_rest_loads(self, file, line, said):
        with translation.override("en"):
            done = load_concepts(file(CPAS, line, FOOD | {"id": "last"}), by="test")
        assert done.created == ["cpas", "last"]
        [refusal] = done.refused
        assert refusal.line == 2
        assert said in str(refusal)

    def test_a_file_that_cannot_be_read_is_named(self, tmp_path):
        with pytest.raises(CommandError, match=r"nosuch\.jsonl"):
            call_command("load_concepts", str(tmp_path / "nosuch.jsonl"))
        wrong = tmp_path / "latin1.jsonl"
        wrong.write_bytes("é".encode("latin-1"))
        with pytest.raises(CommandError, match="not UTF-8"):
            call_command("load_concepts", str(wrong))
