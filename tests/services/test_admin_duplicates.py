"""The pages of possible duplicates: a list per bassin, two side by side, merged or told apart, and taken back."""

import pytest
from django.urls import reverse

from geo.models import Territory
from services import duplicates
from services.models import DuplicatePair, Merge, Service

from . import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, admin_user):
    client.force_login(admin_user)
    return client


@pytest.fixture
def two():
    place = builders.location(street_fr="Rue Haute", house_number="12", postcode="1000")
    made = [builders.service("Épicerie sociale", at=[place], email=f"{n}@example.org") for n in range(2)]
    duplicates.refresh_pairs()
    return made


def url(name, *args):
    return reverse(f"services_duplicates:{name}", args=args)


def test_the_list_leads_to_both_side_by_side_and_to_one(editor, two):
    first, second = two
    shown = editor.get(url("index")).content.decode()
    assert url("compare", first.pk, second.pk) in shown
    side = editor.get(url("compare", first.pk, second.pk)).content.decode()
    assert "0@example.org" in side
    assert "1@example.org" in side
    editor.post(url("compare", first.pk, second.pk), {"keep-email": "other"})
    kept = Service.objects.get(pk=first.pk)
    assert kept.email == "1@example.org"
    assert url("compare", first.pk, second.pk) not in editor.get(url("index")).content.decode()
    merge = Merge.objects.get()
    assert url("undo", merge.pk) in editor.get(url("merges")).content.decode()
    assert editor.get(url("undo", merge.pk)).status_code == 200
    editor.post(url("undo", merge.pk))
    assert Service.objects.get(pk=first.pk).email == "0@example.org"
    assert Service.objects.get(pk=second.pk).lifecycle == "published"
    assert DuplicatePair.objects.get().state == "open"


def test_two_that_are_two(editor, two):
    editor.post(url("compare", two[0].pk, two[1].pk), {"distinct": "1"})
    assert DuplicatePair.objects.get().state == "distinct"
    assert "compare" not in editor.get(url("index")).content.decode()
    assert Service.objects.filter(lifecycle="published").count() == 2


def test_the_list_of_one_bassin(editor, two):
    nord = Territory.objects.create(kind="bassin", code="nord", name_fr="Nord")
    link = url("compare", two[0].pk, two[1].pk)
    assert link not in editor.get(url("index"), {"bassin": nord.pk}).content.decode()
    place = two[0].service_at_locations.get().location
    place.bassin, place.bassin_by_hand = nord, True
    place.save()
    assert link in editor.get(url("index"), {"bassin": nord.pk}).content.decode()
    assert link in editor.get(url("results"), {"bassin": nord.pk}).content.decode()


def test_the_catalogue_is_looked_through_in_the_background(editor, two):
    DuplicatePair.objects.all().delete()
    two[0].save()
    assert editor.get(url("refresh")).status_code == 200
    assert not DuplicatePair.objects.exists()
    editor.post(url("refresh"))
    assert DuplicatePair.objects.count() == 1


def test_two_ticked_in_the_list_are_opened_side_by_side(editor, two):
    action = reverse("wagtail_bulk_action", args=["services", "service", "compare"])
    answer = editor.get(action, {"id": [two[1].pk, two[0].pk]})
    assert answer.url == url("compare", two[0].pk, two[1].pk)
    assert editor.get(action, {"id": [two[0].pk]}).url == reverse("wagtailsnippets_services_service:list")


def test_few_queries_for_a_long_list(editor, django_assert_max_num_queries):
    place = builders.location(street_fr="Rue Haute", house_number="12", postcode="1000")
    for _number in range(9):
        builders.service("Épicerie sociale", at=[place])
    duplicates.refresh_pairs()
    assert DuplicatePair.objects.count() == 36
    with django_assert_max_num_queries(40):
        editor.get(url("index"))


def test_who_may_not_is_sent_away(client, two, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))
    for address in (url("index"), url("merges"), url("refresh"), url("compare", two[0].pk, two[1].pk)):
        assert client.get(address).status_code == 302
        assert client.post(address).status_code in (302, 405)
    assert not Merge.objects.exists()


def test_a_listing_that_is_not_there(editor, two):
    assert editor.get(url("compare", two[0].pk, 999_999), follow=True).status_code == 404
    assert editor.get(url("compare", two[0].pk, two[0].pk), follow=True).status_code == 404
