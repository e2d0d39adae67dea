"""Run as a process of its own: what a fresh web process weighs before, after its first search and after a hundred."""

import io
import json
import sys
from urllib.parse import urlencode

import django
import psutil

MEGABYTE = 1024**2


def main() -> None:
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    process = psutil.Process()
    found = {"django": django.get_version(), "started_mb": process.memory_info().rss / MEGABYTE}
    from bench.queries import asked

    queries = asked(100)
    for number, query in enumerate(queries):
        status: list[str] = []
        body = application(
            _environ(query.parameters()), lambda line, headers, status=status: status.append(line)
        )
        b"".join(body)
        if not status[0].startswith("200"):
            raise SystemExit(f"the search answered {status[0]}: {query}")
        if number == 0:
            found["first_search_mb"] = process.memory_info().rss / MEGABYTE
    found["hundred_searches_mb"] = process.memory_info().rss / MEGABYTE
    found["unique_mb"] = process.memory_full_info().uss / MEGABYTE
    json.dump(found, sys.stdout)


def _environ(parameters: dict[str, list[str]]) -> dict:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/api/v1/search",
        "QUERY_STRING": urlencode(parameters, doseq=True),
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
