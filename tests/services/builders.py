"""Catalogue objects in a few words. They go through the models' own door, so each is in the change log."""

from accounts.models import Team
from services.models import Location, Organization, Service, ServiceAtLocation, TaxonomyTerm


def team(code: str = "team") -> Team:
    """The team that is in charge of what these builders make, unless `steward` names another."""
    return Team.objects.get_or_create(code=code, defaults={"name": f"Team {code}"})[0]


def organization(name: str = "Asbl Exemple", **values) -> Organization:
    values.setdefault("steward", team())
    made = Organization(name_fr=name, live=True, **values)
    made.save()
    return made


def term(taxonomy: str, code: str, name: str | None = None, **values) -> TaxonomyTerm:
    made = TaxonomyTerm(taxonomy=taxonomy, code=code, name_fr=name or code, **values)
    made.save()
    return made


def service(name: str = "Épicerie sociale", *, needs=(), at=(), live: bool = True, **values) -> Service:
    """A published service; `at` are Locations."""
    values.setdefault("steward", team())
    made = Service(
        name_fr=name,
        organization=values.pop("organization", None) or organization(),
        live=live,
        **values,
    )
    made.needs = list(needs)
    made.service_at_locations = [ServiceAtLocation(location=place) for place in at]
    made.save()
    return made


def location(lat: float | None = None, lon: float | None = None, **values) -> Location:
    values.setdefault("steward", team())
    made = Location(lat=lat, lon=lon, live=True, **values)
    made.save()
    return made
