"""The machine hook: off unless set, and LibreTranslate's protocol against a server on this machine."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured

from services.checks import machine_translation_is_there
from services.translating import machine
from services.translating.libretranslate import LibreTranslate
from services.translating.machine import MachineAnswerWrong, MachineRefused, MachineUnavailable


class FakeServer(ThreadingHTTPServer):
    """Answers as LibreTranslate does, or as `wrong` says: (status, body)."""

    wrong: tuple[int, bytes] | None = None
    location = ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[dict] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, **asked})
        answer = {"translatedText": [f"{asked['target']}: {text}" for text in asked["q"]]}
        status, body = self.server.wrong or (200, json.dumps(answer).encode())
        self.send_response(status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def server() -> Iterator[FakeServer]:
    made = FakeServer()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def test_no_machine_unless_one_is_named(settings):
    assert settings.MACHINE_TRANSLATION == ""
    assert not machine.is_on()
    with pytest.raises(ImproperlyConfigured, match="MACHINE_TRANSLATION"):
        machine.translator()


def test_a_name_that_leads_nowhere_says_so(settings):
    settings.MACHINE_TRANSLATION = "services.translating.nowhere.Machine"
    with pytest.raises(ImproperlyConfigured, match="nowhere"):
        machine.translator()


def test_a_wrong_setting_is_told_before_anybody_needs_it(settings):
    assert machine_translation_is_there(None) == []
    settings.MACHINE_TRANSLATION = "services.translating.libretranslate.LibreTranslate"
    [error] = machine_translation_is_there(None)
    assert error.id == "services.E001"
    assert "MACHINE_TRANSLATION_URL" in error.msg
    settings.MACHINE_TRANSLATION_URL = "https://translate.example.org"
    assert machine_translation_is_there(None) == []


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://example.org", "localhost"])
def test_an_address_that_is_none_says_so(url, settings):
    settings.MACHINE_TRANSLATION_URL = url
    with pytest.raises(ImproperlyConfigured, match="MACHINE_TRANSLATION_URL"):
        LibreTranslate()


def test_it_speaks_libretranslate(server, settings):
    settings.MACHINE_TRANSLATION = "services.translating.libretranslate.LibreTranslate"
    settings.MACHINE_TRANSLATION_URL, settings.MACHINE_TRANSLATION_KEY = server.url, "secret"
    found = machine.translated(machine.translator(), {"name": "Aide", "summary": "De l'aide"}, "fr", "nl")
    assert found == {"name": "nl: Aide", "summary": "nl: De l'aide"}
    assert server.asked == [
        {
            "path": "/translate",
            "q": ["Aide", "De l'aide"],
            "source": "fr",
            "target": "nl",
            "format": "text",
            "api_key": "secret",
        }
    ]
    assert machine.translator().translate([], "fr", "nl") == []
    assert len(server.asked) == 1, "nothing is asked for nothing"


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ((500, b"oops"), MachineUnavailable),
        ((503, b""), MachineUnavailable),
        ((400, b'{"error": "xx is not supported"}'), MachineRefused),
        ((403, b'{"error": "Invalid API key"}'), MachineRefused),
        ((429, b""), MachineRefused),
        ((302, b""), MachineRefused),
        ((200, b"<html>"), MachineAnswerWrong),
        ((200, b'{"translatedText": "one"}'), MachineAnswerWrong),
        ((200, b'{"translatedText": []}'), MachineAnswerWrong),
        ((200, b'{"translatedText": [1]}'), MachineAnswerWrong),
        ((200, b"[]"), MachineAnswerWrong),
        ((200, b'"' + b"x" * (5 * 1024 * 1024 + 1)), MachineAnswerWrong),
    ],
)
def test_errors_by_their_cause(server, wrong, error):
    server.wrong = wrong
    if wrong[0] == 302:
        server.location = "http://127.0.0.1:1/elsewhere"
    with pytest.raises(error):
        LibreTranslate(server.url, "secret", 5).translate(["Aide"], "fr", "nl")


def test_a_server_that_is_not_there(server):
    url = server.url
    server.shutdown()
    server.server_close()
    with pytest.raises(MachineUnavailable, match="does not answer"):
        LibreTranslate(url, "", 2).translate(["Aide"], "fr", "nl")
