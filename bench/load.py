"""python -m bench.load: the API under load beside a view with constant JSON, same server, same middleware, in turns.

Starts gunicorn as in production on generated listings and asks it with wrk, a program of its own (apt install wrk).
Both share this machine's cores with the server. Prints a table in Markdown.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bench import data, goals
from bench.starting import conditions, own_folder, say, show, start_django
from bench.tables import Goal, markdown, p50

LUA = Path(__file__).with_name("load.lua")
QUERIES = 400
WARM_UP_SECONDS = 5
API, CONSTANT = "GET /api/v1/search", "a view with constant JSON"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")


@dataclass(frozen=True)
class Round:
    """`rps` requests a second, latencies in milliseconds, `bad` what wrk says went wrong."""

    rps: float
    p50: float
    p99: float
    bad: str


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--listings", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--threads", type=int, default=1, help="of a worker; 1: gunicorn's sync workers")
    arguments.add_argument("--connections", type=int, default=8)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=5, help="of a round")
    chosen = arguments.parse_args()
    if shutil.which("wrk") is None:
        show("The load was not measured: wrk is missing (apt install wrk).")
        return
    with own_folder() as folder:
        start_django()
        data.generated(chosen.listings, chosen.seed, say)
        paths = _prepare(folder)
        with served(chosen.workers, chosen.threads, folder) as address:
            rounds = _rounds(address, paths, chosen)
    _tell(rounds, chosen)


def _prepare(folder: Path) -> dict[str, Path]:
    """Builds the index; what to ask, as files for wrk."""
    from django.db import connections

    from bench.queries import asked
    from search import engines, indexing

    indexing.rebuild(engines.embedded_engine())
    searches = [f"/api/v1/search?{query.query_string()}" for query in asked(QUERIES)]
    connections.close_all()
    files = {API: folder / "searches", CONSTANT: folder / "constant"}
    files[API].write_text("\n".join(searches) + "\n")
    files[CONSTANT].write_text("/api/v1/constant\n")
    return files


@contextmanager
def served(workers: int, threads: int, folder: Path) -> Iterator[str]:
    """The address of the site as production serves it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "directory_site.wsgi", "--bind", f"127.0.0.1:{port}",
            "--workers", str(workers), "--threads", str(threads), "--no-control-socket",
        ],
        cwd=data.ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "bench.load_settings"},
        stdout=log,
        stderr=log,
    )  # fmt: skip
    (folder / "pid").write_text(str(server.pid))
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(server, f"{address}/api/v1/constant", folder / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _wait(server: subprocess.Popen, url: str, log: Path, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=10).close()  # noqa: S310 (our own address)
            return
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{url} answered {error.code}:\n{log.read_text()}") from None
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"the server did not start:\n{log.read_text()}")


def _rounds(address: str, paths: dict[str, Path], chosen: argparse.Namespace) -> dict[str, list[Round]]:
    for file in paths.values():
        _wrk(address, file, chosen.connections, WARM_UP_SECONDS)
    found: dict[str, list[Round]] = {what: [] for what in paths}
    for number in range(chosen.rounds):
        say(f"round {number + 1} of {chosen.rounds} …")
        for what in reversed(paths) if number % 2 else paths:
            found[what].append(_wrk(address, paths[what], chosen.connections, chosen.seconds))
    return found


def _wrk(address: str, file: Path, connections: int, seconds: int) -> Round:
    said = subprocess.run(
        [
            "wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--latency",
            "--timeout", "10s", "--script", str(LUA), address, "--", str(file),
        ],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return Round(
        rps=float(_found(r"Requests/sec:\s+([\d.]+)", said)[0]),
        p50=_milliseconds(said, "50%"),
        p99=_milliseconds(said, "99%"),
        bad="; ".join(match[0] for match in _BAD.finditer(said)),
    )


def _found(pattern: str, said: str) -> tuple[str, ...]:
    match = re.search(pattern, said)
    if match is None:
        raise SystemExit(f"wrk said something else than expected:\n{said}")
    return match.groups()


def _milliseconds(said: str, share: str) -> float:
    value, unit = _found(rf"\s{share}\s+([\d.]+)(us|ms|s|m)\b", said)
    return float(value) * _UNITS[unit]


def _tell(rounds: dict[str, list[Round]], chosen: argparse.Namespace) -> None:
    show(
        f"## Load: {chosen.listings:,} listings, gunicorn with {chosen.workers} workers of {chosen.threads} threads, "
        f"wrk with {chosen.connections} connections, {chosen.rounds} rounds of {chosen.seconds} s in turns\n"
    )
    rows = []
    for what, several in rounds.items():
        bad = "; ".join(one.bad for one in several if one.bad)
        rows.append(
            (
                what,
                f"{p50([one.rps for one in several]):.0f}",
                f"{min(one.rps for one in several):.0f} to {max(one.rps for one in several):.0f}",
                f"{p50([one.p50 for one in several]):.1f} ms",
                f"{p50([one.p99 for one in several]):.1f} ms",
                bad or "none",
            )
        )
    show(markdown(("", "requests/s", "in the rounds", "p50", "p99", "errors"), rows, words=(0, 5)))
    ratio = p50([ours.rps / other.rps for ours, other in zip(rounds[API], rounds[CONSTANT], strict=True)])
    p99 = p50([one.p99 for one in rounds[API]])
    goal = markdown(
        ("measure", "value", "goal"),
        [
            (
                "searches a second, of those of the constant view (median of the rounds)",
                f"{ratio:.2f}",
                Goal(least=goals.OF_CONSTANT_VIEW).verdict(ratio),
            ),
            ("p99 of a search", f"{p99:.1f} ms", Goal(most=goals.LOAD_P99_MS, unit=" ms").verdict(p99)),
        ],
        words=(0, 2),
    )
    wrk = subprocess.run(["wrk", "--version"], capture_output=True, text=True).stdout.split(" [")[0]
    show(f"\n{goal}\n\n{conditions('gunicorn ' + version('gunicorn'), wrk.strip())}\n")


if __name__ == "__main__":
    main()
