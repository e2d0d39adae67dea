"""Searching as a visitor does it, without script: words, place, filters, languages, and what cannot be understood."""

from urllib.parse import urlencode

import pytest

from services import use
from services.codes import Cost
from services.models import ListingUse
from tests.site.pages import clean, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]


def test_from_the_first_page_to_a_listing(client) -> None:
    home = read(client, "/fr/")
    assert home.one("html")["lang"] == "fr"
    assert [field["name"] for field in home.all("input")] == ["q", "near"]
    assert len(home.all("section", "needs")) == 1
    assert home.one("form")["action"] == "/fr/search/"
    results = read(client, "/fr/search/?" + urlencode({"q": "cpas", "near": "50.8550,4.3053"}))
    assert results.names[0] == "CPAS de Molenbeek-Saint-Jean"
    first = next(link for link in results.all("a") if "/services/" in (link.get("href") or ""))
    page = read(client, first["href"])
    assert clean(page.one("h1")["text"]) == "CPAS de Molenbeek-Saint-Jean"
    assert page.all("a", "call") or page.all("p", "big-call")


def test_eight_needs_lead_to_results_from_the_first_page(client) -> None:
    needs = [link["href"] for link in read(client, "/nl/").all("a") if "?need=" in (link.get("href") or "")]
    assert len(needs) >= 24, "eight in plain sight, the others one press away"
    assert read(client, needs[0]).names


def test_the_language_switch_keeps_the_search(client) -> None:
    asked = {"q": "médecin", "near": "Schaerbeek", "need": "care_access", "open": "now", "page": "1"}
    french = read(client, "/fr/search/?" + urlencode(asked))
    dutch = french.one("a", hreflang="nl", lang="nl")
    assert dutch["href"].startswith("/nl/search/?")
    for part in ("near=Schaerbeek", "need=care_access", "open=now", "q=m%C3%A9decin"):
        assert part in dutch["href"]
    page = read(client, dutch["href"])
    assert page.one("html")["lang"] == "nl"
    assert page.one("input", id="q")["value"] == "médecin"
    assert page.one("input", id="near")["value"] == "Schaerbeek"


def test_each_part_of_the_search_can_be_taken_away(client) -> None:
    page = read(client, "/fr/search/?q=aide&near=1080&cost=free&cost=paid&radius_km=5")
    chips = {clean(chip["text"]): chip["href"] for chip in page.all("a", "chip")}
    assert len(chips) == 5
    by_filter = next(href for text, href in chips.items() if text.startswith(str(Cost.FREE.label)))
    assert "cost=paid" in by_filter
    assert "cost=free" not in by_filter
    by_place = next(href for text, href in chips.items() if "1080" in text)
    assert "near" not in by_place
    assert "radius_km" not in by_place, "a distance from nowhere says nothing"


def test_a_facet_counts_what_choosing_it_would_show(client) -> None:
    page = read(client, "/fr/search/?near=1080")
    label = next(element for element in page.all("label", "option") if "Se nourrir" in element["text"])
    count = int(clean(label["text"]).split()[-1])
    chosen = read(client, "/fr/search/?near=1080&need=food")
    assert clean(chosen.one(id="count")["text"]).startswith(f"{count} services")
    assert chosen.one("input", id="need-food").get("checked", "") is None


def test_filters_and_order_belong_to_the_one_form(client) -> None:
    page = read(client, "/fr/search/?q=aide&near=1000")
    outside = [
        element
        for element in page.elements
        if element["tag"] in ("input", "select") and element.get("name") not in ("q", "near")
    ]
    assert len(outside) > 50
    assert {element.get("form") for element in outside} == {"search-form"}
    assert page.one("form", id="search-form")["method"] == "get"


def test_pages_follow_one_another(client) -> None:
    first = read(client, "/fr/search/?near=1000")
    following = first.one("a", rel="next")["href"]
    assert "page=2" in following
    second = read(client, following)
    assert second.names
    assert set(second.names) != set(first.names)
    beyond = read(client, "/fr/search/?near=1000&page=400")
    assert "n'existe pas" in beyond.html


