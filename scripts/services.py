"""Starts, stops and shows the real servers for local work: scripts/services.py start|stop|status [NAME …].

Writes var/services/env (DATABASE_URL=…, SEARCH_URL=…) for the tests and for `env $(cat var/services/env) make run`.
"""

import argparse
import os
import sys
from pathlib import Path

from local_servers import elasticsearch, postgres
from local_servers.machine import ServerError, say, state_dir

NOTES = Path(__file__).resolve().parents[1] / "var" / "services"
SERVERS = {"postgres": postgres, "elasticsearch": elasticsearch}
VARIABLES = {"postgres": "DATABASE_URL", "elasticsearch": "SEARCH_URL"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=("start", "stop", "status"))
    parser.add_argument("names", nargs="*", help=f"which: {', '.join(SERVERS)}; all by default")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in SERVERS]:
        parser.error(f"no such server: {', '.join(unknown)}; there are {', '.join(SERVERS)}")
    os.umask(0o022)  # the service user must be able to read what root unpacks
    failed = False
    for name in asked.names or SERVERS:
        try:
            say(VERBS[asked.verb](name))
        except ServerError as error:
            failed = True
            say(f"{name}: {error}")
    return 1 if failed else 0


def start(name: str) -> str:
    done = SERVERS[name].start()
    remember({**remembered(), VARIABLES[name]: SERVERS[name].URL})
    (NOTES / f"{name}.place").write_text(f"{state_dir(name, SERVERS[name].PORT)}\n")
    return done


def stop(name: str) -> str:
    done = SERVERS[name].stop()
    remember({key: value for key, value in remembered().items() if key != VARIABLES[name]})
    return done


def status(name: str) -> str:
    server = SERVERS[name]
    alive = server.answers()
    place = state_dir(name, server.PORT)
    return f"{name}: {'running at ' + server.URL if alive else 'not running'} (data and logs: {place})"


VERBS = {"start": start, "stop": stop, "status": status}


def remembered() -> dict[str, str]:
    try:
        lines = (NOTES / "env").read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def remember(urls: dict[str, str]) -> None:
    NOTES.mkdir(parents=True, exist_ok=True)
    (NOTES / "env").write_text("".join(f"{key}={value}\n" for key, value in sorted(urls.items())))


if __name__ == "__main__":
    sys.exit(main())
