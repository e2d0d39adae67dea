"""Creates .venv and installs a lock file into it, so that a kill at any point is mended by the next call.

Called by environment.sh with the lock's name. Needs nothing but the standard library of Python 3.11.
"""

import fcntl
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Present from before the first file is written until after the last: whoever finds it, finds a half-made environment.
INSTALLING = VENV / ".installing"
RUN_LOCK, DEV_LOCK = "requirements.lock", "requirements-dev.lock"


def stamp(lock: str) -> Path:
    """The copy of the lock that says "this is installed"."""
    return VENV / f".installed-{lock}"


def is_current(lock: str) -> bool:
    return usable() and stamp(lock).is_file() and stamp(lock).read_bytes() == (ROOT / lock).read_bytes()


def usable() -> bool:
    """True if the environment is complete and its Python (which a system upgrade may have removed) still runs."""
    if INSTALLING.exists() or not PYTHON.exists():
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def create() -> None:
    if VENV.exists():
        say("the environment in .venv is unfinished or its Python is gone: making it anew")
        shutil.rmtree(VENV)
    say(f"creating the environment .venv (Python {sys.version.split()[0]})")
    VENV.mkdir()
    INSTALLING.touch()
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)


def install(lock: str) -> None:
    packages = sum(line[:1].isalnum() for line in (ROOT / lock).read_text().splitlines())
    say(f"installing {packages} packages from {lock} (a minute or so the first time)")
    INSTALLING.touch()
    for name in (RUN_LOCK, DEV_LOCK):
        stamp(name).unlink(missing_ok=True)
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    subprocess.run([*command, "--require-hashes", "-r", ROOT / lock], check=True, stdin=subprocess.DEVNULL)
    # The development lock contains the other one (a test holds that), so it satisfies both.
    for name in (RUN_LOCK, DEV_LOCK) if lock == DEV_LOCK else (RUN_LOCK,):
        stamp(name).write_bytes((ROOT / name).read_bytes())
    INSTALLING.unlink()


def say(message: str) -> None:
    print(f"[environment] {message}", flush=True)


def main(lock: str) -> int:
    if lock not in (RUN_LOCK, DEV_LOCK):
        print(f"environment.py: no such lock: {lock!r}; use {RUN_LOCK} or {DEV_LOCK}", file=sys.stderr)
        return 2
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "environment.lock").open("w") as guard:
        # `make run` and `make test` started together: the second waits. The system frees the lock of a killed one.
        fcntl.flock(guard, fcntl.LOCK_EX)
        if is_current(lock):
            return 0
        started = time.monotonic()
        if not usable():
            create()
        try:
            install(lock)
        except subprocess.CalledProcessError:
            INSTALLING.unlink()  # pip undoes what it could not finish; only a kill leaves rubbish
            say(
                f"pip could not install {lock}: its message stands above. Is the network reachable? Then try again."
            )
            return 1
        say(f"ready in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
