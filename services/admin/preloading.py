"""The places of a service with all that hangs on them, in a few queries however many they are; for showing its form.

Parts of an unsaved version are in memory already; those of what is saved are put where modelcluster looks first.
"""

from collections import defaultdict

from services.models import Location, Notice, Phone, Schedule, Service
from services.models.service import ServiceAtLocation

_PARTS = {"schedules": Schedule, "phones": Phone, "notices": Notice}


def preload_places(service: Service) -> dict[int, Location]:
    """Fills the memory of `service`, which must not be saved afterwards; gives its locations by primary key."""
    links = list(service.service_at_locations.all())
    _remember(service, "service_at_locations", links)
    saved = [link.pk for link in links if link.pk is not None]
    for name, model in _PARTS.items():
        found: dict[int, list] = defaultdict(list)
        for part in model.objects.filter(service_at_location__in=saved):
            found[part.service_at_location_id].append(part)
        for link in links:
            if link.pk is not None and name not in _memory(link):
                _remember(link, name, found[link.pk])
    locations = Location.objects.in_bulk({link.location_id for link in links if link.location_id})
    for link in links:
        if link.location_id in locations:
            ServiceAtLocation.location.field.set_cached_value(link, locations[link.location_id])
    return locations


def _memory(owner) -> dict:
    return owner.__dict__.setdefault("_cluster_related_objects", {})


def _remember(owner, name: str, parts: list) -> None:
    _memory(owner)[name] = parts
