"""The system's Chromium runs our kind of page: scripts, forms, languages, a small screen, no call elsewhere."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

PAGE = """<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width"><title>Essai</title>
<link rel="icon" href="data:,">
<form action="/"><label>Mots <input name="q" value="{words}"></label><button>Chercher</button></form>
<output>{words}</output><p id="script">sans script</p>
<script>document.getElementById("script").textContent = "avec script";</script></html>"""


class Echo(BaseHTTPRequestHandler):
    """Answers a page that repeats ?q=."""

    def do_GET(self) -> None:
        words = parse_qs(urlsplit(self.path).query).get("q", [""])[0]
        body = PAGE.replace("{words}", words).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Says nothing: pytest's output is for people."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_form_is_filled_in_by_keyboard_and_sent(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_label("Mots").press_sequentially("épicerie")
    page.keyboard.press("Enter")
    expect(page.locator("output")).to_have_text("épicerie")
    expect(page.locator("#script")).to_have_text("avec script")
    assert page.evaluate("navigator.language") == "fr-BE"


def test_a_page_can_be_seen_without_scripts_on_a_small_screen(chromium: Browser, site: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    try:
        tab = context.new_page()
        tab.goto(site)
        expect(tab.locator("#script")).to_have_text("sans script")
        assert tab.screenshot().startswith(b"\x89PNG")
    finally:
        context.close()
