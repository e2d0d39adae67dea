"""A translator's morning in a real browser: the board, one listing by keyboard, the public page afterwards."""

from playwright.sync_api import Page

from .test_admin_in_a_browser import sign_in


def test_a_listing_is_translated_by_keyboard_and_the_next_one_comes(page: Page, running_site: str):
    sign_in(page, running_site, "editor")
    page.goto(f"{running_site}/admin/catalogue/translations/en/")
    listing = page.locator("td.title a").first
    name = listing.inner_text().strip()
    before = int(page.locator(".translations-languages [aria-current] .translations-count").inner_text())
    listing.click()
    page.wait_for_url("**/translations/en/*/")
    first = page.url
    boxes = page.locator(".translate-missing textarea")
    count = boxes.count()
    assert count
    boxes.first.focus()
    for number in range(count):  # only the keyboard from here on: Tab leads from box to box
        assert page.evaluate("document.activeElement.name") == boxes.nth(number).get_attribute("name")
        page.keyboard.type(f"English text {number}")
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != first)
    assert "/translations/en/" in page.url, "the next listing"
    assert name in page.inner_text(".messages")
    page.goto(f"{running_site}/admin/catalogue/translations/en/")
    after = int(page.locator(".translations-languages [aria-current] .translations-count").inner_text())
    assert after == before - 1
    assert name not in page.locator("td.title").all_inner_texts()

    # Narrow as a phone: nothing is wider than the screen.
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(first)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
