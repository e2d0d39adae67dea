"""A database of its own that several processes use at once, and Python run in them; SQLite and PostgreSQL alike."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests import migrated

ROOT = Path(__file__).resolve().parents[2]
RUN_SECONDS = 400.0  # on a machine that has much else to do


class Database:
    """`run` executes code with Django set up, against this database, in a process of its own."""

    key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="  # that of the test settings

    def __init__(self, var: Path, url: str | None = None) -> None:
        kept = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SEARCH_URL")
        }
        self.environment = kept | {
            "DIRECTORY_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "tests.outbox.process_settings",
        }
        if url:
            self.environment["DATABASE_URL"] = url

    def start(self, code: str, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"],
            cwd=ROOT,
            env=environment or self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str, environment: dict[str, str] | None = None) -> str:
        with self.start(code, environment) as process:
            try:
                output, errors = process.communicate(timeout=RUN_SECONDS)
            except BaseException:
                process.kill()
                raise
        assert process.returncode == 0, errors
        return output

    def ask(self, code: str, environment: dict[str, str] | None = None) -> str:
        return self.run(code, environment).strip()


def copied(template: Path, var: Path) -> Database:
    shutil.copytree(template, var)
    return Database(var)


@contextmanager
def on_postgres(server: str, var: Path) -> Iterator[Database]:
    name = f"test_outbox_{uuid.uuid4().hex[:12]}"
    base, _slash, _database = server.rpartition("/")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {migrated.postgres_template(server)}")
        try:
            yield Database(var, f"{base}/{name}")
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