def test_htmx_gets_the_changing_part_with_its_title_and_languages(client) -> None:
    whole = client.get("/fr/search/?q=aide")
    part = client.get("/fr/search/?q=aide", headers={"HX-Request": "true"})
    html = part.content.decode()
    assert "<html" not in html
    assert "<title>" in html
    assert 'id="languages"' in html
    assert "hx-swap-oob" in html
    assert "HX-Request" in whole["Vary"]
    restored = client.get(
        "/fr/search/?q=aide", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )
    assert "<html" in restored.content.decode()


def test_nothing_found_says_what_was_tried_and_whom_to_call(client) -> None:
    page = read(client, "/fr/search/?q=zzzzqqqq&need=food&near=1080&radius_km=5")
    assert not page.all("li", "card")
    assert [clean(chip["text"]) for chip in page.all("a", "chip")]
    offers = [
        (link["href"], clean(link["text"]))
        for link in page.all("a")
        if "service" in link["text"].split()[-1:]
    ]
    assert not any("q=zzzzqqqq" in href for href, _text in offers)
    assert page.all("ul", "removals")
    assert page.all("ul", "need-links")
    assert "tel:112" in page.html
    assert "organisation_type=cpas" in page.html


def test_when_no_single_part_is_too_much_one_is_kept(client) -> None:
    page = read(client, "/fr/search/?q=zzzzqqqq&need=food&near=Gent&radius_km=1")
    offers = [link for link in page.all("a") if "seulement" in link["text"]]
    assert offers
    for offer in offers:
        count = int(clean(offer["text"]).split()[-2])
        assert clean(read(client, offer["href"]).one(id="count")["text"]).startswith(f"{count} service")


BAD = {
    "ten kilobytes": {"q": "é" * 10_000},
    "nul": {"q": "a\x00b", "near": "\x00"},
    "control and direction": {"q": "\u202ea\ud7ff\u200b"},
    "unknown codes": {"need": "nope", "commune": "99999", "cost": "😀"},
    "outside the world": {"near": "95.0,200.0"},
    "no such place": {"near": "Xyzzyville"},
    "half the earth": {"near": "-90,180", "radius_km": "1e309"},
    "not a number": {"page": "zero", "size": "-3", "age": "old", "radius_km": "nan"},
    "not a time": {"open": "2026-13-45T99:99"},
    "not an order": {"sort": "'; drop table", "near": "1000"},
    "very far": {"page": "999999999"},
    "markup": {"q": "<script>alert(1)</script>", "near": '"><img src=x onerror=alert(1)>'},
}


# Nothing is left out of these that anybody could have meant.
SILENT = [BAD["nul"], BAD["control and direction"]]


