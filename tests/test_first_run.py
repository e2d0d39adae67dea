"""The front door survives a kill: whatever was half made, the next start mends and ends with everything."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def prepare(var: Path, kill_after: float | None = None) -> str:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SEARCH_URL")
    }
    environment |= {
        "DIRECTORY_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "directory_site.settings.development",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "prepare_site"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if kill_after is not None:
        time.sleep(kill_after)
        process.send_signal(signal.SIGKILL)
    output, _errors = process.communicate(timeout=300)
    if kill_after is None:
        assert process.returncode == 0, output
    return output


def count(var: Path, table: str) -> int:
    with sqlite3.connect(var / "directory.sqlite3") as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.slow
def test_killed_at_any_moment_the_next_start_ends_with_everything_once(tmp_path):
    for seconds in (3.0, 9.0, 12.0, 14.0):  # migrations, territories, listings, index on an ordinary machine
        prepare(tmp_path, kill_after=seconds)
    prepare(tmp_path)
    lines = [
        path.read_text("utf-8").count("\n")
        for path in (ROOT / "fixtures" / "listings").glob("*.jsonl")
        if not path.name.startswith("organizations")
    ]
    assert count(tmp_path, "services_service") == sum(lines)
    assert count(tmp_path, "geo_territory") == 738
    assert (tmp_path / "index" / "CURRENT").exists()
    assert prepare(tmp_path).strip() == "", "a further start has nothing to do"
    (tmp_path / "index" / "CURRENT").unlink()
    assert f"{sum(lines)} listings indexed" in prepare(tmp_path)


def test_production_refuses_to_start_on_a_missing_or_default_secret():
    def start(**values: str) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "directory_site.settings.production",
        }
        code = "import django; django.setup(); print('started')"
        result = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment | values,
            capture_output=True,
            text=True,
            check=False,
        )
        return result.stdout + result.stderr

    good = "q8Zr2vXw5Yb1Nc4Md7Lf0Kg3Jh6Pj9TsUeWiAoBpCqDrEtFyGuH"
    assert "SECRET_KEY is not set" in start(ALLOWED_HOSTS="example.org")
    assert "default or too weak" in start(ALLOWED_HOSTS="example.org", SECRET_KEY="changeme")
    assert "default or too weak" in start(ALLOWED_HOSTS="example.org", SECRET_KEY="x" * 60)
    assert "ALLOWED_HOSTS is not set" in start(SECRET_KEY=good)
    site = {"SECRET_KEY": good, "ALLOWED_HOSTS": "example.org"}
    key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    assert "SEALING_KEYS is not set" in start(**site)
    assert "SEALING_HASH_KEY is not set" in start(**site, SEALING_KEYS=key)
    assert "SEALING_KEYS: key 2 of 2 is no key" in start(
        **site, SEALING_KEYS=f"{key},abc", SEALING_HASH_KEY=good
    )
    assert "SEALING_HASH_KEY is missing or shorter" in start(
        **site, SEALING_KEYS=key, SEALING_HASH_KEY="short"
    )
    assert start(**site, SEALING_KEYS=key, SEALING_HASH_KEY=good).strip() == "started"


@pytest.mark.django_db
def test_demo_accounts_are_refused_outside_the_development_settings(settings):
    from django.core.exceptions import ImproperlyConfigured

    from accounts.actions import create_demo_accounts

    settings.DEMO_ACCOUNTS = False
    with pytest.raises(ImproperlyConfigured, match="development settings only"):
        create_demo_accounts()
