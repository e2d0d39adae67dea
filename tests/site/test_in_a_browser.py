"""The site in a real browser: with and without script, by keyboard, on a small phone. The `page` fixture fails a test
on any script error, refused resource (content security policy) or call to another host."""

import json
import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def small_page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def page_without_script(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def some_listing(site: str, question: str, lang: str = "fr") -> str:
    """The address of the first listing that the search finds."""
    with urllib.request.urlopen(f"{site}/api/v1/search?lang={lang}&{question}", timeout=20) as answer:
        return site + json.load(answer)["hits"][0]["url"]


def test_a_search_without_script(running_site: str, page_without_script: Page) -> None:
    page = page_without_script
    page.goto(f"{running_site}/fr/")
    page.get_by_label("De quoi avez-vous besoin ?").fill("cpas")
    page.get_by_label("Où ?").fill("1080")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator(".card h3").first).to_contain_text("CPAS de Molenbeek-Saint-Jean")
    page.locator("#sheet-access_mode, #sheet-language").first.locator("summary").click()
    sheet = page.locator(".sheet[open]")
    sheet.locator("input").first.check()
    sheet.get_by_role("button", name="Voir les résultats").click()
    expect(page).to_have_url(re.compile("(access_mode|language)="))
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator("[data-view-switch]")).to_be_hidden()
    name = page.locator(".card h3 a").first.inner_text()
    page.locator(".card h3 a").first.click()
    expect(page.locator("h1")).to_have_text(name)


def test_a_filter_changes_the_results_in_place(running_site: str, page: Page) -> None:
    page.goto(f"{running_site}/fr/search/?near=1000")
    before = page.locator("#count").inner_text()
    page.evaluate("window.stillHere = true")
    page.locator("#sheet-need > summary").click()
    page.locator("#need-food").check()
    expect(page.locator("#count")).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"\?near=1000&need=food$"))
    expect(page.locator("#sheet-need")).to_have_attribute("open", "")
    expect(page.locator(".languages a[hreflang=nl]")).to_have_attribute("href", re.compile("need=food"))
    assert page.evaluate("window.stillHere"), "the page was not loaded anew"
    page.keyboard.press("Escape")
    expect(page.locator("#sheet-need")).not_to_have_attribute("open", "")
    page.go_back()
    expect(page.locator("#count")).to_have_text(before)


def test_a_part_of_a_need_lets_go_of_the_whole(running_site: str, page: Page) -> None:
    page.goto(f"{running_site}/fr/search/?near=1000&need=food")
    page.locator("#sheet-need > summary").click()
    page.locator("#need-food_parcel").check()
    expect(page).to_have_url(re.compile(r"need=food_parcel$"))
    expect(page.locator("#need-food")).not_to_be_checked()


def test_completion_by_keyboard(running_site: str, page: Page) -> None:
    page.goto(f"{running_site}/fr/")
    where = page.get_by_role("combobox", name="Où ?")
    where.press_sequentially("schaerb", delay=30)
    choices = page.locator("#near-suggestions [role=option]")
    expect(choices.first).to_contain_text("Schaerbeek")
    expect(where).to_have_attribute("aria-expanded", "true")
    where.press("Escape")
    expect(where).to_have_attribute("aria-expanded", "false")
    where.press_sequentially("e", delay=30)
    expect(choices.first).to_contain_text("Schaerbeek")
    where.press("ArrowDown")
    expect(choices.first).to_have_attribute("aria-selected", "true")
    expect(where).to_have_attribute("aria-activedescendant", "near-suggestions-0")
    where.press("Enter")
    expect(page).to_have_url(re.compile("near=Schaerbeek"))
    expect(page.locator(".chip-place")).to_contain_text("Schaerbeek")


def test_a_proposed_need_keeps_the_place(running_site: str, page: Page) -> None:
    page.goto(f"{running_site}/fr/search/?near=1080")
    what = page.get_by_role("combobox", name="De quoi avez-vous besoin ?")
    what.press_sequentially("logem", delay=30)
    expect(page.locator("#q-suggestions [role=option]").first).to_contain_text("Logement")
    what.press("ArrowDown")
    what.press("Enter")
    expect(page).to_have_url(re.compile(r"need=housing&near=1080$"))


