"""The desk in a real browser: a whole call by keyboard, a browser that is killed, nothing left in its storage."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.services.test_form_in_a_browser import Victim

KEY_GROUPS = 12


@pytest.fixture
def victim(chromium: Browser, tmp_path: Path) -> Iterator[Victim]:
    made = Victim(chromium, tmp_path / "profile")
    yield made
    made.kill()


def sign_in(page: Page, site: str, name: str = "agent") -> None:
    page.goto(f"{site}/admin/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", f"demo-{name}")
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{site}/desk/")


class Keyboard:
    """Counts key groups: one uninterrupted word or number, or one command key."""

    def __init__(self, page: Page) -> None:
        self._page, self.groups = page, 0

    def type(self, text: str) -> None:
        self.groups += 1
        self._page.keyboard.type(text, delay=15)

    def press(self, key: str) -> None:
        self.groups += 1
        self._page.keyboard.press(key)


def test_the_common_call_without_a_mouse_in_twelve_key_groups(page: Page, running_site: str):
    sign_in(page, running_site)
    keys, said = Keyboard(page), page.locator("[data-said]")
    keys.press("c")
    expect(page.locator("#q")).to_be_focused()
    keys.type("colis alimentaire")
    expect(page.locator("[data-row]").first).to_be_visible()
    keys.press("Enter")
    expect(page.locator("[name=service]").first).to_be_focused()
    keys.press("o")
    expect(page.locator("[data-panel=given] li")).to_have_count(1)
    keys.press("w")
    keys.type("0470 98 76 54")
    keys.press("Enter")
    expect(page.locator("[data-new-person]")).to_be_focused()
    keys.press("Enter")
    expect(page.locator(".person b")).to_be_visible()
    keys.press("r")
    keys.press("1")
    expect(page.locator("[data-panel=call_back] .set")).to_be_visible()
    expect(said).not_to_be_empty()
    keys.press("Control+Enter")
    page.wait_for_url(f"{running_site}/desk/")
    assert keys.groups <= KEY_GROUPS, keys.groups


def test_a_killed_browser_loses_nothing_that_was_saved_as_it_was_typed_and_kept_nothing(
    victim: Victim, page: Page, running_site: str
):
    theirs = victim.page
    sign_in(theirs, running_site, "agent2")
    theirs.evaluate("localStorage.clear(), sessionStorage.clear()")  # what the admin's first page left
    theirs.keyboard.press("c")
    expect(theirs.locator("#q")).to_be_focused()
    address = theirs.url
    theirs.fill("#place", "1080")
    theirs.click("#note")
    with victim.saves("/keep/", "fort."):
        theirs.keyboard.type("Elle entend mal, parler fort.", delay=15)
    kept = theirs.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
    )
    assert kept == [0, 0, 0]
    assert "?" not in theirs.url
    victim.kill()
    sign_in(page, running_site, "agent2")
    page.goto(address)
    assert page.input_value("#note") == "Elle entend mal, parler fort."
    assert page.input_value("#place") == "1080"


def test_who_types_on_is_saved_within_five_seconds(page: Page, running_site: str):
    """By the page's own clock, which only this test moves: how fast the machine is does not matter."""
    sign_in(page, running_site)
    page.keyboard.press("c")
    expect(page.locator("#q")).to_be_focused()
    page.clock.install()
    page.reload()
    page.wait_for_function("document.querySelector('[data-kept]')")
    page.wait_for_load_state("load")
    page.click("#note")
    page.clock.pause_at(datetime.now() + timedelta(hours=1))  # noqa: DTZ005  (the browser's clock)
    with page.expect_request(lambda asked: asked.url.endswith("/keep/")):
        for _half_second in range(10):  # never silent for long
            page.keyboard.type("a")
            page.clock.run_for(500)
    expect(page.locator("[name=version]")).to_have_value("2")
    page.keyboard.type(" et fin")
    with page.expect_request(lambda asked: "fin" in (asked.post_data or "")):
        page.clock.run_for(2000)  # and within two when nobody types


def test_two_windows_of_one_call_are_told_of_each_other(page: Page, running_site: str):
    sign_in(page, running_site)
    page.keyboard.press("c")
    expect(page.locator("#q")).to_be_focused()
    second = page.context.new_page()
    second.goto(page.url)
    second.fill("#note", "de la seconde")
    expect(second.locator("[name=version]")).to_have_value("2")
    page.fill("#note", "de la première")
    expect(page.locator("[data-conflict]")).to_be_visible()
    assert page.input_value("#note") == "de la première"
    page.click("[data-keep-mine]")
    expect(page.locator("[name=version]")).to_have_value("3")
    second.reload()
    assert second.input_value("#note") == "de la première"
    second.close()


