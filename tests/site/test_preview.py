"""What an editor sees before publishing: the public page from what is in the form, saved or not, in each language."""

import pytest
from django.test import RequestFactory

from services import preview
from services.models import Location, Organization, Service
from tests.site.pages import Read, clean, service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]


def previewed(obj, lang: str, user) -> Read:
    request = RequestFactory().get("/")
    request.user = user
    request.htmx = False
    return Read(preview.render(request, obj, lang).content.decode())


@pytest.mark.parametrize("lang", ["fr", "nl", "en", "de"])
def test_a_listing_in_each_language(admin_user, lang) -> None:
    one = service("ex-b-001")
    page = previewed(one, lang, admin_user)
    assert page.one("html")["lang"] == lang
    assert clean(page.one("h1")["text"]) == getattr(one, f"name_{lang}")


def test_a_listing_that_was_never_saved(admin_user) -> None:
    page = previewed(
        Service(name_fr="Un nouveau service", organization=Organization.objects.first()), "fr", admin_user
    )
    assert clean(page.one("h1")["text"]) == "Un nouveau service"
    empty = previewed(Service(), "nl", admin_user)
    assert empty.one("h1")


def test_what_the_form_changed_is_shown(admin_user) -> None:
    one = service("ex-b-001")
    one.summary_fr = "Une phrase tout juste changée."
    assert "Une phrase tout juste changée." in previewed(one, "fr", admin_user).html


def test_organisations_and_places(admin_user) -> None:
    organization = service("ex-b-001").organization
    assert clean(previewed(organization, "fr", admin_user).one("h1")["text"]) == organization.name_fr
    place = Location.objects.exclude(lat=None).first()
    assert place.street_fr in previewed(place, "fr", admin_user).html
    assert previewed(Location(), "fr", admin_user).one("h1")
    assert previewed(Organization(), "fr", admin_user).one("h1")