def test_near_me_asks_only_when_pressed_and_hides_the_numbers(running_site: str, chromium: Browser) -> None:
    context = chromium.new_context(
        geolocation={"latitude": 50.867512, "longitude": 4.373812}, permissions=["geolocation"]
    )
    page = context.new_page()
    page.goto(f"{running_site}/fr/")
    page.get_by_role("button", name="Près de moi").click()
    expect(page).to_have_url(re.compile(r"near=50\.868%2C4\.374(&|$)"))
    expect(page.locator(".chip-place")).to_contain_text("Schaerbeek")
    where = page.get_by_role("combobox", name="Où ?")
    expect(where).to_have_value("Ma position")
    where.fill("1050")
    where.press("Enter")
    expect(page).to_have_url(re.compile("near=1050"))
    expect(page.locator(".chip-place")).to_contain_text("Ixelles")
    context.close()


def test_the_map_shows_what_the_list_shows(running_site: str, page: Page) -> None:
    page.goto(f"{running_site}/fr/search/?q=cpas&near=1030")
    markers = page.locator(".leaflet-marker-pane .marker")
    expect(markers.first).to_be_visible()
    assert markers.count() == page.locator(".card[data-lat]").count()
    expect(page.locator("path.commune").first).to_be_attached()
    page.locator(".card[data-number='1'] h3 a").focus()
    expect(page.locator(".marker-lit")).to_have_text("1")
    page.locator(".marker", has_text=re.compile("^2$")).focus()
    page.keyboard.press("Enter")
    name = page.locator(".card[data-number='2'] h3 a").inner_text()
    expect(page.locator(".leaflet-popup a").first).to_have_text(name)


def test_home_results_and_listing_ask_nobody_else(running_site: str, page: Page) -> None:
    for address in (
        f"{running_site}/fr/",
        f"{running_site}/nl/search/?q=ocmw&near=1080",
        some_listing(running_site, "q=cpas&near=50.855,4.3053"),
        f"{running_site}/de/search/?q=zzzz",
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.fonts.check('400 18px \"Atkinson Hyperlegible Next\"')")
        assert not page.evaluate("Object.keys(localStorage).length"), "nothing of a search stays behind"


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_nothing_runs_off_a_small_phone(running_site: str, small_page: Page, lang: str) -> None:
    addresses = [
        f"{running_site}/{lang}/",
        f"{running_site}/{lang}/search/?q=wijkgezondheidscentrum&need=care_access&near=1030&open=now",
        f"{running_site}/{lang}/search/?q=zzzz&need=food&near=Gent&radius_km=1",
        some_listing(running_site, "q=aandachtige+oor", lang),
        some_listing(running_site, "q=103", lang),
        some_listing(running_site, "q=cpas&near=50.855,4.3053", lang),
    ]
    for address in addresses:
        small_page.goto(address)
        width = small_page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{address} is {width} px wide"


def test_on_a_phone_the_map_waits_behind_a_button(running_site: str, small_page: Page) -> None:
    fetched: list[str] = []
    small_page.on("request", lambda request: fetched.append(request.url))
    small_page.goto(f"{running_site}/fr/search/?near=1000")
    small_page.wait_for_load_state("networkidle")
    assert not any("leaflet" in url for url in fetched), "the map costs nothing until it is wanted"
    small_page.get_by_role("button", name="Voir la carte").click()
    expect(small_page.locator(".leaflet-marker-pane .marker").first).to_be_visible()
    expect(small_page.locator(".card").first).to_be_hidden()
    small_page.get_by_role("button", name="Voir la liste").click()
    expect(small_page.locator(".card").first).to_be_visible()


def test_what_is_pressed_is_large_enough(running_site: str, small_page: Page) -> None:
    for address in (f"{running_site}/fr/", f"{running_site}/fr/search/?near=1000&need=food"):
        small_page.goto(address)
        small = small_page.evaluate(
            """() => [...document.querySelectorAll('button, select, summary, a.chip, a.call, .languages a, .needs a, .filter-button')]
                .filter((element) => element.checkVisibility())
                .map((element) => [element.className || element.tagName, element.getBoundingClientRect()])
                .filter(([, box]) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
                .map(([name, box]) => `${name} ${Math.round(box.width)}×${Math.round(box.height)}`)"""
        )
        assert not small, small
