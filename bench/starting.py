"""Django on a folder of its own, whatever the caller's environment says; and what every report begins with."""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("Django", "wagtail", "modelsearch", "tantivy", "numpy", "elasticsearch")


@contextmanager
def own_folder() -> Iterator[Path]:
    """An empty DIRECTORY_VAR, gone afterwards; processes started meanwhile share it."""
    with tempfile.TemporaryDirectory(prefix="directory-bench-") as folder:
        os.environ["DIRECTORY_VAR"] = folder
        (Path(folder) / "static").mkdir()
        yield Path(folder)


def start_django(settings: str = "bench.settings", database_url: str = "", search_url: str = "") -> None:
    """Needs DIRECTORY_VAR. Without URLs: SQLite and the embedded index."""
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    for name, value in (("DATABASE_URL", database_url), ("SEARCH_URL", search_url)):
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)
    import django

    django.setup()


def say(line: str) -> None:
    """Progress, beside the report."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def show(text: str) -> None:
    """A piece of the report."""
    print(text, flush=True)  # noqa: T201


def conditions(*more: str) -> str:
    """When, on what, and with which versions this was measured."""
    packages = [f"{name} {version(name)}" for name in PACKAGES]
    load = f"load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    machine = f"{os.cpu_count()} cores, {platform.machine()}"
    python = f"Python {platform.python_version()}"
    return " · ".join(
        [f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", machine, load, ", ".join([python, *packages, *more])]
    )
