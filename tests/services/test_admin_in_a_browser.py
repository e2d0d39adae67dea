"""The editor's repair in a real browser: find the service, get an error explained, publish, and see it in the search."""

import json
import urllib.request

from playwright.sync_api import Page


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
