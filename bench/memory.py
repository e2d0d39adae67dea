"""Run as a process of its own: what a fresh web process weighs before, after its first search and after a hundred."""

import io
import json
import os
import subprocess
import sys

import psutil

from bench.data import ROOT
from bench.tables import Goal, Report

MEGABYTE = 1024**2


def measure_memory(report: Report, goal_mb: float | None) -> None:
    """Of a process that inherits this one's environment: its database, index and SEARCH_URL."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench.memory"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # A slow moment must not be answered by the other engine: it would be weighed too.
        env=os.environ | {"SEARCH_TIMEOUT_SECONDS": "30"},
    )
    weights = json.loads(answer.stdout)
    for name, what in (
        ("started", "started"),
        ("first", "after one search"),
        ("hundred", "after 100 searches"),
    ):
        value = weights[f"{name}_mb"]
        goal = Goal(most=goal_mb, unit=" MB").verdict(value) if goal_mb and name == "hundred" else ""
        report.one(f"web process, {what}", f"{value:.0f} MB", "resident set", goal)


def main() -> None:
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    process = psutil.Process()
    found = {"started_mb": process.memory_info().rss / MEGABYTE}
    from bench.queries import asked

    for number, query in enumerate(asked(100)):
        status: list[str] = []
        body = application(
            _environ(query.query_string()), lambda line, headers, status=status: status.append(line)
        )
        answer = json.loads(b"".join(body))
        if not status[0].startswith("200") or answer["degraded"]:
            raise SystemExit(f"the search answered {status[0]}, degraded or not at all: {query}")
        if number == 0:
            found["first_mb"] = process.memory_info().rss / MEGABYTE
    found["hundred_mb"] = process.memory_info().rss / MEGABYTE
    json.dump(found, sys.stdout)


def _environ(query_string: str) -> dict:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/api/v1/search",
        "QUERY_STRING": query_string,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


if __name__ == "__main__":
    main()
