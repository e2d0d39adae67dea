"""Suggesting in a real browser: on a phone with a script, and without one, where a person does the machine's sum."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .test_in_a_browser import PHONE, some_listing

SUMS = {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9}
SUMS |= {"two": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "eight": 8, "nine": 9}
LEAST = 3.2  # seconds; SUGGESTION_MIN_SECONDS and a little


@pytest.fixture
def page_without_script(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE)
    yield context.new_page()
    context.close()


def to_the_form(page: Page, site: str) -> None:
    page.goto(some_listing(site, "q=cpas&near=1080"))
    page.locator(".listing-foot a[href*='/suggest/']").click()
    expect(page).to_have_url(re.compile("/fr/suggest/"))


def test_on_a_phone_with_a_script(running_site: str, page: Page) -> None:
    page.set_viewport_size(PHONE)
    to_the_form(page, running_site)
    expect(page.locator("[data-human]")).to_be_hidden()
    phones = page.locator("details[data-field=phones]").first
    expect(phones).not_to_have_attribute("open", "")
    page.locator("input[name=reasons][value=wrong_number]").check()
    expect(phones).to_have_attribute("open", "")
    phones.locator("textarea").fill("02 511 11 11")
    expect(page.locator("[data-proof]")).to_have_value(re.compile(r"^\d+$"))
    page.wait_for_timeout(LEAST * 1000)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    page.locator("button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/fr/suggestions/[0-9a-f-]{36}/$"))
    expect(page.locator(".reference")).to_have_text(re.compile(r"^[0-9A-F]{4}-[0-9A-F]{4}$"))


def test_without_a_script(running_site: str, page_without_script: Page) -> None:
    page = page_without_script
    to_the_form(page, running_site)
    opened = time.monotonic()
    page.locator("textarea[name=comment]").fill("La porte est fermée depuis lundi, <b>vraiment</b>.")
    page.locator("button[type=submit]").click()
    expect(page.locator("#errors")).to_be_visible()
    expect(page.locator("textarea[name=comment]")).to_have_value(re.compile("vraiment"))
    page.locator("textarea[name=comment]").fill("La porte est fermée depuis lundi.")
    question = page.locator(".human label").inner_text()
    first, second = (SUMS[word] for word in re.findall(r"\w+", question.lower()) if word in SUMS)
    page.locator("input[name=answer]").fill(str(first + second))
    time.sleep(max(0.0, LEAST - (time.monotonic() - opened)))
    page.locator("button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/fr/suggestions/[0-9a-f-]{36}/$"))
