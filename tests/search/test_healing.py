"""What the site's embedded engine does about damage: notices it, answers meanwhile, has it mended once."""

from types import SimpleNamespace

import pytest

from search import following, indexing, vocabulary
from search.engine import Completion, EngineError, EngineResult, EngineUnavailable, IndexMissing
from search.engines import healing
from search.engines.embedded.checkup import Checkup
from search.engines.healing import HealingEngine

from .builders import asked, listing, names


class Behind:
    """Stands for the database."""

    def search(self, query):
        return EngineResult(7, [], {}, degraded=True)

    def complete(self, words, prefix, language, limit):
        return [Completion("de la base", "fr", "service", "0")]


class Started:
    """A rebuild's process: runs until told that it ended."""

    code: int | None = None

    def poll(self):
        return self.code


@pytest.fixture
def started(monkeypatch):
    """The rebuilds that were started; the test's transaction is not looked at."""
    monkeypatch.setattr(healing, "connection", SimpleNamespace(in_atomic_block=False))
    return []


@pytest.fixture
def engine(tmp_path, started):
    def start(lock):
        started.append(Started())
        return started[-1]

    made = HealingEngine(tmp_path / "index", Behind(), start)
    made.rebuild([listing(f"Vestiaire {number}", pk=number) for number in range(1, 60)], 1)
    return made


def damage(engine, suffix: str, at: float = 0.5) -> None:
    """A wrong byte in the file that is open."""
    victim = next(engine._store.current().glob(f"*{suffix}"))
    content = bytearray(victim.read_bytes())
    content[int(len(content) * at)] ^= 0xFF
    with victim.open("r+b") as file:
        file.write(content)


def test_without_an_index_the_database_answers_and_one_rebuild_is_started(engine, started):
    (engine._store.root / "CURRENT").unlink()
    assert [engine.search(asked()).total for _ in range(5)] == [7] * 5
    assert engine.complete([], "x", "fr", 5)[0].text == "de la base"
    with pytest.raises(IndexMissing):
        engine.lexicon()
    assert len(started) == 1


def test_after_the_rebuild_the_index_answers_again_without_a_restart(engine, started):
    (engine._store.root / "CURRENT").unlink()
    assert engine.search(asked()).degraded
    HealingEngine(engine._store.root).rebuild([listing("Neuf")], 2)
    assert names(engine.search(asked())) == ["Neuf"]


def test_while_somebody_else_rebuilds_nothing_is_started(engine, started):
    (engine._store.root / "CURRENT").unlink()
    with engine._store.claim_rebuild():
        assert engine.search(asked()).degraded
        assert started == []
    assert engine.search(asked()).degraded
    assert len(started) == 1


