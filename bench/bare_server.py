"""What Elasticsearch alone needs for the requests our engine sends: the same bytes from a bare keep-alive client."""

import http.client
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import orjson

from bench.goals import OVER_BARE_SERVER
from bench.tables import Goal, Report, p50
from search.engine import Engine, EngineQuery

MIME = "application/vnd.elasticsearch+json; compatible-with=8"


class Wire:
    """What the engine's client sends while it is watched."""

    def __init__(self, transport) -> None:
        self._transport, self._perform = transport, transport.perform_request
        self.sent: list[tuple[str, str, bytes]] = []

    def __enter__(self) -> "Wire":
        def perform(method, target, *, body=None, headers=None, **options):
            raw = (
                b"\n".join(orjson.dumps(line) for line in body) + b"\n"
                if isinstance(body, list | tuple)
                else orjson.dumps(body)
            )
            self.sent.append((method, target, raw))
            return self._perform(method, target, body=body, headers=headers, **options)

        self._transport.perform_request = perform
        return self

    def __exit__(self, *_error) -> None:
        self._transport.perform_request = self._perform


class Bare:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def ask(self, method: str, target: str, body: bytes) -> int:
        """Bytes of the answer. Raises SystemExit when it is an error: its time would mean nothing."""
        mime = MIME if "_msearch" not in target else MIME.replace("+json", "+x-ndjson")
        self._connection.request(method, target, body, {"Content-Type": mime, "Accept": MIME})
        answer = self._connection.getresponse()
        size = len(answer.read())
        if answer.status != 200:
            raise SystemExit(f"the bare request was refused with {answer.status}: {method} {target}")
        return size

    def close(self) -> None:
        self._connection.close()


def measure_over_bare_server(
    report: Report, engine: Engine, url: str, queries: Sequence[EngineQuery]
) -> None:
    """Each query both ways, in turns; both ways were asked once before."""
    client, bare = engine._client, Bare(url)  # type: ignore[attr-defined]
    requests = []
    for query in queries:
        engine.search(query)  # what it remembers of a word is not part of the search
        with Wire(client.transport) as wire:
            engine.search(query)
        requests.append(wire.sent)
        for sent in wire.sent:
            bare.ask(*sent)
    ours, theirs, sizes = [], [], []
    for number, (query, sent) in enumerate(zip(queries, requests, strict=True)):
        for way in ("ours", "bare") if number % 2 else ("bare", "ours"):
            started = time.perf_counter()
            if way == "ours":
                engine.search(query)
                ours.append((time.perf_counter() - started) * 1000)
            else:
                sizes.append(sum(bare.ask(*one) for one in sent))
                theirs.append((time.perf_counter() - started) * 1000)
    bare.close()
    pairs = [one / other for one, other in zip(ours, theirs, strict=True)]
    several = sum(len(sent) > 1 for sent in requests)
    report.times(
        "bare server, the same requests", theirs,
        f"answers of {p50(sizes) / 1024:.0f} kB; {several} queries need more than one request",
    )  # fmt: skip
    report.times("our engine call, in turns with it", ours)
    over = p50(ours) / p50(theirs)
    report.one(
        "our call over the bare server", f"{over:.2f}", f"median of the pairs {p50(pairs):.2f}",
        Goal(most=OVER_BARE_SERVER).verdict(over),
    )  # fmt: skip
