"""A listing's page: one address a language, what the reader may see, and what is said about age and closure."""

import pytest
from django.contrib.auth.models import Permission

from services.models import Location, Service
from tests.site.pages import clean, listing, read, service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]


def editor(django_user_model):
    user = django_user_model.objects.create_user("reader", password="a long enough one")
    user.user_permissions.add(Permission.objects.get(codename="view_service"))
    return user


def test_each_language_has_one_address(client) -> None:
    one = service("ex-b-001")
    short = client.get(f"/fr/services/{one.uuid}/")
    assert short.status_code == 301
    assert short["Location"] == f"/fr/services/{one.uuid}/epicerie-sociale-les-quatre-saisons/"
    other = client.get(f"/nl/services/{one.uuid}/epicerie-sociale-les-quatre-saisons/")
    assert other["Location"] == f"/nl/services/{one.uuid}/sociale-kruidenier-de-vier-seizoenen/"
    page = read(client, short["Location"])
    assert page.one("a", hreflang="nl", lang="nl")["href"] == other["Location"]
    assert page.one("link", rel="canonical")["href"].endswith(short["Location"])


def test_it_says_what_somebody_must_know(client) -> None:
    page = listing(client, "ex-b-001")
    text = clean(page.one("main")["text"])
    for said in (
        "Sur rendez-vous",
        "Carte d'identité",
        "Payant",
        "Surtout pour",
        "Lundi",
        "Vérifié",
        "Exemple",
        "1000 Bruxelles",
    ):
        assert said in text, said
    assert page.all("a", "call")[0]["href"].startswith("tel:+32")
    assert len(page.all("table", "week")) == 1


def test_a_text_in_another_language_is_marked(client) -> None:
    page = listing(client, "helpline-103", "nl")
    assert page.one("html")["lang"] == "nl"
    assert page.one("h1")["lang"] == "fr"
    assert "alleen in het Frans" in page.html
    assert "lang" not in listing(client, "helpline-103").one("h1")


@pytest.mark.parametrize("signed_in", [False, True], ids=["public", "staff"])
def test_a_hidden_address_is_nowhere_in_the_page(client, django_user_model, signed_in) -> None:
    if signed_in:
        client.force_login(editor(django_user_model))
    hidden = list(Location.objects.filter(address_visibility="address_hidden", live=True))
    assert hidden
    looked_at = 0
    for location in hidden:
        for one in Service.objects.filter(service_at_locations__location=location, live=True):
            if one.visibility != "public" and not signed_in:
                continue
            html = client.get(f"/fr/services/{one.uuid}/", follow=True).content.decode()
            streets = [location.street_fr, location.street_nl]
            points = [f"{value:.3f}" for value in (location.lat, location.lon) if value is not None]
            for secret in [f"{street} {location.house_number}" for street in streets if street] + points:
                assert secret not in html
            assert "confidentielle" in html
            looked_at += 1
    assert looked_at
    results = client.get("/fr/search/?near=1000&need=violence&size=100").content.decode()
    for location in hidden:
        for value in (location.lat, location.lon):
            assert value is None or f"{value:.4f}" not in results


def test_what_is_for_professionals_is_not_there_for_the_public(client, django_user_model) -> None:
    one = service("ex-b-052")
    assert one.visibility == "professionals"
    assert client.get(f"/fr/services/{one.uuid}/", follow=True).status_code == 404
    assert one.name_fr not in read(client, "/fr/search/?q=Houle+Claire").names
    client.force_login(editor(django_user_model))
    answer = client.get(f"/fr/services/{one.uuid}/", follow=True)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert one.name_fr in read(client, "/fr/search/?q=Houle+Claire").names


def test_contacts_for_professionals_stay_with_them(client, django_user_model) -> None:
    assert "Nadège" not in listing(client, "ex-b-001").html
    client.force_login(editor(django_user_model))
    assert "Nadège" in listing(client, "ex-b-001").html


def test_closed_for_good_says_so_and_leads_on(client) -> None:
    page = listing(client, "ex-b-046")
    assert "fermé définitivement" in clean(page.one("main")["text"])
    replacement = service("ex-b-040")
    assert any(str(replacement.uuid) in (link.get("href") or "") for link in page.all("a"))
    assert not page.all("p", "big-call")
    assert service("ex-b-046").name_fr in read(client, "/fr/search/?q=Ardoise+Claire").names


def test_old_data_say_so_at_the_top(client) -> None:
    old = Service.objects.filter(source_date__startswith="2020", verified_on=None, live=True).first()
    page = read(client, client.get(f"/fr/services/{old.uuid}/")["Location"])
    warned = page.all("span", "freshness-old")
    assert warned
    assert "2020" in warned[0]["text"]


def test_a_page_that_is_not_there_helps(client) -> None:
    for url in ("/fr/services/00000000-0000-4000-8000-000000000000/", "/fr/nowhere/"):
        page = read(client, url, status=404)
        assert page.one("form", role="search")
        assert "tel:112" in page.html


def test_unpublished_is_not_there(client) -> None:
    one = service("ex-b-001")
    one.unpublish()
    assert client.get(f"/fr/services/{one.uuid}/").status_code == 404
