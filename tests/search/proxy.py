"""A local TCP proxy before a real server, which can be made to be gone, to refuse, to be slow or to answer errors."""

import contextlib
import socket
import threading
import time
from urllib.parse import urlsplit

BODIES = {
    "error": (b"503 Service Unavailable", b"{}"),
    "failing": (b"500 Internal Server Error", b'{"error":{"type":"null_pointer_exception"},"status":500}'),
    "overloaded": (b"429 Too Many Requests", b'{"error":{"type":"circuit_breaking_exception"},"status":429}'),
    "garbage": (b"200 OK", b'<html>\x00\xff{"hits": [[['),
}


class Proxy:
    """`url` leads to `target`. `mode`:

    "pass", "stopped" (nobody listens), "refuse" (connections are cut), "slow" (says nothing), "late" (answers after
    five seconds), or one of BODIES (that answer to everything). `delay_seconds`: before each answer that passes.
    `connections` and `questions` count what has come in since the start.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._address = self._listener.getsockname()
        self.url = f"http://127.0.0.1:{self._address[1]}"
        self._mode = "pass"
        self._open: set[socket.socket] = set()
        self.connections = self.questions = 0
        self.delay_seconds = 0.0
        self._listen()

    @property
    def mode(self) -> str:
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        """From now on, for connections that are open as well: those are cut."""
        was, self._mode = self._mode, mode
        if mode == "stopped":
            self._stop_listening()
        elif was == "stopped":
            self._listener = socket.create_server(self._address)
            self._listen()
        for one in list(self._open):
            self._cut(one)

    def close(self) -> None:
        self.mode = "stopped"

    def _stop_listening(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self._listener.close()

    def _listen(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _cut(self, one: socket.socket) -> None:
        self._open.discard(one)
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(client)
            if self._mode == "refuse":
                self._cut(client)
            elif self._mode in BODIES:
                threading.Thread(target=self._answer, args=(client, self._mode), daemon=True).start()
            elif self._mode in ("pass", "late"):
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket, mode: str) -> None:
        status, body = BODIES[mode]
        with contextlib.suppress(OSError):
            client.recv(65536)
            self.questions += 1
            client.sendall(
                b"HTTP/1.1 " + status + b"\r\nX-Elastic-Product: Elasticsearch\r\n"
                b"Content-Type: application/json\r\nConnection: close\r\n"
                b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
            )
        self._cut(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target)
        except OSError:
            self._cut(client)
            return
        self._open.add(server)
        threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
        self._pump(server, client, True)

    def _pump(self, one: socket.socket, other: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                if answers and (wait := 5.0 if self._mode == "late" else self.delay_seconds):
                    time.sleep(wait)
                if not answers:
                    self.questions += 1
                other.sendall(data)
        self._cut(one)
        self._cut(other)
