"""The real PostgreSQL runs the directory: its migrations, its case folding, its locks."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

ROOT = Path(__file__).resolve().parents[2]


def manage(database: str, var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "directory_site.settings.test",
        "DIRECTORY_VAR": str(var),
    }
    command = [sys.executable, ROOT / "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_an_empty_database_gets_every_table_and_a_second_migration_does_nothing(
    postgres_database: str, tmp_path: Path
) -> None:
    first = manage(postgres_database, tmp_path, "migrate", "--no-input")
    assert first.returncode == 0, first.stderr
    with psycopg.connect(postgres_database) as connection:
        tables = {
            row[0]
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        }
    assert {"accounts_user", "wagtailcore_revision"} <= tables
    assert any(table.startswith("services_") for table in tables)

    second = manage(postgres_database, tmp_path, "migrate", "--no-input")
    assert "No migrations to apply" in second.stdout
    unapplied = manage(postgres_database, tmp_path, "migrate", "--check")
    assert unapplied.returncode == 0, unapplied.stdout
    missing = manage(postgres_database, tmp_path, "makemigrations", "--check", "--dry-run")
    assert missing.returncode == 0, missing.stdout
    faults = manage(postgres_database, tmp_path, "check", "--database", "default", "--fail-level", "WARNING")
    assert faults.returncode == 0, faults.stderr


def test_capitals_with_accents_fold(postgres_database: str) -> None:
    """icontains becomes UPPER(…) LIKE UPPER(…): a "C" locale would leave É and é strangers."""
    with psycopg.connect(postgres_database) as connection:
        assert connection.execute("SELECT lower('ÉÇÜÏ'), upper('éçüï')").fetchone() == ("éçüï", "ÉÇÜÏ")
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


def test_who_holds_the_lock_follows_and_the_others_return(postgres_database: str) -> None:
    """Several workers: the one that has the row goes on, another is told at once instead of waiting."""
    with psycopg.connect(postgres_database) as first, psycopg.connect(postgres_database) as second:
        first.execute("CREATE TABLE cursor_of_an_index (engine text PRIMARY KEY, change bigint NOT NULL)")
        first.execute("INSERT INTO cursor_of_an_index VALUES ('embedded', 0)")
        first.commit()
        first.execute("SELECT change FROM cursor_of_an_index WHERE engine = 'embedded' FOR UPDATE")
        with pytest.raises(errors.LockNotAvailable):
            second.execute(
                "SELECT change FROM cursor_of_an_index WHERE engine = 'embedded' FOR UPDATE NOWAIT"
            )
        second.rollback()
        assert second.execute("SELECT * FROM cursor_of_an_index FOR UPDATE SKIP LOCKED").fetchall() == []
        first.commit()
        second.rollback()
        assert len(second.execute("SELECT * FROM cursor_of_an_index FOR UPDATE SKIP LOCKED").fetchall()) == 1
