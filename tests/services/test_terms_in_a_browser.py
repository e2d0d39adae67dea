"""A taxonomy manager at work in a real browser: a need moves by keyboard, a lay word is tried before it is saved."""

from playwright.sync_api import Page

from .test_admin_in_a_browser import sign_in


def order(page: Page) -> list[str]:
    return page.locator(".terms-tree > li > .term .term-code").all_inner_texts()


def test_a_need_moves_by_keyboard_and_a_word_is_tried_before_it_is_saved(page: Page, running_site: str):
    sign_in(page, running_site, "admin")
    page.goto(f"{running_site}/admin/catalogue/terms/need/")
    before = order(page)
    down = "button[name=step][value=down]"
    page.locator(f".terms-tree > li:first-child > .term {down}").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/terms/need/?moved=*")
    assert order(page)[:2] == [before[1], before[0]]
    focused = page.evaluate("document.activeElement.closest('.term').querySelector('code').textContent")
    assert focused == before[0], "the next key goes on with the same term"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**by=up*")
    assert order(page) == before

    page.goto(f"{running_site}/admin/search/concept/?q=colis")
    page.click("td.title a >> nth=0")
    edit = page.url
    lay = page.input_value("#id_lay_fr")
    page.fill("#id_lay_fr", f"{lay}\nzorglub")
    page.fill("#id_try-words", "zorglub")
    page.press("#id_try-words", "Enter")
    page.wait_for_selector(".try-sides")
    now, then = page.locator(".try-sides section").all()
    assert now.locator("li.try-nothing").count() == 1
    assert then.locator("li.try-new .try-told").count() > 0
    page.wait_for_timeout(4_000)  # in which a draft would have saved itself
    assert page.url == edit, "trying is not saving"
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(edit)
    assert "zorglub" not in page.input_value("#id_lay_fr")