def test_letters_are_letters_in_a_field_and_the_keys_are_listed(page: Page, running_site: str):
    sign_in(page, running_site)
    page.keyboard.press("c")
    expect(page.locator("#q")).to_be_focused()
    page.wait_for_load_state()  # the browser's own autofocus comes before our keys
    page.keyboard.type("corps")
    assert page.input_value("#q") == "corps"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("[data-keys]")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.locator("#place")).to_be_focused()


def test_the_other_pages_list_their_keys_and_lead_to_a_call(page: Page, running_site: str):
    sign_in(page, running_site)
    keys = page.locator("dialog[data-keys]")
    for path, shown in (("", ["w", "c", "e", "Esc"]), ("day/", ["w", "c", "Esc"])):
        page.goto(f"{running_site}/desk/{path}")
        page.keyboard.press("?")
        expect(keys).to_be_visible()
        assert keys.locator("kbd").all_inner_texts() == shown
        page.keyboard.press("c")  # a list is read, not worked with
        page.keyboard.press("Escape")
        expect(keys).to_be_hidden()
        assert page.url == f"{running_site}/desk/{path}"
    page.keyboard.press("w")
    expect(page.locator("#caller")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.wait_for_url(f"{running_site}/desk/")
    page.keyboard.press("c")
    page.wait_for_url("**/desk/calls/**")


def test_who_dictates_switches_the_single_keys_off(page: Page, running_site: str):
    sign_in(page, running_site, "agent2")
    page.keyboard.press("c")
    page.wait_for_load_state()
    page.fill("#note", "Dicté.")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    with page.expect_navigation():
        page.click("button[name=single]")
    call = page.url
    assert page.input_value("#note") == "Dicté.", "what was typed is saved first"
    page.keyboard.press("Escape")
    for key in "swtc?":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement === document.body")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.goto(f"{running_site}/desk/")
    page.keyboard.press("c")
    page.goto(call)
    page.fill("#q", "colis alimentaire")
    expect(page.locator("[data-row]").first).to_be_visible()
    page.keyboard.press("Enter")  # no letter, and where one is
    expect(page.locator("[name=service]").first).to_be_focused()
    page.click("[data-help]")
    with page.expect_navigation():
        page.click("button[name=single]")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.locator("#place")).to_be_focused()


def begun(page: Page, site: str) -> None:
    sign_in(page, site)
    page.keyboard.press("c")
    expect(page.locator("#q")).to_be_focused()
    page.wait_for_load_state()


def test_a_note_that_is_refused_is_not_left_behind_by_closing(page: Page, running_site: str):
    begun(page, running_site)
    address = page.url
    page.fill("#note", "Son numéro est 85.07.30-033.28, rappeler jeudi.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#note-error")).not_to_be_empty()
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(1_000)
    assert page.url == address
    page.fill("#note", "Rappeler jeudi.\nPas le matin.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"{running_site}/desk/")


def test_a_slow_server_is_no_other_window(page: Page, running_site: str):
    begun(page, running_site)
    sent: list[str] = []

    def slowly(route: Route) -> None:
        sent.append(route.request.url)
        time.sleep(2)
        route.continue_()

    page.route("**/keep/", slowly)
    with page.expect_request("**/keep/"):
        page.fill("#note", "Un.")
    page.focus("#note")
    page.keyboard.press("End")
    page.keyboard.type(" Deux.")
    page.wait_for_timeout(1_700)  # the silence after it has passed as well
    with page.expect_response(lambda response: "Trois." in (response.request.post_data or "")):
        page.keyboard.type(" Trois.")
        page.keyboard.press("Escape")
        page.keyboard.press("w")
        page.keyboard.press("Enter")  # an act, which saves first
    expect(page.locator("[data-kept]")).to_contain_text("Enregistré")
    assert len(sent) > 1
    expect(page.locator("[data-conflict]")).to_be_hidden()
    page.unroute("**/keep/")
    page.reload()
    assert page.input_value("#note") == "Un. Deux. Trois."


def test_who_signs_in_again_in_another_window_goes_on(page: Page, running_site: str):
    begun(page, running_site)
    other = page.context.new_page()
    other.goto(f"{running_site}/desk/day/")
    other.click("header form button:has-text('déconnecter'), header button:has-text('déconnecter')")
    other.wait_for_load_state()
    page.fill("#note", "Écrit avant de revenir.")
    expect(page.locator("[data-said]")).not_to_be_empty()
    sign_in(other, running_site)
    expect(page.locator("[data-kept]")).to_contain_text("Enregistré")
    page.reload()
    assert page.input_value("#note") == "Écrit avant de revenir."
    other.close()
