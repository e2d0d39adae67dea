"""Elasticsearch servers of the tests' own, which they may kill; the shared one is `elasticsearch_url`."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT, missing

sys.path.append(str(ROOT / "scripts"))

from local_servers import cluster, elasticsearch, secured
from local_servers.machine import ServerError
from local_servers.node import Node


@pytest.fixture(scope="session")
def elasticsearch_home(elasticsearch_url) -> Path:
    """The installation that `make services` fetched; nothing is downloaded by a test."""
    home = elasticsearch.installed()
    if home is None:
        missing("no Elasticsearch is unpacked on this machine", "make services")
    return home


@contextmanager
def _started() -> Iterator[None]:
    """What cannot be started is told by its own words; the service user must be able to read what is made."""
    before = os.umask(0o022)
    try:
        yield
    except ServerError as error:
        pytest.fail(str(error), pytrace=False)
    finally:
        os.umask(before)


@pytest.fixture(scope="module")
def elasticsearch_cluster(elasticsearch_home) -> Iterator[cluster.Cluster]:
    """Three nodes that know each other, empty and without security. Kill what you like."""
    with _started(), cluster.three_nodes(elasticsearch_home) as made:
        yield made


@pytest.fixture(scope="module")
def secured_node(elasticsearch_home) -> Iterator[Node]:
    """A node with TLS and users (see local_servers.secured), perhaps still starting: `secured_client` waits for it."""
    with _started(), cluster.single(secured.secured_node(), elasticsearch_home) as made:
        yield made
