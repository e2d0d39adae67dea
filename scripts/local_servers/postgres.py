"""A real PostgreSQL on this machine, from the system's own binaries: own data folder, own port, this machine only."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from local_servers.machine import ServerError, own, port_is_taken, run, say, state_dir, tail

PORT = int(os.environ.get("PG_PORT", "5450"))
USER = DATABASE = "directory"
URL = f"postgres://{USER}@127.0.0.1:{PORT}/{DATABASE}"
MAINTENANCE_URL = f"postgres://{USER}@127.0.0.1:{PORT}/postgres"
START_SECONDS = 60
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=''",
    # Data for tests: speed over safety.
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
)
# Where systems keep the server's programs, which they seldom put on PATH.
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def start() -> str:
    """Starts the server unless it runs, and makes its database; returns a line for people. Raises ServerError."""
    if answers():
        done = f"PostgreSQL already runs at {URL}"
    elif port_is_taken(PORT):
        raise ServerError(
            f"port {PORT} is used by something that is not our PostgreSQL: set PG_PORT to another"
        )
    else:
        done = launch()
    ensure_database()
    return done


def launch() -> str:
    programs = binaries()
    state = own(state_dir("postgres", PORT))
    data = initialise(programs, state)
    started = time.monotonic()
    log = state / "server.log"
    options = " ".join(f"-c {setting}" for setting in (f"port={PORT}", *SETTINGS))
    command: list[str | Path] = [programs / "pg_ctl", "start", "-D", data, "-l", log, "-o", options]
    try:
        run([*command, "-w", "-t", str(START_SECONDS)], cwd=state)
    except ServerError as error:
        raise ServerError(f"{error}\nThe end of {log}:\n{tail(log)}") from None
    return f"PostgreSQL {major(programs)} started at {URL} in {time.monotonic() - started:.1f} s (log: {log})"


def stop() -> str:
    """Stops our server if it runs; returns a line for people."""
    state = state_dir("postgres", PORT)
    running = [file.parent for file in state.glob("data-*/postmaster.pid")]
    if not answers() or not running:
        return "PostgreSQL is not running"
    run([binaries() / "pg_ctl", "stop", "-D", running[0], "-m", "fast", "-w"], cwd=state)
    return "PostgreSQL stopped"


def answers() -> bool:
    """True if a server lets our user in: the one of this file, or the one of compose.yaml."""
    try:
        psycopg.connect(MAINTENANCE_URL, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_database() -> None:
    """A kill may have come between the server's start and this; so each start looks again."""
    with psycopg.connect(MAINTENANCE_URL, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def initialise(programs: Path, state: Path) -> Path:
    """The data folder of this major version, made beside its place and then renamed: a kill leaves no half of one."""
    data = state / f"data-{major(programs)}"
    if data.exists():
        return data
    say(f"making a PostgreSQL data folder in {data}")
    part = state / "data.part"
    for locale in ("C.UTF-8", "en_US.UTF-8"):  # upper and lower case of é, ü … need a UTF-8 locale
        shutil.rmtree(part, ignore_errors=True)
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            part,
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            f"--locale={locale}",
        ]
        try:
            run([*command, "--no-sync"], cwd=state)
        except ServerError as error:
            failure = error
            continue
        part.rename(data)
        return data
    raise failure


def binaries() -> Path:
    """The folder of initdb and pg_ctl, the newest first; else ServerError."""
    folders = [folder for pattern in FOLDERS for folder in Path("/").glob(pattern[1:])]
    folders.sort(key=_version_in_path, reverse=True)
    if on_path := shutil.which("pg_ctl"):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise ServerError(
        "PostgreSQL's server programs are missing: install them (Debian, Ubuntu: apt install postgresql; macOS: "
        "brew install postgresql@15) or use compose.yaml with Docker"
    )


def major(programs: Path) -> str:
    shown = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    return shown.stdout.split()[2].split(".")[0]


def _version_in_path(folder: Path) -> int:
    """15 for /usr/lib/postgresql/15/bin; compared as numbers, since "9" > "15" as text."""
    return max(map(int, re.findall(r"\d+", str(folder))), default=0)
