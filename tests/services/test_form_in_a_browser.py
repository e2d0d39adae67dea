"""The service form in a real browser: killed while typing, hours read back, look-alikes, and the point of an address."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Response, Route, expect

from tests.conftest import BROWSER_FLAGS, PATIENCE_MS, browser_program
from tests.fixtures_db import free_port

from .test_admin_in_a_browser import choose, sign_in


class Victim:
    """A Chromium of its own, with nothing in its profile, that dies by SIGKILL with all its processes."""

    def __init__(self, chromium: Browser, profile: Path) -> None:
        port = free_port()
        self.process = subprocess.Popen(
            [
                str(browser_program()),
                "--headless=new",
                f"--remote-debugging-port={port}",
                f"--user-data-dir={profile}",
                *BROWSER_FLAGS,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        address = f"http://127.0.0.1:{port}"
        for _try in range(150):
            try:
                urllib.request.urlopen(f"{address}/json/version", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        context = chromium.browser_type.connect_over_cdp(address).new_context(locale="fr-BE")
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()

    def saves(self, under: str, typed: str) -> AbstractContextManager[object]:
        """Ends when the server has answered a save under the address part `under` that brought the text `typed`:
        nobody presses a button for it. The browser may die then. How long it takes: docs/measurements.md."""

        def has_it(response: Response) -> bool:
            asked = response.request
            return (
                asked.method == "POST"
                and under in asked.url
                and typed in (asked.post_data or "")
                and response.ok
            )

        return self.page.expect_response(has_it)

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


@pytest.fixture
def victim(chromium: Browser, tmp_path: Path) -> Iterator[Victim]:
    made = Victim(chromium, tmp_path / "profile")
    yield made
    made.kill()


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def in_the_list(page: Page, site: str, words: str) -> str:
    """The address of the form of the first service that the list finds."""
    page.goto(f"{site}/admin/catalogue/service/?q={words}")
    return site + str(page.get_attribute("td.title a >> nth=0", "href"))


def type_slowly(page: Page, field: str, text: str) -> None:
    page.click(field)
    page.keyboard.press("Control+End")
    page.keyboard.type(text, delay=15)


def test_a_browser_killed_on_the_edit_form_loses_nothing(victim: Victim, page: Page, running_site: str):
    theirs = victim.page
    sign_in(theirs, running_site, "editor")
    address = in_the_list(theirs, running_site, "halte+sacs")
    theirs.goto(address)
    type_slowly(theirs, "#id_summary_de", "Alles noch da.")  # at once: before Wagtail begins to watch
    theirs.click("role=tab >> nth=3")
    with victim.saves("/catalogue/service/", "accueil@exemple"):
        type_slowly(theirs, "#id_email", "accueil@exemple")  # not yet an address
    victim.kill()
    sign_in(page, running_site, "editor")
    page.goto(address)
    assert page.input_value("#id_summary_de").endswith("Alles noch da.")
    assert page.input_value("#id_email").endswith("accueil@exemple")


def test_a_browser_killed_on_the_add_form_loses_nothing(victim: Victim, page: Page, running_site: str):
    theirs = victim.page
    sign_in(theirs, running_site, "contributor")
    theirs.goto(f"{running_site}/admin/catalogue/service/add/")
    type_slowly(theirs, "#id_summary_fr", "Sans nom ni organisation.")
    theirs.click("role=tab >> nth=2")
    theirs.click("#id_schedules-ADD")
    theirs.check("[name='schedules-0-byday_days'][value=MO]")
    with victim.saves("/catalogue/service/", "9h"):
        type_slowly(theirs, "[name='schedules-0-opens_at']", "9h")
    victim.kill()
    sign_in(page, running_site, "contributor")
    page.goto(f"{running_site}/admin/catalogue/service/?lifecycle=published&ordering=-_updated_at")
    page.click("td.title a:has-text('sans nom'), td.title a:has-text('without a name') >> nth=0")
    assert page.input_value("#id_summary_fr") == "Sans nom ni organisation."
    page.click("role=tab >> nth=2")
    assert page.is_checked("[name='schedules-0-byday_days'][value=MO]")
    assert page.input_value("[name='schedules-0-opens_at']") == "09:00"


def test_saving_by_the_button_after_autosaves_is_nobodys_conflict(page: Page, running_site: str):
    sign_in(page, running_site, "editor")
    page.goto(in_the_list(page, running_site, "Thermostat"))
    type_slowly(page, "#id_summary_en", " Autosaved once.")
    expect(page.locator("input[name=loaded_revision_id]")).to_have_count(1)
    first = page.input_value("input[name=loaded_revision_created_at]")
    page.keyboard.type(" And once more.", delay=15)
    at = page.locator("input[name=loaded_revision_created_at]")
    expect(at).not_to_have_value(first)
    page.click("footer button[type=submit] >> nth=0")
    expect(page.locator(".messages")).to_contain_text("modifié")
    assert "And once more." in page.input_value("#id_summary_en")


def test_the_button_waits_for_an_autosave_on_its_way_and_one_listing_is_made(page: Page, running_site: str):
    sign_in(page, running_site, "contributor")
    page.goto(f"{running_site}/admin/catalogue/service/add/")
    held: list[str] = []

    def slowly(route: Route) -> None:
        if route.request.method == "POST" and route.request.headers.get("accept") == "application/json":
            held.append(route.request.url)
            time.sleep(2)
        route.continue_()

    page.route("**/admin/catalogue/service/**", slowly)
    page.wait_for_timeout(2_500)  # Wagtail watches by then
    with page.expect_event("request", lambda request: request.headers.get("accept") == "application/json"):
        type_slowly(page, "#id_name_fr", "Permanence Une Seule")
    page.click("footer button[type=submit] >> nth=0")
    expect(page.locator(".messages")).to_contain_text("Permanence Une Seule")
    assert held, "no autosave was on its way"
    page.goto(f"{running_site}/admin/catalogue/service/?q=permanence+une+seule&lifecycle=draft")
    expect(page.locator("td.title a:has-text('Une Seule')")).to_have_count(1)


def test_what_is_typed_while_an_autosave_is_on_its_way_is_saved_after_it(page: Page, running_site: str):
    sign_in(page, running_site, "editor")
    page.goto(in_the_list(page, running_site, "halte+sacs"))
    address = page.url
    sent: list[str] = []
    on_its_way: list[tuple[Route, APIResponse]] = []

    def hold_the_first(route: Route) -> None:
        if route.request.method != "POST" or route.request.headers.get("accept") != "application/json":
            route.continue_()
            return
        sent.append(route.request.post_data or "")
        answer = route.fetch()
        if len(sent) == 1:
            on_its_way.append((route, answer))
        else:
            route.fulfill(response=answer)

    page.route("**/admin/catalogue/service/**", hold_the_first)
    page.wait_for_timeout(2_500)  # Wagtail watches by then
    type_slowly(page, "#id_summary_de", "Vorher.")
    while not on_its_way:
        page.wait_for_timeout(50)
    page.keyboard.type(" Nachher.", delay=5)
    route, answer = on_its_way[0]
    route.fulfill(response=answer)  # before Wagtail, which looks twice a second, has seen the second word
    with page.expect_response(lambda response: "Nachher" in (response.request.post_data or "")):
        pass
    assert "Nachher" not in sent[0]
    page.wait_for_timeout(4_000)
    assert len(sent) <= 3, "it goes on saving what is saved already"
    page.unroute_all()
    page.goto(address)
    assert page.input_value("#id_summary_de").endswith("Vorher. Nachher.")


def test_an_autosave_that_met_a_restarting_server_is_tried_again(page: Page, running_site: str):
    sign_in(page, running_site, "editor")
    page.goto(in_the_list(page, running_site, "halte+sacs"))
    refused: list[str] = []

    def restart(route: Route) -> None:
        if route.request.headers.get("accept") == "application/json" and len(refused) < 2:
            refused.append(route.request.url)
            route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")
        else:
            route.continue_()

    page.route("**/admin/catalogue/service/edit/*/", restart)
    page.wait_for_timeout(2_500)  # Wagtail watches by then
    with page.expect_response(lambda one: "Neustart" in (one.request.post_data or "") and one.ok):
        type_slowly(page, "#id_summary_de", " Nach dem Neustart.")
    assert len(refused) == 2


def test_hours_are_read_back_while_they_are_typed(page: Page, running_site: str):
    sign_in(page, running_site, "editor")
    page.goto(f"{running_site}/admin/catalogue/service/add/")
    page.click("role=tab >> nth=2")
    page.click("#id_schedules-ADD")
    row = "schedules-0-"
    for day in ("MO", "TU", "WE", "TH", "FR"):
        page.check(f"[name={row}byday_days][value={day}]")
    page.fill(f"[name={row}opens_at]", "8h30")
    said = page.locator("[data-hours=schedules] .hours-said")
    expect(said).to_contain_text("08:30")  # what is missing, with an example
    page.fill(f"[name={row}closes_at]", "16")
    expect(said.locator(".hours-in-words")).to_be_visible()
    assert plain(said.locator("li").inner_text()) == "Du lundi au vendredi, 8 h 30 – 16 h"
    page.focus("[data-hours=schedules] [data-hours-again=times]")
    page.keyboard.press("Enter")  # without a mouse
    page.check("[name=schedules-1-byday_days][value=SA]")
    page.check("[name=schedules-1-byday_weeks][value='1']")
    assert page.input_value("[name=schedules-1-opens_at]") == "8h30"
    expect(said.locator("li")).to_have_count(2)
    assert "Le 1er samedi du mois, 8 h 30 – 16 h" in plain(said.inner_text())
    page.goto("about:blank")


def test_a_second_listing_of_the_same_is_noticed_while_typing(page: Page, running_site: str):
    sign_in(page, running_site, "editor")
    page.goto(f"{running_site}/admin/catalogue/service/add/")
    page.fill("#id_name_fr", "Resto du Quai")
    choose(page, "id_organization", "etoile quai")
    page.click("#id_name_fr")
    box = page.locator("[data-looks-like]")
    page.fill("#id_name_fr", "Vestiaire des Tisserands")
    page.goto(in_the_list(page, running_site, "Aubépine"))
    known = page.input_value("#id_name_fr")
    page.goto(f"{running_site}/admin/catalogue/service/add/")
    page.fill("#id_name_fr", known.lower())
    expect(box.locator("a")).to_contain_text(known)
    page.fill("#id_name_fr", "Zzyzx inconnu de tous")
    expect(box.locator("a")).to_have_count(0)


def test_a_place_is_found_seen_moved_by_keyboard_and_made_from_the_service(page: Page, running_site: str):
    sign_in(page, running_site, "editor")
    page.goto(f"{running_site}/admin/catalogue/service/add/")
    page.click("role=tab >> nth=2")
    page.click("#id_service_at_locations-ADD")
    page.click("#id_service_at_locations-0-location-chooser [data-chooser-action-choose] >> visible=true")
    page.locator(".modal-content [role=tab]").nth(1).click()
    page.fill(".modal-content [name$=street_fr]", "Rue Royale-Sainte-Marie")
    page.fill(".modal-content [name$=house_number]", "12")
    page.fill(".modal-content [name$=postcode]", "1030")
    page.click(".modal-content [data-point-find]")
    marker = page.locator(".modal-content .point-marker")
    expect(marker).to_be_visible()
    expect(page.locator(".modal-content .point-said")).to_contain_text("Schaerbeek")
    before = float(page.input_value(".modal-content [name$=lat]"))
    assert 50.86 < before < 50.88
    assert page.input_value(".modal-content [name$=precision]") != "address", "no house number was measured"
    marker.focus()
    page.keyboard.press("ArrowUp")
    assert float(page.input_value(".modal-content [name$=lat]")) > before
    assert page.input_value(".modal-content [name$=precision]") == "address"
    page.click(".modal-content button[type=submit] >> visible=true")
    page.wait_for_selector(".modal-content", state="detached")
    chosen = page.inner_text("#id_service_at_locations-0-location-chooser")
    assert re.search(r"Rue Royale-Sainte-Marie 12", chosen)
    page.goto("about:blank")


def test_the_preview_is_chosen_by_reader_and_language(page: Page, running_site: str):
    sign_in(page, running_site, "editor")
    page.goto(in_the_list(page, running_site, "Marchepied"))
    page.click("[data-side-panel-toggle=preview]")
    held: list[str] = []

    def slowly(route: Route) -> None:  # the first one is still on its way when another is chosen
        if not held:
            held.append(route.request.url)
            time.sleep(3)
        route.continue_()

    page.route("**/preview/?*in_preview_panel*", slowly)
    groups = page.locator("#id_preview_mode optgroup")
    expect(groups).to_have_count(3)
    values = json.loads(
        page.evaluate(
            "JSON.stringify([...document.querySelectorAll('#id_preview_mode option')].map(o => o.value))"
        )
    )
    assert {"fr", "agent:nl", "print:de"} <= set(values)
    page.select_option("#id_preview_mode", "agent:nl")
    frame = page.frame_locator("#w-preview-iframe")
    expect(frame.locator("html[lang=nl]")).to_have_count(1)
