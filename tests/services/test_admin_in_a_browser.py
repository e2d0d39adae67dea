"""Editors' journeys in a real browser: mend a listing; write one from nothing, have it reviewed, find it published."""

import json
import urllib.parse
import urllib.request

from playwright.sync_api import Page


def sign_in(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/admin/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", f"demo-{name}")
    page.click("button[type=submit]")
    page.wait_for_url(f"{site}/admin/")


def found(site: str, words: str) -> list[str]:
    """Names of the public search's first answers."""
    address = f"{site}/api/v1/search?{urllib.parse.urlencode({'q': words, 'lang': 'fr'})}"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return [hit["name"] for hit in json.load(answer)["hits"]]


def choose(page: Page, field: str, words: str) -> None:
    """Through the chooser: open, search, take the first."""
    page.click(f"#{field}-chooser [data-chooser-action-choose] >> visible=true")
    with page.expect_response(lambda answer: "results" in answer.url):
        page.fill(".modal-content input[name=q]", words)
    page.click(".modal-content td a >> nth=0")
    page.wait_for_selector(".modal-content", state="detached")


def test_a_contributor_writes_a_moderator_approves_and_the_public_finds(page: Page, running_site: str):
    sign_in(page, running_site, "contributor")
    page.goto(f"{running_site}/admin/catalogue/service/add/")
    page.fill("#id_name_fr", "Permanence Coquelicot")
    page.fill("#id_name_nl", "Zitdag Klaproos")
    choose(page, "id_organization", "etoile quai")
    page.check("#id_needs >> text=Colis alimentaire")
    page.click("role=tab >> nth=2")
    page.click("#id_service_at_locations-ADD")
    choose(page, "id_service_at_locations-0-location", "1030 essai")
    row = "service_at_locations-0-schedules-0-"
    page.click("#id_service_at_locations-0-schedules-ADD")
    page.check(f"[name={row}byday_days][value=SA]")
    page.check(f"[name={row}byday_weeks][value='1']")
    page.fill(f"[name={row}opens_at]", "9h30")
    page.fill(f"[name={row}closes_at]", "12")
    page.click("#id_service_at_locations-0-phones-ADD")
    page.fill("[name=service_at_locations-0-phones-0-number]", "02 217 89 05")
    with page.expect_navigation():  # the autosave has put the edit form's address there already
        page.click("footer button[type=submit] >> nth=0")
    edit = page.url.split("#")[0]
    page.click("role=tab >> nth=2")
    words = page.inner_text(".hours-in-words").replace("\xa0", " ").replace("\u202f", " ")
    assert words == "Le 1er samedi du mois, 9 h 30 – 12 h"
    assert page.locator("[name=action-publish]").count() == 0
    page.click("footer [data-w-dropdown-target=toggle]")
    page.click("[name=action-submit]")
    page.wait_for_url(f"{running_site}/admin/catalogue/service/")
    assert "Permanence Coquelicot" not in found(running_site, "permanence coquelicot")

    page.context.clear_cookies()
    sign_in(page, running_site, "moderator")
    assert "Permanence Coquelicot" in page.inner_text("main")
    page.goto(edit)
    page.click("footer [data-w-dropdown-target=toggle]")
    page.click("button[data-workflow-action-name=approve] >> nth=0")
    page.wait_for_url(f"{running_site}/admin/catalogue/service/")
    assert found(running_site, "permanence coquelicot")[0] == "Permanence Coquelicot"
    assert found(running_site, "zitdag klaproos")[0] == "Permanence Coquelicot"


def test_an_editor_mends_opening_hours_and_the_search_knows(page: Page, running_site: str):
    page.goto(f"{running_site}/admin/")
    page.fill("#id_username", "editor")
    page.fill("#id_password", "demo-editor")
    page.click("button[type=submit]")
    page.goto(f"{running_site}/admin/catalogue/service/?q=Quatre+Saisons")
    page.click("td.title a >> nth=0")
    page.fill("#id_name_fr", "Épicerie sociale Les Cinq Saisons")
    page.click("role=tab >> nth=2")
    opens = "[name='service_at_locations-0-schedules-0-opens_at']"
    page.fill(opens, "nine")
    page.locator("button:has-text('Enregistrer')").first.click()
    page.wait_for_selector(".messages .error, .messages .w-bg-critical-200, .messages li")
    page.click("role=tab >> nth=2")
    assert page.locator(".w-field__errors:has-text('nine')").count() == 1
    page.fill(opens, "10:15")
    page.click("footer button[data-w-dropdown-target=toggle]")
    page.click("[name=action-publish]")
    page.wait_for_url(f"{running_site}/admin/catalogue/service/")

    with urllib.request.urlopen(f"{running_site}/api/v1/search?q=cinq+saisons&lang=fr", timeout=10) as answer:
        hit = json.loads(answer.read())["hits"][0]
    assert hit["name"] == "Épicerie sociale Les Cinq Saisons"
    assert [phone["number"] for phone in hit["phones"]] == ["02 000 01 48"], "what was not edited is kept"
    page.goto(f"{running_site}{hit['url']}")
    assert "10 h 15" in page.inner_text("main").replace("\xa0", " ").replace("\u202f", " ")