@pytest.mark.parametrize("parameters", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_understood_is_said_in_words(client, parameters) -> None:
    page = read(client, "/fr/search/?" + urlencode(parameters, errors="surrogatepass"))
    assert page.one(id="count")
    assert "<script>alert" not in page.html
    assert "<img src=x" not in page.html
    if parameters not in SILENT:
        assert page.all(css="notice", role="alert"), "the page says what it left out"


def test_a_bad_value_keeps_the_good_ones(client) -> None:
    page = read(client, "/fr/search/?q=cpas&near=1080&need=nope&radius_km=-1")
    assert page.names
    assert all("CPAS" in name for name in page.names[:1])
    assert "nope" not in page.one("a", hreflang="nl", lang="nl")["href"]


def test_writing_methods_are_refused(client) -> None:
    assert client.post("/fr/search/").status_code == 405
    assert client.head("/fr/search/").status_code == 200


def test_results_are_not_for_search_engines_and_languages_are_named(client) -> None:
    page = read(client, "/fr/search/?q=aide")
    assert page.one("meta", name="robots")["content"] == "noindex"
    assert {link["hreflang"] for link in page.all("link", rel="alternate")} == {"fr", "nl", "en", "de"}
    assert not read(client, "/fr/").all("meta", name="robots")


def test_when_neither_index_nor_database_can_search_the_page_says_so(
    client, settings, tmp_path, monkeypatch
) -> None:
    from search import engines
    from search.engine import EngineUnavailable
    from search.engines.database import DatabaseEngine

    def away(*_arguments):
        raise EngineUnavailable("the database does not answer")

    settings.SEARCH_INDEX_DIR = tmp_path / "nothing here"
    engines.embedded_engine.cache_clear()
    try:
        page = read(client, "/fr/search/?q=aide")
        assert 'class="notice"' in page.html, "reduced, and it says so"
        monkeypatch.setattr(DatabaseEngine, "search", away)
        page = read(client, "/fr/search/?q=aide", status=503)
    finally:
        engines.embedded_engine.cache_clear()
    assert "tel:112" in page.html


def test_the_map_is_drawn_without_a_third_party(client) -> None:
    answer = client.get("/map/outlines.json?lang=nl")
    assert answer["Content-Type"] == "application/geo+json"
    features = answer.json()["features"]
    assert len(features) == 19
    assert "Schaarbeek" in {feature["properties"]["name"] for feature in features}
    again = client.get("/map/outlines.json?lang=nl", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert len(client.get("/map/outlines.json?area=belgium&lang=xx").json()["features"]) == 565


def test_what_was_let_go_is_said_and_struck_out(client) -> None:
    page = read(client, "/fr/search/?q=épicerie+sociale+dimanche+matin")
    assert page.all("li", "card")
    assert "Voici ce qui existe sans" in page.html
    [dropped] = page.all("a", "chip-dropped")
    assert "dimanche" in dropped["text"]


def test_words_can_be_taken_literally_and_back(client) -> None:
    page = read(client, "/fr/search/?q=mdecin+1030")
    [literal] = [
        link
        for link in page.all("a")
        if "literal=1" in (link.get("href") or "") and "clear" in (link.get("class") or "")
    ]
    literal_page = read(client, literal["href"])
    assert any(link.get("href", "").endswith("?q=mdecin+1030") for link in literal_page.all("a", "clear"))


def test_a_search_in_vain_is_counted_once_and_not_while_typing(client) -> None:
    from search.models import SearchWithoutResult

    url = "/fr/search/?q=xylophone+baroque"
    read(client, url, **{"Search-Typing": "1"})
    assert not SearchWithoutResult.objects.exists()
    read(client, url)
    read(client, url)
    assert list(SearchWithoutResult.objects.values_list("words", "language", "count")) == [
        ("xylophone baroque", "fr", 2)
    ]


@pytest.mark.parametrize("said", ["appeler 02 123 45 67", "Jeanne née le 12 mars 1948", "48.03.12-123.45"])
def test_what_may_tell_who_somebody_is_is_never_counted(client, said) -> None:
    from search.models import SearchWithoutResult

    read(client, f"/fr/search/?q=xylophone {said}")
    assert not SearchWithoutResult.objects.exists()


def test_the_explanation_is_for_staff(client, django_user_model) -> None:
    url = "/fr/search/?q=plus+rien+à+manger&explain=1"
    assert "explained" not in read(client, url).html
    assert "explain" not in client.get("/api/v1/search?q=colis&explain=1").json()
    client.force_login(django_user_model.objects.create_superuser("chef", password="x"))
    page = read(client, url)
    assert "food-aid" in page.html
    assert "text " in page.html
    told = client.get("/api/v1/search?q=colis&explain=1").json()["explain"]
    assert told["query"]["units"]
    assert told["hits"]


def test_what_a_visitor_saw_is_counted_and_what_the_staff_saw_is_not(client, admin_user) -> None:
    use.flush()
    ListingUse.objects.all().delete()
    results = read(client, "/fr/search/?" + urlencode({"q": "cpas", "near": "1080"}))
    first = next(link for link in results.all("a") if "/services/" in (link.get("href") or ""))
    read(client, first["href"])
    assert use.flush() == len(results.names)
    assert ListingUse.objects.filter(opened=1).count() == 1
    client.force_login(admin_user)
    read(client, "/fr/search/?" + urlencode({"q": "cpas", "near": "1080"}))
    read(client, first["href"])
    assert use.flush() == 0
