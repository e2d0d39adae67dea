"""Files of the index are damaged while four processes search: no error is shown, and the index mends itself."""

import random
import shutil
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from .hive import Died, Hive
from .test_processes import SERVICES, equal, hive, prepared  # noqa: F401  fixtures

pytestmark = pytest.mark.slow

PATHS = (
    "/api/v1/search?lang=fr&q=vestiaire",
    "/api/v1/search?lang=fr&q=acceuil%20ecoute",
    "/api/v1/search?lang=fr&need=food&size=100",
    "/api/v1/suggest?lang=fr&q=vest",
)


def index_of(hive: Hive) -> Path:  # noqa: F811
    return hive.folder.parent / "var" / "index"


def lose_all(index: Path) -> None:
    """In one step: a process may be writing into it."""
    away = index.with_name("away")
    index.rename(away)
    shutil.rmtree(away)


def current(index: Path) -> Path:
    return index / (index / "CURRENT").read_text()


def segment_files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if path.suffix in (".idx", ".term", ".store", ".fast", ".pos")
    )


def replace(path: Path, content: bytes) -> None:
    """As a copy or a restore that went wrong leaves it: another file under the same name."""
    beside = path.with_name(path.name + ".beside")
    beside.write_bytes(content)
    beside.replace(path)


def truncate(index: Path, chance: random.Random) -> str:
    victim = chance.choice([*segment_files(current(index)), current(index) / "meta.json"])
    replace(victim, victim.read_bytes()[: chance.randrange(victim.stat().st_size)])
    return f"truncated {victim.suffix}"


def flip(index: Path, chance: random.Random) -> str:
    """In the file that the processes have open."""
    victim = chance.choice(segment_files(current(index)))
    with victim.open("r+b") as file:
        for _byte in range(chance.choice([1, 30])):
            file.seek(chance.randrange(victim.stat().st_size))
            byte = file.read(1)[0]
            file.seek(-1, 1)
            file.write(bytes([byte ^ (1 << chance.randrange(8))]))
    return f"flipped in {victim.suffix}"


def lose_pointer(index: Path, chance: random.Random) -> str:
    (index / "CURRENT").unlink()
    return "no CURRENT"


def lose_state(index: Path, chance: random.Random) -> str:
    (current(index) / "state.json").unlink()
    return "no state.json"


def lose_segment(index: Path, chance: random.Random) -> str:
    victim = chance.choice(segment_files(current(index)))
    victim.unlink()
    return f"no {victim.suffix}"


class Searchers:
    """Threads that search in every process until stopped, and what they were answered."""

    def __init__(self, hive: Hive) -> None:  # noqa: F811
        self.hive, self.answers, self.wrong = hive, Counter(), []
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._search, args=(number,)) for number in range(hive.count)
        ]

    def __enter__(self) -> "Searchers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _search(self, number: int) -> None:
        turn = 0
        while not self._stopped.is_set():
            turn += 1
            try:
                self._judge(self.hive.ask(number, "get", path=PATHS[turn % len(PATHS)]))
            except (Died, AssertionError) as error:
                self.wrong.append(f"{type(error).__name__} {error}")
            time.sleep(0.1)

    def _judge(self, answer: dict) -> None:
        body = answer["body"] or {}
        if answer["status"] == 200:
            self.answers["degraded" if body.get("degraded") else "whole"] += 1
        elif answer["status"] == 503 and answer["type"] == "application/problem+json":
            self.answers["503"] += 1
        else:
            self.wrong.append(str(answer))


def healthy(hive: Hive, seconds: float = 120.0) -> bool:  # noqa: F811
    """Every process is answered by the index again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = [hive.ask(number, "get", path=PATHS[2])["body"] for number in range(hive.count)]
        if all(body and not body["degraded"] and body["total"] == SERVICES for body in found):
            return True
        time.sleep(0.1)
    return False


def test_whatever_is_damaged_searches_are_answered_and_the_index_mends_itself(hive):  # noqa: F811
    four, chance, told = hive(4), random.Random(5), []
    damages = [truncate, flip, lose_pointer, lose_state, lose_segment]
    with Searchers(four) as searchers:
        for damage in damages:
            told.append(damage(index_of(four), chance))
            started = time.monotonic()
            # What no search meets is found within a second by the followers.
            time.sleep(1.5)
            assert healthy(four), f"{told[-1]}: {four.told()}"
            told[-1] += f": {time.monotonic() - started:.1f} s"
    print("\n" + "; ".join(told), dict(searchers.answers))
    assert searchers.wrong == []
    assert searchers.answers["degraded"] > 0
    assert equal(four.ask(0, "compare"))


def test_ten_processes_that_meet_a_missing_index_start_one_rebuild(hive):  # noqa: F811
    ten = hive(10)
    lose_all(index_of(ten))
    answers = ten.all("get", path=PATHS[2])
    assert {answer["status"] for answer in answers} == {200}
    assert all(answer["body"]["degraded"] and answer["body"]["total"] == SERVICES for answer in answers)
    assert healthy(ten)
    assert ten.told().count("rebuilding the search index") == 1
    folders = [path for path in index_of(ten).iterdir() if path.is_dir()]
    assert len(folders) == 1


def test_a_killed_rebuild_is_started_again(hive):  # noqa: F811
    two = hive(2)
    lose_all(index_of(two))
    assert two.ask(0, "get", path=PATHS[0])["body"]["degraded"]
    started = [
        child
        for child in psutil.Process(two.process.pid).children(recursive=True)
        if "search_rebuild" in child.cmdline()
    ]
    assert len(started) == 1
    started[0].kill()
    assert healthy(two)
    assert two.told().count("rebuilding the search index") == 2
