"""Web processes that share one index: edits reach all of them, and a killed one takes nothing with it."""

import os
import random
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psycopg
import pytest

from tests import migrated

from .hive import ROOT, Hive

pytestmark = pytest.mark.slow

SERVICES = 60
PREPARE = f"""
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.services import builders
need = builders.term("need", "food", "Alimentation")
for number in range({SERVICES}):
    builders.service(f"Vestiaire numéro {{number}}", needs=[need], summary_fr="Accueil et écoute.")
call_command("search_rebuild", verbosity=0)
"""


def environment(var: Path, database: str | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SEARCH_URL")}
    kept |= {"DIRECTORY_VAR": str(var), "DJANGO_SETTINGS_MODULE": "directory_site.settings.test"}
    return kept | ({"DATABASE_URL": database} if database else {})


def prepare(env: dict[str, str]) -> None:
    made = subprocess.run(
        [sys.executable, "-c", PREPARE], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr


@pytest.fixture(scope="session")
def prepared(tmp_path_factory) -> Path:
    """A database of SERVICES listings and its index, to be copied."""
    var = tmp_path_factory.mktemp("prepared")
    migrated.copy_to(var / "test.sqlite3")
    prepare(environment(var))
    return var


@pytest.fixture
def hive(prepared, tmp_path):
    """`hive(count)`: so many web processes on a copy of the prepared directory."""
    made = []

    def start(count: int) -> Hive:
        if not (tmp_path / "var").exists():
            shutil.copytree(prepared, tmp_path / "var")
        folder = tmp_path / f"hive{len(made)}"
        folder.mkdir()
        made.append(Hive(folder, count, environment(tmp_path / "var")))
        return made[-1].begin()

    yield start
    for one in made:
        one.destroy()


def equal(found: dict) -> bool:
    return found == {"at_head": True, "missing": [], "extra": [], "old": [], "doubled": 0}


def measure_edits(hive: Hive, edits: int) -> tuple[list[float], list[float]]:
    """(seconds until all workers found each edit, seconds of each edit itself)."""
    visible, taken = [], []
    for number in range(edits):
        made = hive.ask(number % hive.count, "edit", pk=number + 1, name=f"Épicerie neuve{number}")
        found = hive.all("wait_for", q=f"neuve{number}")
        assert all(answer["at"] for answer in found), hive.told()
        visible.append(max(answer["at"] for answer in found) - made["at"])
        taken.append(made["seconds"])
    return visible, taken


def tell(what: str, visible: list[float], taken: list[float]) -> None:
    visible, taken = sorted(visible), sorted(taken)
    print(
        f"\n{what}: edit to found by all: p50 {visible[len(visible) // 2] * 1000:.0f} ms, "
        f"most {visible[-1] * 1000:.0f} ms; the edit itself: p50 {taken[len(taken) // 2] * 1000:.0f} ms, "
        f"most {taken[-1] * 1000:.0f} ms"
    )


def test_an_edit_in_one_of_ten_is_found_by_all_within_two_seconds(hive):
    ten = hive(10)
    visible, taken = measure_edits(ten, 12)
    tell("ten processes, SQLite", visible, taken)
    assert max(visible) < 2.0
    assert equal(ten.ask(0, "compare"))


def test_an_edit_in_one_of_ten_is_found_by_all_on_postgresql(postgres_url, tmp_path):
    name = f"test_hive_{uuid.uuid4().hex[:12]}"
    base, _slash, _database = postgres_url.rpartition("/")
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {migrated.postgres_template(postgres_url)}")
        try:
            env = environment(tmp_path / "var", f"{base}/{name}")
            prepare(env)
            folder = tmp_path / "hive"
            folder.mkdir()
            ten = Hive(folder, 10, env)
            try:
                ten.begin()
                visible, taken = measure_edits(ten, 6)
                tell("ten processes, PostgreSQL", visible, taken)
                assert max(visible) < 2.0
                assert equal(ten.ask(0, "compare"))
            finally:
                ten.destroy()
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_follower_killed_at_any_moment_loses_and_doubles_nothing(hive):
    two = hive(2)
    chance = random.Random(7)
    for _round in range(4):
        two.start(0, "edit_for_ever", pks=list(range(1, 31)))
        two.start(1, "edit_for_ever", pks=list(range(31, 61)))
        time.sleep(0.2 + chance.random() * 0.4)
        two.kill(0)
        two.kill(1)
        found = two.begin().ask(chance.randrange(2), "compare")
        assert equal(found), found
    assert sum("ended with 9" in line for line in two.told().splitlines()) == 8
    two.stop()
    assert equal(hive(1).ask(0, "compare")), "after a restart"


def test_a_rebuild_killed_at_any_moment_leaves_an_index_that_is_whole(hive):
    two = hive(2)
    chance = random.Random(11)
    for _round in range(4):
        two.start(0, "rebuild_for_ever")
        two.start(1, "edit_for_ever", pks=list(range(1, 31)))
        time.sleep(0.2 + chance.random() * 0.4)
        two.kill(0)
        two.kill(1)
        found = two.begin().ask(1, "compare")
        assert equal(found), found
    two.ask(0, "rebuild")
    folders = [path for path in (two.folder.parent / "var" / "index").iterdir() if path.is_dir()]
    assert len(folders) == 1, "what killed rebuilds left is gone after the next"
