"""A phone is set up, used and removed in a real browser, with the keyboard alone."""

from playwright.sync_api import Page

from accounts import one_time


def typed(page: Page, *texts: str) -> None:
    """Each in the field that has the focus or comes next; Enter sends the form."""
    page.wait_for_function("document.activeElement.tagName === 'INPUT'")
    for place, text in enumerate(texts):
        if place:
            page.keyboard.press("Tab")
        page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def signed_in_by_password(page: Page, site: str) -> None:
    page.goto(f"{site}/admin/login/?next=/admin/account/")
    typed(page, "editor-gent", "demo-editor-gent")


def code_after(secret: str, step: int) -> tuple[str, int]:
    """A code that the site has not seen: of the next half minute, which it takes already."""
    return one_time.code_now(secret, at=(step + 1) * one_time.STEP_SECONDS), step + 1


def test_a_phone_is_set_up_asked_for_and_removed(page: Page, running_site: str):
    signed_in_by_password(page, running_site)
    assert page.url == f"{running_site}/admin/account/"

    page.goto(f"{running_site}/admin/second-step/set-up/?next=/admin/account/")
    assert page.locator(".sign-in-qr svg").bounding_box()["width"] >= 200
    page.focus("details summary")
    page.keyboard.press("Enter")
    secret = page.inner_text(".sign-in-key").replace(" ", "")
    page.keyboard.press("Tab")
    field = page.locator(":focus")
    assert field.get_attribute("autocomplete") == "one-time-code"
    assert field.get_attribute("inputmode") == "numeric"
    now = one_time.code_now(secret)
    step = one_time.step_of(secret, now, after=-1)
    typed(page, now)
    codes = page.locator(".sign-in-codes code").all_inner_texts()
    assert len(codes) == 10

    page.context.clear_cookies()
    signed_in_by_password(page, running_site)
    assert page.url == f"{running_site}/admin/second-step/?next=%2Fadmin%2Faccount%2F"
    assert page.locator(":focus").get_attribute("name") == "code"
    typed(page, "000000" if now != "000000" else "111111")
    assert page.locator(".error-message").is_visible()
    page.fill("#id_code", "")
    code, step = code_after(secret, step)
    page.focus("#id_code")
    typed(page, code)
    assert page.url == f"{running_site}/admin/account/"

    page.goto(f"{running_site}/admin/sign-in/remove/")
    typed(page, "demo-editor-gent", codes[4])
    assert page.url == f"{running_site}/admin/sign-in/", page.inner_text("main")
    page.context.clear_cookies()
    signed_in_by_password(page, running_site)
    assert page.url == f"{running_site}/admin/account/"
