"""Every page of the desk and of the sign-in under axe-core, in French and in Dutch: nothing serious, nothing critical."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

AXE = (Path(__file__).parents[1] / "vendor/axe-core/axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NUMBER = {"fr": "0470 55 44 33", "nl": "0470 55 44 34"}


@pytest.fixture(params=["fr", "nl"])
def page(request, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        locale=f"{request.param}-BE", viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    made = context.new_page()
    made.lang = request.param
    yield made
    context.close()


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical: "rule: where"."""
    page.evaluate(AXE)
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    assert found["passes"], "axe has looked at something"
    return [
        f"{page.url} {one['id']}: {node['target']} {node['html'][:150]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]


def sign_in(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/admin/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", f"demo-{name}")
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)


def seen(page: Page, address: str) -> list[str]:
    answer = page.goto(address)
    assert answer.status == 200, address
    return faults(page)


def test_the_sign_in_and_its_second_step(page: Page, running_site: str):
    found = seen(page, f"{running_site}/admin/login/")
    sign_in(page, running_site, "coordinator")
    assert page.url == f"{running_site}/desk/"
    for path in ("second-step/set-up/", "sign-in/"):
        found += seen(page, f"{running_site}/admin/{path}")
    assert found == []


def test_a_call_and_what_is_due_of_it(page: Page, running_site: str):
    site = running_site
    sign_in(page, site, "coordinator")
    found = faults(page)
    page.fill("#caller", NUMBER[page.lang])
    page.press("#caller", "Enter")
    page.wait_for_url("**/desk/caller/")
    found += faults(page)
    page.click("button[name=number]")
    expect(page.locator("#q")).to_be_focused()
    page.fill("#q", "colis alimentaire")
    expect(page.locator("[data-row]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[name=service]").first).to_be_focused()
    page.keyboard.press("o")
    expect(page.locator("[data-panel=given] li")).to_have_count(1)
    page.keyboard.press("r")
    page.keyboard.press("1")
    expect(page.locator("[data-panel=call_back] .set")).to_be_visible()
    found += faults(page)
    addresses = [one.get_attribute("href") for one in page.locator("[data-panel=given] a").all()]
    assert len(addresses) == 3  # what became of it, to send, to print
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.click("button[value=file_transmitted]")
    page.wait_for_url("**/desk/send/file/**")
    found += faults(page)
    for address in addresses:
        found += seen(page, site + address)
    found += seen(page, f"{site}/desk/day/")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_be_visible()
    found += faults(page)
    page.keyboard.press("Escape")
    page.locator("td a").first.click()
    page.wait_for_url("**/desk/day/*/")
    page.click("form[action$='/number/'] button")
    expect(page.locator("a.person-phone")).to_be_visible()
    found += faults(page)
    found += seen(page, f"{site}/desk/")
    page.fill("#caller", NUMBER[page.lang])
    page.press("#caller", "Enter")
    page.wait_for_url("**/desk/caller/")
    found += faults(page)
    page.locator(".caller a").click()
    page.wait_for_url("**/desk/persons/*/")
    found += faults(page)
    assert found == []


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        (
            "coordinator",
            ("persons/", "persons/openings/", "persons/due/", "day/reassign/", "day/?who=team", "figures/"),
        ),
        ("dpo", ("persons/access/", "persons/data/")),
    ],
)
def test_lists(page: Page, running_site: str, name: str, paths: tuple[str, ...]):
    sign_in(page, running_site, name)
    assert [fault for path in paths for fault in seen(page, f"{running_site}/desk/{path}")] == []
