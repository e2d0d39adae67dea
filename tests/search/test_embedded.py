"""The embedded engine: the contract, and what only it has (files, several processes, damage)."""

import json
import multiprocessing
import os
import signal
import time

import pytest

from search.engine import IndexBusy, IndexMissing
from search.engines.embedded import EmbeddedEngine

from .builders import FLAGEY, asked, listing, names
from .engine_contract import EngineContract


@pytest.fixture
def engine(tmp_path):
    return EmbeddedEngine(tmp_path / "index")


class TestEmbedded(EngineContract):
    pass


def test_two_processes_share_one_index(engine, tmp_path):
    engine.rebuild([listing("Avant", pk=1)], 1)
    other = EmbeddedEngine(tmp_path / "index")
    assert names(other.search(asked())) == ["Avant"]
    engine.apply([listing("Après", pk=1)], [], cursor=2)
    assert names(other.search(asked())) == ["Après"]
    assert names(other.search(asked("après"))) == ["Après"]


def test_many_small_edits_read_like_one_rebuild(engine, tmp_path):
    engine.rebuild([listing(f"Nom {pk}", pk=pk, need=["food"], at=FLAGEY) for pk in range(1, 40)], 1)
    for step in range(2, 60):
        pk = step % 39 + 1
        if step % 5 == 0:
            engine.apply([], [pk], cursor=step)
        else:
            engine.apply([listing(f"Étape {step}", pk=pk, cost=["free"], at=FLAGEY)], [], cursor=step)
        engine.search(asked())  # the reader follows step by step
    stepwise = engine.search(asked(limit=100, near=FLAGEY))
    fresh = EmbeddedEngine(tmp_path / "index").search(asked(limit=100, near=FLAGEY))
    assert (stepwise.total, stepwise.facets) == (fresh.total, fresh.facets)
    assert sorted(names(stepwise)) == sorted(names(fresh))


def test_a_writer_that_is_busy_says_so(engine):
    engine.rebuild([listing("A")], 1)
    with engine._store.writing(), pytest.raises(IndexBusy):
        engine.apply([listing("B")], [], cursor=2)


@pytest.mark.parametrize(
    "victim", ["meta.json", "state.json", "columns.npz", "postings/postings.json", "postings/keys.npy"]
)
def test_a_damaged_index_asks_to_be_rebuilt(engine, tmp_path, victim):
    engine.rebuild([listing("A")], 1)
    (engine._store.current() / victim).write_text("{")
    with pytest.raises(IndexMissing, match="search_rebuild"):
        EmbeddedEngine(tmp_path / "index").search(asked())


def test_an_index_of_another_version_is_not_opened(engine, tmp_path):
    engine.rebuild([listing("A")], 1)
    folder = engine._store.current()
    old = folder.with_name("000000000000-1")
    folder.rename(old)
    (tmp_path / "index" / "CURRENT").write_text(old.name)
    with pytest.raises(IndexMissing, match="another version"):
        EmbeddedEngine(tmp_path / "index").search(asked())


def _edit_for_ever(root) -> None:
    engine = EmbeddedEngine(root)
    for step in range(2, 100_000):
        engine.apply([listing(f"Étape {step}", pk=step % 50 + 1)], [], cursor=step)


def test_a_killed_writer_loses_nothing_that_it_acknowledged(engine, tmp_path):
    engine.rebuild([listing(f"Nom {pk}", pk=pk) for pk in range(1, 51)], 1)
    process = multiprocessing.get_context("fork").Process(target=_edit_for_ever, args=(tmp_path / "index",))
    process.start()
    deadline = time.monotonic() + 20
    while engine.cursor() < 8 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    after = EmbeddedEngine(tmp_path / "index")
    cursor = json.loads((after._store.current() / "state.json").read_text())["cursor"]
    assert cursor >= 8
    assert after.search(asked(limit=100)).total == 50
    assert f"Étape {cursor}" in names(after.search(asked(limit=100)))
    after.apply([listing("Après le choc", pk=1)], [], cursor=cursor + 1)
    assert after.search(asked("choc")).total == 1


def test_a_word_that_stands_nowhere_is_mended_and_one_that_does_is_not(engine):
    from search.query.reading import query_words

    engine.rebuild([listing("Épicerie sociale", body="médecin"), listing("Épicière")], 1)
    lexicon = engine.lexicon()
    known = {word.exact: lexicon.knows(word, "fr") for word in query_words("epicrie sociale mdecin épicière")}
    assert known == {"epicrie": False, "sociale": True, "mdecin": False, "epiciere": True}
    assert (lexicon.speller.mend("epicrie"), lexicon.speller.mend("mdecin")) == ("epicerie", "medecin")
