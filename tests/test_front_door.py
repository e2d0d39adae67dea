"""The developer's front door: make help, the locks, the environment's stamp, the servers' notes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import conftest

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)


def locked(name: str) -> set[str]:
    """The requirements of a lock file: {"django==5.2.1", …}, with their environment markers."""
    return {line.removesuffix(" \\") for line in (ROOT / name).read_text().splitlines() if line[:1].isalnum()}


def test_make_help_lists_every_target_with_its_purpose() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = dict(re.findall(r"^  make (\S+)\s+(\S.*)$", shown.stdout, re.MULTILINE))
    assert list(lines) == TARGETS
    assert {"run", "test", "test-all", "check", "services", "services-stop", "browser"} <= lines.keys()


def test_every_target_is_phony() -> None:
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert sorted(phony[1].replace("\\\n", " ").split()) == sorted(TARGETS)


def test_every_script_that_make_calls_is_there_and_may_be_run() -> None:
    for name in re.findall(r"scripts/\S+\.(?:sh|py)", MAKEFILE):
        script = ROOT / name
        assert script.is_file(), name
        assert script.suffix == ".py" or script.stat().st_mode & 0o100, f"{name} is not executable"


def test_what_runs_and_what_is_tested_are_the_same_versions() -> None:
    missing = locked("requirements.lock") - locked("requirements-dev.lock")
    assert not missing, "make lock: requirements-dev.lock must contain requirements.lock"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the environment scripts and an empty lock: installing it needs no network."""
    (tmp_path / "scripts").mkdir()
    for name in ("environment.sh", "environment.py"):
        (tmp_path / "scripts" / name).write_text((ROOT / "scripts" / name).read_text())
    (tmp_path / "scripts" / "environment.sh").chmod(0o755)
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    (tmp_path / "requirements-dev.lock").write_text("# nothing\n")
    return tmp_path


def environment(
    checkout: Path, lock: str = "requirements.lock", **variables: str
) -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable, **variables}
    command = [checkout / "scripts" / "environment.sh", lock]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_environment_is_made_once_and_mended_after_a_kill(checkout: Path) -> None:
    first = environment(checkout)
    assert first.returncode == 0, first.stderr
    assert "creating the environment" in first.stdout
    assert environment(checkout).stdout == "", "nothing changed, nothing to say"

    (checkout / "requirements.lock").write_text("# something else\n")
    changed = environment(checkout)
    assert "installing 0 packages" in changed.stdout
    assert "creating" not in changed.stdout

    (checkout / ".venv" / ".installing").touch()  # what a kill in the middle leaves
    mended = environment(checkout)
    assert "making it anew" in mended.stdout
    assert environment(checkout).stdout == ""


def test_a_machine_without_python_is_told_what_to_install(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("dirname", "cmp", "sh"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    answer = environment(checkout, PATH=str(tools), PYTHON="")
    assert answer.returncode == 1
    assert "3.11 or newer" in answer.stderr
    assert "python3-venv" in answer.stderr


@pytest.mark.parametrize(("variable", "value"), [("REQUIRE_SERVERS", "1"), ("CI", "true")])
def test_a_missing_server_fails_where_servers_are_required(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="make services"):
        conftest.missing("no PostgreSQL is running", "make services")
    monkeypatch.setenv(variable, value)
    with pytest.raises(pytest.fail.Exception, match="make services"):
        conftest.missing("no PostgreSQL is running", "make services")
