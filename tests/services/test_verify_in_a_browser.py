"""A verification call in a real browser, by keyboard: the number, what is right, one correction, the next listing."""

from playwright.sync_api import Page

from .test_admin_in_a_browser import sign_in


def test_a_call_is_kept_without_a_mouse_and_without_scrolling(page: Page, running_site: str):
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, running_site, "editor")
    page.goto(f"{running_site}/admin/catalogue/to-verify/")
    # Not one that a test before this one reported: it stays in the list until somebody decides about the report.
    first = page.locator("tr:has(td:nth-child(6):text-is('0')) td.title a").first
    name, address = first.inner_text(), first.get_attribute("href")
    first.press("Enter")
    page.wait_for_url("**/verify/*/")
    assert page.url.endswith(address)
    assert page.locator(".verify-number").count() >= 1
    bottom = page.evaluate("document.querySelector('.verify').getBoundingClientRect().bottom")
    assert bottom <= 900, f"the screen ends at {bottom}, below the window"

    assert not page.is_visible("textarea[name=summary]")
    page.focus("input[name=is_description][value=right]")
    page.keyboard.press("ArrowRight")  # to "not right"
    assert page.is_visible("textarea[name=summary]")
    page.fill("textarea[name=summary]", "Corrigé pendant un appel d'essai.")
    page.focus("input[name=result][value=verified]")
    page.keyboard.press("Space")
    page.focus("button[name=and_next]")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/verify/" in url and not url.endswith(address))
    assert name in page.inner_text(".messages")

    page.goto(f"{running_site}{address}")
    assert "Corrigé pendant un appel d'essai." in page.inner_text(".verify-lines")
    page.goto(f"{running_site}/admin/catalogue/to-verify/")
    assert page.locator(f"a[href='{address}']").count() == 0, "what is verified is not in the list any more"
