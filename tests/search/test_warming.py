"""A worker's warm-up: reads what searches need, keeps it from the collector, and stops at nothing."""

import gc
import runpy
import subprocess
import sys

import pytest
from django.conf import settings

from search import finder, vocabulary
from search.engine import EngineUnavailable
from search.warming import FULL_COLLECTIONS, warm_up


@pytest.fixture
def collector():
    """As it was, afterwards: what is frozen would stay so for all tests."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_directory", "collector")
def test_what_is_read_stays_read_and_is_not_collected_over_and_over():
    vocabulary.forget()
    warm_up()
    known = vocabulary.current()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[2] == FULL_COLLECTIONS
    assert vocabulary.current() is known


@pytest.mark.usefixtures("collector")
def test_a_worker_starts_without_an_index(monkeypatch, caplog):
    def unavailable(request, **options):
        raise EngineUnavailable("gone")

    monkeypatch.setattr(finder, "find", unavailable)
    warm_up()
    assert "starts without a search index: gone" in caplog.text


def test_gunicorn_reads_the_file_in_the_checkout():
    said = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--print-config", "directory_site.wsgi"],
        cwd=settings.BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "directory_site.settings.test", "PATH": ""},
        capture_output=True,
        text=True,
    ).stdout
    settings_of = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    assert {name.strip(): value.strip() for name, value in settings_of.items()}["workers"] == "2"
    assert runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))["post_worker_init"]
