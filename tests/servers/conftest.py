"""Throw-away things on the real servers: an index, a database."""

import uuid
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from elasticsearch import Elasticsearch
from psycopg import sql


@pytest.fixture
def elasticsearch(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        yield client


@pytest.fixture
def make_index(elasticsearch: Elasticsearch) -> Iterator[Callable[..., str]]:
    """Creates an index with the given body and a name of its own; deletes it afterwards."""
    made: list[str] = []

    def make(**body: object) -> str:
        name = f"test-{uuid.uuid4().hex}"
        settings = {"number_of_shards": 1, "number_of_replicas": 0}
        elasticsearch.indices.create(index=name, settings=settings, **body)
        made.append(name)
        return name

    yield make
    for name in made:
        elasticsearch.indices.delete(index=name, ignore_unavailable=True)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database, dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
