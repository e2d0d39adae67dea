"""How often listings are shown and opened: counted in memory, written together, of nobody in particular."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from services import use
from services.models import ListingUse, Service

from .builders import service

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def nothing_counted():
    use._shown.clear()
    use._opened.clear()


def counts(listing: Service) -> tuple[int, int]:
    row = ListingUse.objects.get(service=listing)
    return row.shown, row.opened


def test_counts_are_added_up_by_the_week_of_their_monday():
    one, two = service("Un"), service("Deux")
    use.shown([one.pk, two.pk])
    use.shown([one.pk])
    use.opened(one.pk)
    assert use.flush(MONDAY + timedelta(days=6)) == 2
    use.shown([one.pk])
    use.flush(MONDAY)
    assert counts(one) == (3, 1)
    assert counts(two) == (1, 0)
    assert set(ListingUse.objects.values_list("week", flat=True)) == {MONDAY}
    assert use.flush() == 0


def test_a_listing_deleted_meanwhile_costs_the_others_nothing():
    gone, kept = service("Parti"), service("Resté")
    use.shown([gone.pk, kept.pk])
    Service.objects.get(pk=gone.pk).delete()
    use.flush(MONDAY)
    assert counts(kept) == (1, 0)


def test_a_write_that_fails_loses_no_count(monkeypatch):
    one = service()
    use.shown([one.pk])

    def broken(*args):
        raise DatabaseError("away")

    with monkeypatch.context() as patched:
        patched.setattr(use, "_write", broken)
        with pytest.raises(DatabaseError):
            use.flush(MONDAY)
    use.flush(MONDAY)
    assert counts(one) == (1, 0)


def test_queries_do_not_grow_with_the_listings(django_assert_max_num_queries):
    pks = [service(f"Service {number}").pk for number in range(40)]
    use.shown(pks)
    with django_assert_max_num_queries(6):
        use.flush(MONDAY)


def test_old_weeks_are_forgotten():
    one = service()
    ListingUse.objects.create(service=one, week=MONDAY - timedelta(weeks=61), shown=3)
    ListingUse.objects.create(service=one, week=MONDAY - timedelta(weeks=59), shown=3)
    assert use.forget_old(MONDAY) == 1
