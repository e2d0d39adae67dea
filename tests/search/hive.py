"""Several web processes as a server forks them, for tests: each answers on a socket of its own, and a killed one is
replaced. Run as `python -m tests.search.hive FOLDER COUNT` with the site's environment; `Hive` is the test's end."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
ANSWER_SECONDS = 60.0


class Died(Exception):
    """The process ended in the middle of an answer."""


class Hive:
    """`ask(number, "get", path=…)` and so on; see `Worker` for what can be asked."""

    def __init__(self, folder: Path, count: int, environment: dict[str, str]) -> None:
        self.folder, self.count = folder, count
        self.log = (folder / "hive.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.search.hive", str(folder), str(count)],
            cwd=ROOT,
            env=environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def begin(self) -> "Hive":
        """Serve a first request everywhere: it starts the follower."""
        for number in range(self.count):
            assert self.ask(number, "get", path="/api/v1/search?q=bonjour")["status"] == 200, self.told()
        return self

    def ask(self, number: int, do: str, **values) -> dict:
        """Raises Died when the worker was killed before it answered."""
        with self._connected(number) as connection, connection.makefile("rw") as stream:
            try:
                stream.write(json.dumps({"do": do, **values}) + "\n")
                stream.flush()
                line = stream.readline()
            except OSError as error:
                raise Died from error
        if not line:
            raise Died
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer

    def all(self, do: str, **values) -> list[dict]:
        """The answers of all workers to one question put to them at once."""
        answers: list = [None] * self.count

        def ask(number: int) -> None:
            answers[number] = self.ask(number, do, **values)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(self.count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert None not in answers, self.told()
        return answers

    def start(self, number: int, do: str, **values) -> None:
        """Ask without waiting for an answer."""
        threading.Thread(target=self._ask_and_forget, args=(number, do, values), daemon=True).start()

    def _ask_and_forget(self, number: int, do: str, values: dict) -> None:
        try:
            self.ask(number, do, **values)
        except Died:
            pass

    def kill(self, number: int) -> None:
        """kill -9; the next question to this number waits for its successor."""
        os.kill(self.ask(number, "pid")["pid"], signal.SIGKILL)

    def told(self) -> str:
        return (self.folder / "hive.log").read_text(errors="replace")

    def stop(self) -> float:
        """As a server is stopped; the seconds it took."""
        started = time.monotonic()
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        return time.monotonic() - started

    def destroy(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()

    def _connected(self, number: int) -> socket.socket:
        deadline = time.monotonic() + START_SECONDS
        while True:
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(ANSWER_SECONDS)
            try:
                connection.connect(str(self.folder / f"{number}.sock"))
                return connection
            except OSError:
                connection.close()
                assert self.process.poll() is None, self.told()
                assert time.monotonic() < deadline, f"worker {number} does not answer:\n{self.told()}"
                time.sleep(0.05)


class Worker:
    """One web process: answers one question at a time, and has the site's threads beside."""

    def __init__(self, application: Callable) -> None:
        self.application = application

    def serve(self, listening: socket.socket) -> None:
        while True:
            connection, _address = listening.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        from django.db import connections

        with connection, connection.makefile("rw") as stream:
            for line in stream:
                values = json.loads(line)
                try:
                    answer = getattr(self, values.pop("do"))(**values)
                except Exception as error:
                    answer = {"error": f"{type(error).__name__}: {error}"}
                stream.write(json.dumps(answer) + "\n")
                stream.flush()
        connections.close_all()

    def pid(self) -> dict:
        return {"pid": os.getpid()}

    def get(self, path: str) -> dict:
        """A request through the site's own WSGI application."""
        told: dict = {}
        address, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
        }

        def start_response(status: str, headers: list[tuple[str, str]], *_error) -> None:
            told.update(status=int(status[:3]), type=dict(headers).get("Content-Type", ""))

        response = self.application(environ, start_response)
        body = b"".join(response).decode()
        response.close()
        return {**told, "body": json.loads(body) if "json" in told["type"] else None}

    def wait_for(self, q: str, seconds: float = 20.0) -> dict:
        """When (time.monotonic) a search finds something, asked every 20 ms."""
        from search import engines
        from search.engine import EngineQuery
        from search.query.reading import query_words

        query, until = EngineQuery(words=query_words(q)), time.monotonic() + seconds
        while not engines.main().search(query).total:
            if time.monotonic() > until:
                return {"at": None}
            time.sleep(0.02)
        return {"at": time.monotonic()}

    def edit(self, pk: int, name: str) -> dict:
        """Save a service like a form would; how long it took (s) and when it was committed."""
        from services.models import Service

        service = Service.objects.get(pk=pk)
        service.name_fr = name
        started = time.monotonic()
        service.save()
        return {"seconds": time.monotonic() - started, "at": time.monotonic()}

    def edit_for_ever(self, pks: list[int]) -> dict:
        number = 0
        while True:
            number += 1
            self.edit(pks[number % len(pks)], f"Étape {os.getpid()} {number}")

    def rebuild_for_ever(self) -> dict:
        from search import engines, indexing
        from search.engine import IndexBusy

        while True:
            try:
                indexing.rebuild(engines.embedded_engine())
            except IndexBusy:
                pass

    def rebuild(self) -> dict:
        from search import engines, indexing

        return {"documents": indexing.rebuild(engines.embedded_engine())}

    def compare(self, seconds: float = 15.0) -> dict:
        """Index and database as they are once the index has reached the head of the log."""
        from django.conf import settings

        from search import indexing
        from search.engine import EngineError, EngineQuery
        from search.engines.embedded import EmbeddedEngine
        from services import selectors

        until = time.monotonic() + seconds
        cursor, indexed, rows = -1, {}, []
        while time.monotonic() < until:
            engine = EmbeddedEngine(settings.SEARCH_INDEX_DIR)
            try:
                cursor = engine.cursor()
                if cursor == indexing.head():
                    hits = engine.search(EngineQuery(limit=10_000, professional=True)).hits
                    indexed = {str(hit.pk): hit.card["name"]["fr"] for hit in hits}
                    rows = [pk for pk, _version in engine.versions()]
                    break
            except (EngineError, ValueError, OSError):
                pass
            time.sleep(0.05)
        listed = {str(pk): name for pk, name in selectors.listed().values_list("pk", "name_fr")}
        return {
            "at_head": cursor == indexing.head(),
            "missing": sorted(set(listed) - set(indexed)),
            "extra": sorted(set(indexed) - set(listed)),
            "old": sorted(pk for pk, name in indexed.items() if listed.get(pk) != name),
            "doubled": len(rows) - len(set(rows)),
        }


def _main(folder: Path, count: int) -> None:
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    listening = []
    for number in range(count):
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(str(folder / f"{number}.sock"))
        sock.listen(64)
        listening.append(sock)
    workers: dict[int, int] = {}

    def stop(*_signal) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        for pid in workers:
            os.kill(pid, signal.SIGTERM)
        for pid in list(workers):
            os.waitpid(pid, 0)
        os._exit(0)

    def fork(number: int) -> None:
        pid = os.fork()
        if pid:
            workers[pid] = number
            return
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))  # at exit the follower ends its work
        Worker(application).serve(listening[number])

    for number in range(count):
        fork(number)
    parent = os.getppid()
    signal.signal(signal.SIGTERM, stop)
    # A test that was killed could not stop us.
    signal.signal(signal.SIGALRM, lambda *_signal: stop() if os.getppid() != parent else None)
    signal.setitimer(signal.ITIMER_REAL, 2.0, 2.0)
    while True:
        pid, status = os.wait()
        number = workers.pop(pid)
        print(f"worker {number} ended with {status}", flush=True)
        fork(number)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
