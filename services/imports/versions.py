"""Which versions a listing and its places had before an import wrote them, and which it has now."""

from typing import Any

from services.models import Location, Service, ServiceAtLocation


class Versions:
    """Made before the write; `since()` after it. Ids are those of Wagtail's revisions."""

    def __init__(self, service_pk: int) -> None:
        service = Service.objects.get(pk=service_pk)
        if service.latest_revision_id is None and not service.live:
            service.save_revision(user=None)  # a draft that was never edited: something to come back to
            service.refresh_from_db()
        self.service_pk, self.was_live, self.latest = service_pk, service.live, service.latest_revision_id
        self.verified = _verified(service)
        self.places = dict(_places(service_pk).values_list("pk", "latest_revision_id"))

    def since(self) -> dict[str, Any]:
        """{"object": [before, after], "places": {uuid: [before, after]}, "new_places": [uuid]}.

        And "verified": [ISO day or None, channel] of before, where the import changed it: no version holds it.
        """
        places: dict[str, list[int | None]] = {}
        new: list[str] = []
        for place in _places(self.service_pk):
            if place.pk not in self.places:
                new.append(str(place.uuid))
            elif place.latest_revision_id != self.places[place.pk]:
                places[str(place.uuid)] = list(self.of_one(place, self.places[place.pk]))
        service = Service.objects.get(pk=self.service_pk)
        found = {"object": list(self.of_one(service, self.latest)), "places": places, "new_places": new}
        return found if _verified(service) == self.verified else found | {"verified": self.verified}

    @staticmethod
    def of_one(instance, latest_before: int | None) -> tuple[int | None, int | None]:
        """(version before, version now). One that had none got its first when it was changed (Listed.save_revision)."""
        if latest_before is not None:
            return latest_before, instance.latest_revision_id
        first = instance.revisions.order_by("pk").values_list("pk", flat=True).first()
        return (None if first == instance.latest_revision_id else first), instance.latest_revision_id


def _verified(service: Service) -> list[str | None]:
    on = service.verified_on
    return [on.isoformat() if on else None, service.verification_channel]


def _places(service_pk: int):
    links = ServiceAtLocation.objects.filter(service=service_pk).values("location")
    return Location.objects.filter(pk__in=links)
