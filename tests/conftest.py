"""What every test may rely on: closed sockets, a throw-away var/, and real servers that skip or fail with a reason.

A real server (Elasticsearch, PostgreSQL, Chromium) is asked for by using its fixture. Without the server the test is
skipped, naming the command that gets it; with REQUIRE_SERVERS=1 or CI=true it fails instead.
"""

import os
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests import migrated
from tests.fixtures_db import demo_directory, running_site  # noqa: F401  fixtures for every test
from tests.fixtures_work import (  # noqa: F401  fixtures for every test
    postgres_database,
    prepared_database,
    sqlite_database,
    threaded_db,
)

ROOT = Path(__file__).resolve().parents[1]
MARKER_OF_FIXTURE = {"elasticsearch_url": "elasticsearch", "postgres_url": "postgres", "chromium": "browser"}
BROWSERS = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
# No sandbox: CI runs as root. The rest keeps the browser from calling its maker.
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What a page must come to do, it may do late: a busy machine is no fault of the page.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


# An autosave of the admin, also behind a server that restarts; an act at the desk with the token of before signing in
# again, that another window was quicker at, or that is not possible.
REFUSALS = ((400, "/admin/"), (502, "/edit/"), (403, "/keep/"), (409, "/desk/"), (422, "/desk/"))


def pytest_configure(config: pytest.Config) -> None:
    # The test settings choose a var/ unless DIRECTORY_VAR is set. Processes of xdist inherit this one's environment;
    # without the variable each makes its own, so that they share no index and no uploads.
    if not hasattr(config, "workerinput"):
        os.environ.pop("DIRECTORY_VAR", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    from django.conf import settings

    var = Path(settings.VAR_DIR)
    if var.name.startswith("directory-test-") and var.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix, django_db_blocker
) -> Iterator[None]:
    """pytest-django's: the test database begins as a copy of a migrated one (tests.migrated)."""
    from django.db import connection

    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.postgres_template(os.environ["DATABASE_URL"])
        yield
        return
    with closing(migrated.load_into_memory(connection.creation._get_test_db_name())):
        yield


_MIGRATED = pytest.StashKey[str]()


@pytest.fixture(scope="session", autouse=True)
def migrated_data(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keeps what migrations put into the database (Wagtail's root page and the like), for `pytest_runtest_teardown`.

    At the end, connections that threads of the site (a follower, a watcher of the search server) still hold are cut:
    PostgreSQL drops no database that somebody is connected to.
    """
    if any("_django_db_helper" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("django_db_setup")
        from django.db import connection

        unblocked = request.getfixturevalue("django_db_blocker").unblock
        with unblocked():
            request.config.stash[_MIGRATED] = connection.creation.serialize_db_to_string()
        yield
        if connection.vendor == "postgresql":
            with unblocked(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
    else:
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test that commits leaves empty tables behind; the next one, in whatever order, finds what migrations made."""
    result = yield
    if (
        nextitem is None
    ):  # the test database is gone by now, and the connection leads to the one of the settings
        return result
    marker = item.get_closest_marker("django_db")
    commits = "transactional_db" in getattr(item, "fixturenames", ()) or (
        marker is not None and marker.kwargs.get("transaction")
    )
    if commits and _MIGRATED in item.config.stash:
        from django.apps import apps
        from django.contrib.contenttypes.models import ContentType
        from django.core.management import call_command
        from django.core.management.color import no_style
        from django.db import connection
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
            connection.creation.deserialize_db_from_string(item.config.stash[_MIGRATED])
            with connection.cursor() as cursor:  # rows came with their numbers; the next ones follow them
                for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                    cursor.execute(sql)
            ContentType.objects.clear_cache()
    return result


@pytest.fixture(autouse=True)
def _language_of_the_settings() -> None:
    """The language of the last request stays active in its thread; a test begins in that of the settings."""
    from django.utils import translation

    translation.deactivate()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m "not browser"` works without anybody having to repeat in a mark what the fixtures say."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKER_OF_FIXTURE:
                item.add_marker(MARKER_OF_FIXTURE[fixture])


def servers_are_required() -> bool:
    return os.environ.get("REQUIRE_SERVERS") == "1" or os.environ.get("CI", "").lower() in ("true", "1")


def missing(what: str, command: str) -> NoReturn:
    reason = f"{what}; to get one: {command}"
    if servers_are_required():
        pytest.fail(f"{reason} (required: CI or REQUIRE_SERVERS is set)", pytrace=False)
    pytest.skip(reason)


def first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def known_url(variable: str, override: str) -> str | None:
    """The URL that `make services` noted, or the one that the override names."""
    if os.environ.get(override):
        return os.environ[override]
    try:
        noted = (ROOT / "var" / "services" / "env").read_text()
    except FileNotFoundError:
        return None
    return dict(line.split("=", 1) for line in noted.splitlines() if "=" in line).get(variable)


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """`with committing():` runs what waits for a commit at its end, as if the test's transaction had ended there."""
    from django.db import connection

    @contextmanager
    def commit():
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield
        connection.run_on_commit.clear()

    return commit


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    """A real Elasticsearch on this machine. It is shared: name what you create uniquely, and delete it."""
    url = known_url("SEARCH_URL", "TEST_ELASTICSEARCH_URL")
    if url is None:
        missing("no Elasticsearch is running", "make services")
    try:
        urllib.request.urlopen(
            f"{url}/_cluster/health?wait_for_status=yellow&timeout=20s", timeout=30
        ).close()
    except (urllib.error.URLError, OSError) as error:
        missing(f"Elasticsearch at {url} does not answer ({first_line(error)})", "make services")
    return url


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A real PostgreSQL on this machine, whose user may create databases. Create your own; leave this one alone."""
    url = known_url("DATABASE_URL", "TEST_POSTGRES_URL")
    if url is None:
        missing("no PostgreSQL is running", "make services")
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        missing(f"PostgreSQL at {url} does not answer ({first_line(error)})", "make services")
    return url


def browser_program() -> str | None:
    """CHROMIUM, else the first of BROWSERS that is there."""
    return next(
        (path for name in (os.environ.get("CHROMIUM"), *BROWSERS) if name and (path := shutil.which(name))),
        None,
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless, driven by Playwright; nothing is downloaded."""
    program = browser_program()
    if program is None:
        missing("no Chromium was found", "make browser")
    # Playwright's event loop runs in this thread, which Django would take for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            try:
                browser = playwright.chromium.launch(executable_path=program, args=list(BROWSER_FLAGS))
            except Error as error:
                missing(f"{program} does not start ({first_line(error)})", "make browser")
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty tab (1280 × 800, French). A script error, a refused resource or a call to another host fails the test.

    Not what the server refuses (REFUSALS): the page tells its user why, and tests read it there.
    """
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="fr-BE")
    context.set_default_timeout(PATIENCE_MS)
    tab = context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(f"script error: {error}"))

    def hear(message) -> None:
        refused = any(
            f"status of {status}" in message.text and place in message.location.get("url", "")
            for status, place in REFUSALS
        )
        if message.type == "error" and not refused:
            faults.append(f"console: {message.text}")

    tab.on("console", hear)
    local = ("http://localhost", "http://127.0.0.1", "http://[::1]", "data:", "blob:", "about:")
    tab.on(
        "request", lambda request: request.url.startswith(local) or faults.append(f"call to {request.url}")
    )
    yield tab
    context.close()
    assert not faults, "the page complained:\n" + "\n".join(faults)
