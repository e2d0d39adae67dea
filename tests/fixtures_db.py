"""The demo directory for tests: in the test database for one module, or served by `manage.py run_site` for a browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests import migrated

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def demo_directory(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """Territories, terms, listings, home pages and an index of them; gone after the module. Tests also need `db`."""
    from django.db import transaction
    from django.test.utils import override_settings

    from directory_site.actions import ensure_catalogue, ensure_concepts, ensure_pages
    from geo import gazetteer
    from search import concepts, engines, indexing, vocabulary

    def forget() -> None:
        engines.embedded_engine.cache_clear()
        vocabulary.forget()
        concepts.forget()
        gazetteer.reload()

    with django_db_blocker.unblock(), override_settings(SEARCH_INDEX_DIR=tmp_path_factory.mktemp("index")):
        forget()
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            ensure_catalogue(lambda line: None)
            ensure_concepts(lambda line: None)
            ensure_pages()
            indexing.rebuild(engines.main())
            yield
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)
            forget()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def running_site(tmp_path_factory) -> Iterator[str]:
    """The address of a site that `manage.py run_site` prepared and serves, as `make run` does."""
    var, port = tmp_path_factory.mktemp("running-site"), free_port()
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SEARCH_URL")
    }
    environment |= {
        "DIRECTORY_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "directory_site.settings.development",
        # The copied database knows the test settings' keys.
        "SEALING_KEYS": ",".join(settings.SEALING_KEYS),
        "SEALING_HASH_KEY": settings.SEALING_HASH_KEY,
    }
    migrated.copy_to(var / "directory.sqlite3")
    log = (var / "log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "run_site", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(server, f"{address}/fr/", var / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _wait_until_it_answers(server: subprocess.Popen, url: str, log: Path, seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"run_site ended with {server.returncode}:\n{log.read_text()}")
        try:
            urllib.request.urlopen(url, timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            pytest.fail(f"{url} answered {error.code}:\n{log.read_text()}")
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"run_site did not answer within {seconds:.0f} s:\n{log.read_text()}")
