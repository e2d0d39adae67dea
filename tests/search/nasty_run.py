"""Asks the site nasty queries through API, completion and page, and looks for what must not be in an answer."""

import re
import time
from collections import Counter

import pytest
from django.test import Client

from tests.conftest import servers_are_required

from .nasty import TAG, query_string

# All of them where every server is required (CI, make test-all), else enough to notice a break.
QUERIES = 10_000 if servers_are_required() else 600
# The page costs seven times as much as the API, and asks the engine the same: every so many.
PAGES = 10
ENGINES_OWN_WORDS = re.compile(
    rb"Traceback|root_cause|_exception|Exception:|too_many_clauses|painless|tantivy|SyntaxError|UnicodeEncodeError"
    rb"|elastic_transport|elasticsearch\.(?!org)|Lucene|field=_|TransportError|OperationalError"
)
LANGUAGES = ("fr", "nl", "en", "de")


def ask_all(client: Client, engine: str, start: int) -> None:
    """Half of QUERIES, from this one on; `engine` has to answer all of them itself."""
    client.raise_request_exception = False
    statuses: Counter[tuple[str, int]] = Counter()
    wrong: list[str] = []
    slowest, begun = (0.0, ""), time.monotonic()
    for number in range(start, start + QUERIES // 2):
        asked = query_string(number)
        paths = ["/api/v1/search", "/api/v1/suggest"]
        if number % PAGES == 0:
            paths.append(f"/{LANGUAGES[number // PAGES % 4]}/search/")
        for path in paths:
            started = time.monotonic()
            answer = client.get(f"{path}?{asked}")
            slowest = max(slowest, (time.monotonic() - started, f"{path}?{asked}"))
            statuses[path.replace(f"/{path[1:3]}/search/", "page"), answer.status_code] += 1
            if answer.status_code not in (200, 400):
                wrong.append(f"{answer.status_code} {path}?{asked}")
            elif found := ENGINES_OWN_WORDS.search(answer.content):
                wrong.append(f"{found[0]!r} in {path}?{asked}")
            elif path.endswith("/search/") and TAG.encode() in answer.content:
                wrong.append(f"the tag as typed in {path}?{asked}")
            elif path == "/api/v1/search" and answer.status_code == 200:
                told = answer.json()
                if (told["engine"], told["degraded"]) != (engine, False):
                    wrong.append(f"answered by {told['engine']}: {path}?{asked}")
    print(
        f"{engine}: {dict(statuses)} in {time.monotonic() - begun:.0f} s; slowest {slowest[0]:.2f} s: {slowest[1][:200]}"
    )
    assert wrong == []
    assert statuses["/api/v1/search", 200] > QUERIES / 4, "most of them are searches, not refused parameters"
    assert slowest[0] < 10.0


HALVES = pytest.mark.parametrize("start", [0, QUERIES // 2], ids=["first half", "second half"])
