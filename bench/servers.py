"""The real servers that are measured beside us: where they are, and a corner of each that is taken away afterwards."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from elasticsearch import ApiError, Elasticsearch, TransportError

from bench.data import ROOT

NOTED = ROOT / "var" / "services" / "env"
SECONDS = 120.0


class Missing(Exception):
    """A server is not there; the message says what does not answer and how to get it."""


def _url(variable: str, override: str, what: str) -> str:
    """The override of the environment, else what `make services` noted. Raises Missing."""
    if os.environ.get(override):
        return os.environ[override]
    lines = NOTED.read_text().splitlines() if NOTED.exists() else []
    noted = dict(line.split("=", 1) for line in lines if "=" in line)
    if variable not in noted:
        raise Missing(f"no {what} is known: `make services` starts one, or set {override}")
    return noted[variable]


def elasticsearch_url() -> str:
    """Raises Missing."""
    url = _url("SEARCH_URL", "TEST_ELASTICSEARCH_URL", "Elasticsearch")
    with Elasticsearch(url, request_timeout=10, max_retries=0) as client:
        try:
            client.info()
        except (ApiError, TransportError) as error:
            raise Missing(f"Elasticsearch does not answer ({type(error).__name__}): make services") from None
    return url


def postgres_url() -> str:
    """Raises Missing."""
    url = _url("DATABASE_URL", "TEST_POSTGRES_URL", "PostgreSQL")
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise Missing(f"PostgreSQL does not answer ({type(error).__name__}): make services") from None
    return url


@contextmanager
def own_prefix(url: str) -> Iterator[str]:
    """A prefix for indexes; whatever begins with it is deleted in the end."""
    prefix = f"bench-{uuid.uuid4().hex[:10]}"
    try:
        yield prefix
    finally:
        with Elasticsearch(url, request_timeout=SECONDS) as client:
            for name in client.indices.get(index=f"{prefix}*").body:
                client.indices.delete(index=name, ignore_unavailable=True)


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """The URL of an empty database of our own, dropped in the end."""
    name = f"bench_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        try:
            yield f"{url.rsplit('/', 1)[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
