"""Writes generated listings, and removes what is invented."""

from collections.abc import Callable
from datetime import date

from django.db.models import Q, QuerySet

from audit.actor import acting
from services.models import Location, Organization, Service
from services.transfer.create import Written, create_organizations, create_services

from .listings import LISTINGS_PER_ORGANIZATION, SCHEME, SOURCE, Generator
from .material import material
from .places import Places

CHUNK = 1000
DELETE_CHUNK = 200

Progress = Callable[[str], None]


def make_listings(
    count: int, *, seed: int, today: date, by: str, progress: Progress = lambda line: None
) -> Written:
    """Create listings 0 to count - 1 of this seed; those that are there already stay. Raises LookupError."""
    generator = Generator(seed=seed, material=material(), places=Places(), today=today)
    total = Written()
    with acting(by):
        for start in range(0, count, CHUNK):
            numbers = range(start, min(start + CHUNK, count))
            first = {number // LISTINGS_PER_ORGANIZATION: number for number in reversed(numbers)}
            create_organizations([generator.organization(number) for number in sorted(first.values())])
            written = create_services(
                [generator.listing(number) for number in numbers], organization_scheme=SCHEME
            )
            total.created += written.created
            total.existing += written.existing
            total.refused += [(start + position, reason) for position, reason in written.refused]
            progress(f"  {numbers[-1] + 1:,} of {count:,} listings")
    return total


def examples(*, generated_only: bool) -> dict[str, QuerySet]:
    """What is invented, in the order in which it can be deleted.

    Only what nothing real leans on: an example location or organisation that a real service uses stays.
    """
    chosen = Q(is_example=True, source=SOURCE) if generated_only else Q(is_example=True)
    return {
        "services": Service.objects.filter(chosen),
        "locations": Location.objects.filter(chosen).exclude(service_at_locations__service__is_example=False),
        "organizations": Organization.objects.filter(chosen).exclude(services__is_example=False),
    }


def remove_examples(
    *, generated_only: bool, by: str, progress: Progress = lambda line: None
) -> dict[str, int]:
    """Delete the invented services, then the locations and organisations that nothing uses any more; the counts."""
    removed = {"services": 0, "locations": 0, "organizations": 0}
    with acting(by):
        queries = examples(generated_only=generated_only)
        queries["locations"] = queries["locations"].filter(service_at_locations__isnull=True)
        queries["organizations"] = queries["organizations"].filter(
            services__isnull=True, branches__isnull=True
        )
        for what, found in queries.items():
            while pks := list(found.order_by("pk").values_list("pk", flat=True)[:DELETE_CHUNK]):
                found.model.objects.filter(pk__in=pks).delete()
                removed[what] += len(pks)
                if removed[what] % 1000 == 0:
                    progress(f"  {removed[what]:,} {what} removed")
    return removed
