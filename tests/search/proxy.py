"""A local TCP proxy before a real server, which can be made to refuse, to be slow or to answer errors."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

ERROR = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class Proxy:
    """`url` leads to `target`. `mode`: "pass", "refuse", "slow" (says nothing) or "error" (HTTP 503)."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._mode = "pass"
        self._open: set[socket.socket] = set()
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def mode(self) -> str:
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        """From now on, for connections that are open as well: those are cut."""
        self._mode = mode
        for one in list(self._open):
            self._cut(one)

    def close(self) -> None:
        self.mode = "refuse"
        self._listener.close()

    def _cut(self, one: socket.socket) -> None:
        self._open.discard(one)
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(client)
            if self._mode == "refuse":
                self._cut(client)
            elif self._mode == "error":
                threading.Thread(target=self._refuse_politely, args=(client,), daemon=True).start()
            elif self._mode == "pass":
                server = socket.create_connection(self._target)
                self._open.add(server)
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _refuse_politely(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            client.recv(65536)
            client.sendall(ERROR)
        self._cut(client)

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        self._cut(one)
        self._cut(other)
