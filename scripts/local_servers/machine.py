"""What both servers need of the machine: places to keep things, a user that is not root, processes, waiting."""

import os
import pwd
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

NAME = "social-health-directory"
SERVICE_USER = "shd-services"  # both servers refuse to run as root; made when root starts them


class ServerError(Exception):
    """A server could not be obtained, started or stopped; the message says what to do."""


def is_root() -> bool:
    return os.geteuid() == 0


def cache_dir() -> Path:
    """Where downloads are kept between checkouts. Root's home is closed to the service user, hence /var."""
    if is_root():
        return Path("/var/cache") / NAME
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / NAME


def state_dir(server: str, port: int) -> Path:
    """Where one server keeps its data and logs: outside the checkout, which other users may be unable to enter."""
    if is_root():
        return Path("/var/lib") / NAME / f"{server}-{port}"
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / NAME / f"{server}-{port}"


def own(folder: Path) -> Path:
    """Creates the folder, and gives it and all it holds to whoever runs the servers."""
    folder.mkdir(parents=True, exist_ok=True)
    if is_root():
        ensure_service_user()
        owner = pwd.getpwnam(SERVICE_USER)
        for place in (folder, *folder.rglob("*")):
            os.lchown(
                place, owner.pw_uid, owner.pw_gid
            )  # never through a link that the service user put there
    return folder


def ensure_service_user() -> None:
    if subprocess.run(["id", "-u", SERVICE_USER], capture_output=True, check=False).returncode == 0:
        return
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/sh", SERVICE_USER]
    try:
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ServerError(
            "root cannot run these servers, and useradd is missing: run this as another user"
        ) from None
    if made.returncode != 0:
        raise ServerError(f"could not make the user {SERVICE_USER}: {made.stderr.strip()}")


def as_service_user() -> dict[str, Any]:
    """Arguments for subprocess that drop root's rights; nothing when there are none to drop."""
    if not is_root():
        return {}
    ensure_service_user()
    return {"user": SERVICE_USER, "group": SERVICE_USER, "extra_groups": []}


def run(command: Sequence[str | Path], *, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Runs a command as the service user and returns what it printed; raises ServerError with its words."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **as_service_user(),
    )
    if done.returncode != 0:
        raise ServerError(f"{' '.join(map(str, command))} failed:\n{done.stdout.strip()}")
    return done.stdout


def port_is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def process_command(pid: int) -> str:
    """The command line of a process, empty when there is none: a pid file may outlive its process."""
    shown = subprocess.run(
        ["ps", "-ww", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def wait_until(
    ready: Callable[[], bool], *, seconds: float, what: str, log: Path, alive: Callable[[], bool]
) -> None:
    """Polls until ready; when time is up or the process is gone, raises ServerError with the end of its log."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not alive():
            raise ServerError(f"{what} stopped while starting. The end of {log}:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise ServerError(f"{what} was not ready after {seconds:.0f} s. The end of {log}:\n{tail(log)}")
        time.sleep(0.25)


def tail(log: Path, lines: int = 40) -> str:
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def say(message: str) -> None:
    print(f"[services] {message}", flush=True)
