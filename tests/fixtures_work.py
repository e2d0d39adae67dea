"""Databases for tests that start processes of their own: background work, the outbox, the change of keys."""

from collections.abc import Iterator

import pytest

from tests import migrated
from tests.outbox import processes


@pytest.fixture
def sqlite_database(tmp_path) -> processes.Database:
    """A migrated SQLite database in a file of its own."""
    migrated.copy_to(tmp_path / "var" / "test.sqlite3")
    return processes.Database(tmp_path / "var")


@pytest.fixture
def postgres_database(postgres_url, tmp_path) -> Iterator[processes.Database]:
    """A migrated database of its own on the real PostgreSQL."""
    with processes.on_postgres(postgres_url, tmp_path / "var") as database:
        yield database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def prepared_database(request) -> processes.Database:
    """Each test runs on both."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def threaded_db(transactional_db, tmp_path) -> Iterator[None]:
    """A database that threads may use at once. SQLite's in memory locks whole tables between them; a file does not."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    memory, name = connection.connection, connection.settings_dict["NAME"]
    path = tmp_path / "threaded.sqlite3"
    memory.execute("VACUUM INTO ?", [str(path)])
    connection.connection = None
    connection.settings_dict["NAME"] = str(path)  # other threads' connections are made from the same dict
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        connection.connection = memory