def test_a_rebuild_that_fails_is_started_again_after_a_pause_that_grows(engine, started, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(healing.time, "monotonic", lambda: now[0])
    (engine._store.root / "CURRENT").unlink()
    at = []
    for _second in range(40):
        engine.search(asked())
        if len(at) < len(started):
            at.append(now[0] - 1000.0)
            started[-1].code = 1
        now[0] += 1.0
    assert at == [0.0, 5.0, 15.0, 35.0]


def test_in_a_transaction_nothing_is_started(engine, started, monkeypatch):
    monkeypatch.setattr(healing, "connection", SimpleNamespace(in_atomic_block=True))
    (engine._store.root / "CURRENT").unlink()
    assert engine.search(asked()).degraded
    assert started == []


@pytest.mark.parametrize("suffix", [".fast", ".term", ".idx", ".store", ".pos", ".fieldnorm"])
def test_a_wrong_byte_is_noticed_by_a_look_and_the_index_condemned_for_all(engine, started, suffix):
    engine.look()
    engine.search(asked("vestiaire"))
    damage(engine, suffix)
    with pytest.raises(IndexMissing, match="not as it was written"):
        engine.look()
    assert engine.search(asked("vestiaire")).total == 7
    assert HealingEngine(engine._store.root, Behind(), lambda lock: Started()).search(asked()).total == 7


def test_a_wrong_byte_from_before_the_start_is_noticed_by_a_thorough_look(engine):
    damage(engine, ".idx")
    fresh = HealingEngine(engine._store.root)
    fresh.look()
    with pytest.raises(IndexMissing, match="not as it was written"):
        fresh.look(thorough=True)


def test_an_error_while_the_files_are_whole_is_a_bug_and_shown(engine, started, monkeypatch):
    def wrong(*_arguments):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(healing.EmbeddedEngine, "search", wrong)
    with pytest.raises(ZeroDivisionError):
        engine.search(asked())
    assert started == []


def test_a_panic_while_the_files_are_whole_is_told_as_an_engines_error(engine, started, monkeypatch):
    PanicException = type("PanicException", (BaseException,), {})

    def panic(*_arguments):
        raise PanicException("unreachable")

    monkeypatch.setattr(healing.EmbeddedEngine, "search", panic)
    with pytest.raises(EngineError, match="unreachable"):
        engine.search(asked())
    assert started == []


def test_an_error_that_comes_from_damage_is_answered_by_the_database(engine, started, monkeypatch):
    def wrong(*_arguments):
        raise TypeError("None is no number")

    damage(engine, ".term", at=0.3)
    monkeypatch.setattr(healing.EmbeddedEngine, "search", wrong)
    assert engine.search(asked()).total == 7
    assert len(started) == 1


def test_writing_on_a_full_disk_is_no_damage_and_writing_on_damage_is(engine, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(healing.EmbeddedEngine, "apply", full)
        with pytest.raises(EngineUnavailable, match="No space left"):
            engine.apply([listing("B", pk=2)], [], 2)
    assert engine.cursor() == 1
    (engine._store.current() / "meta.json").write_text("{")
    with pytest.raises(IndexMissing):
        engine.apply([listing("B", pk=2)], [], 2)


def test_a_changed_digit_in_the_state_is_noticed(engine):
    state = engine._store.current() / "state.json"
    state.write_text(state.read_text().replace('"cursor": 1', '"cursor": 0'))
    with pytest.raises(IndexMissing, match="damaged"):
        engine.cursor()


def test_a_look_allows_that_a_writer_replaces_segments(engine):
    checkup = Checkup()
    for step in range(2, 20):
        engine.apply([listing(f"Étape {step}", pk=step)], [], step)
        assert checkup.damage(engine._store.current()) is None
        assert checkup.damage(engine._store.current(), thorough=True) is None


@pytest.mark.django_db
def test_the_follower_has_an_index_of_another_database_replaced(engine, started, monkeypatch):
    vocabulary.forget()
    monkeypatch.setattr(following.engines, "named", lambda name: [engine])
    engine.apply([], [], indexing.head() + 1000)
    follower = following.Follower()
    follower.follow_once()
    assert len(started) == 1
    assert engine.search(asked()).total == 7, "the other database's listings are not shown"
    indexing.ensure(engine)
    follower.follow_once()
    assert (engine.cursor(), engine.search(asked()).total) == (indexing.head(), 0)


@pytest.mark.django_db
def test_the_follower_brings_the_index_to_the_head_and_says_each_reason_once(engine, monkeypatch, caplog):
    from tests.services.builders import service

    monkeypatch.setattr(following.engines, "named", lambda name: [engine])
    indexing.rebuild(engine)
    service("Donnerie")
    follower = following.Follower()
    follower.follow_once()
    assert names(engine.search(asked("donnerie"))) == ["Donnerie"]

    def away(*_arguments):
        raise EngineUnavailable("away")

    monkeypatch.setattr(engine, "cursor", away)
    caplog.clear()
    for _round in range(3):
        follower.follow_once()
    assert [record.getMessage() for record in caplog.records] == [
        "search index embedded was not followed: away"
    ]
