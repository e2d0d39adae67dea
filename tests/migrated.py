"""A database with every migration applied, made once and copied: applying all of Wagtail's takes a dozen seconds each time.

It is kept in var/test-databases (SQLite) or on the server (PostgreSQL) under a hash of the migrations' files, so a
changed or new migration makes another one. `migrate` still runs over every copy, as it would over any database: what
it does after migrating (content types, permissions) is never older than the code. Tests of migrating itself
(tests/test_first_run.py, tests/servers) begin with an empty database.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "test-databases"
KEPT = 3  # of each kind; older ones are deleted
PREFIX = "test_migrated_"
MIGRATE = "import django; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0)"


@cache
def fingerprint() -> str:
    """Of the files of all migrations that are installed; Django must be set up."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = hashlib.sha256()
    for key, migration in sorted(loader.disk_migrations.items()):
        source = Path(sys.modules[type(migration).__module__].__file__ or "")
        found.update(repr(key).encode() + source.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes templates."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate(var: Path, url: str | None = None) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DIRECTORY_VAR": str(var), "DJANGO_SETTINGS_MODULE": "directory_site.settings.test"}
    if url:
        environment["DATABASE_URL"] = url
    subprocess.run([sys.executable, "-c", MIGRATE], cwd=ROOT, env=environment, check=True)


def sqlite_template() -> Path:
    """The file of the migrated SQLite database."""
    path = FOLDER / f"{fingerprint()}.sqlite3"
    with _alone():
        if not path.exists():
            with tempfile.TemporaryDirectory() as var:
                _migrate(Path(var))
                draft = path.with_suffix(".draft")
                with closing(sqlite3.connect(Path(var) / "test.sqlite3")) as made:
                    draft.unlink(missing_ok=True)
                    made.execute("VACUUM INTO ?", [str(draft)])  # one file, nothing left in a log beside it
                draft.rename(path)
            others = sorted(FOLDER.glob("*.sqlite3"), key=lambda file: file.stat().st_mtime, reverse=True)
            for old in others[KEPT:]:
                old.unlink()
    return path


def copy_to(path: Path) -> None:
    """A migrated SQLite database in a new file, for a process of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(sqlite_template(), path)


def load_into_memory(name: str) -> sqlite3.Connection:
    """Fill SQLite's shared database in memory of this name (a URI); it lives as long as the connection returned."""
    memory = sqlite3.connect(name, uri=True, check_same_thread=False)
    with closing(sqlite3.connect(sqlite_template())) as template:
        template.backup(memory)
    return memory


def postgres_template(server: str) -> str:
    """The name of the migrated database on this server (a URL); CREATE DATABASE … TEMPLATE copies it."""
    name = PREFIX + fingerprint()
    base = server.rpartition("/")[0]
    with _alone(), psycopg.connect(server, autocommit=True) as admin:
        rows = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        there = {row[0] for row in rows}
        if name not in there:
            draft = f"{name}_draft"
            for old in there:
                admin.execute(f"DROP DATABASE IF EXISTS {old} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {draft}")
            with tempfile.TemporaryDirectory() as var:
                _migrate(Path(var), f"{base}/{draft}")
            admin.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    return name
