"""Writes an HSDS import's changes through the models themselves, so that each leaves a revision and stays reversible."""

from collections.abc import Hashable, Mapping
from typing import Any

from wagtail.models import ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from services.models import (
    ExternalIdentifier,
    Location,
    Organization,
    RequiredDocument,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceAudience,
    TaxonomyTerm,
)
from services.transfer import create_parts
from services.transfer.create import Places, Terms, build_location
from services.transfer.create_parts import texts_as_columns
from services.transfer.drafts import ServiceDraft
from services.transfer.update import publish
from services.verification.actions import set_verified

from .merging import LOCATION_TEXTS, ORGANIZATION_TEXTS, SERVICE_TEXTS
from .plan import PlaceUpdate, Update


class Writer:
    """Writes one change at a time, in the caller's transaction. Raises DraftRefused, ValidationError, DatabaseError."""

    def __init__(
        self, source: str, terms: Terms, organizations: Mapping[Hashable, int], places: Places
    ) -> None:
        self.source, self.terms, self.organizations, self.places = source, terms, organizations, places

    def organization(self, pk: int, values: dict[str, Any]) -> None:
        organization = Organization.objects.get(pk=pk)
        for name, value in values.items():
            if name in ORGANIZATION_TEXTS:
                _set_texts(organization, name, value)
            elif name == "organisation_type":
                organization.organisation_type_id = self.terms.term(name, value)
            elif name in ("phones", "contacts"):
                setattr(organization, name, getattr(create_parts, name)(value))
            else:
                setattr(organization, name, value)
        _publish(organization)

    def service(self, update: Update) -> None:
        # As for CSV: what refers to what is noted once at the end, not at each of five saves.
        with disable_reference_index_auto_update():
            service = Service.objects.get(pk=update.pk)
            if "verified_on" in update.values:  # as for CSV: no version holds it
                set_verified(service=service, on=update.values["verified_on"], channel="")
            for name, value in update.values.items():
                self._set(service, name, value)
            if update.organization is not None:
                if update.organization not in self.organizations:
                    raise create_parts.DraftRefused("organization: it was refused")
                service.organization_id = self.organizations[update.organization]
            if update.places or update.removed:
                self._set_places(service, update)
            if service.live:
                _publish(service)
            else:  # a draft stays one
                create_parts.checked(service)
                service.save()
                service.save_revision(user=None)
        service = Service.objects.get(pk=update.pk)
        for instance in (service, *(link.location for link in service.service_at_locations.all())):
            ReferenceIndex.create_or_update_for_object(instance)

    def _set(self, service: Service, name: str, value: Any) -> None:
        if name in SERVICE_TEXTS:
            _set_texts(service, name, value)
        elif name == "needs":
            wanted = [self.terms.term("need", code) for code in value]
            service.needs = list(TaxonomyTerm.objects.filter(pk__in=wanted))
        elif name == "audiences":
            service.audiences = [
                ServiceAudience(term_id=self.terms.term("audience", code), welcome=welcome, sort_order=order)
                for order, (code, welcome) in enumerate(value)
            ]
        elif name == "organisation_type":
            service.organisation_type_id = self.terms.term(name, value)
        elif name == "cost_options":
            draft = ServiceDraft("", "", None, {}, cost_options=value)
            service.cost_options = create_parts.cost_options(draft)
        elif name == "documents":
            service.required_documents = [
                RequiredDocument(sort_order=order, **texts_as_columns("document", texts))
                for order, texts in enumerate(value)
            ]
        elif name == "service_areas":
            service.service_areas = [
                ServiceArea(territory_id=self.terms.territory(kind, code), sort_order=order)
                for order, (kind, code) in enumerate(value)
            ]
        elif name in ("phones", "contacts", "notices", "schedules"):
            setattr(service, name, getattr(create_parts, name)(value))
        elif name == "replaced_by":
            service.replaced_by = Service.objects.filter(uuid=value).first() if value else None
        else:
            setattr(service, name, value)

    def _set_places(self, service: Service, update: Update) -> None:
        links = list(service.service_at_locations.all())
        by_location = {link.location_id: link for link in links}
        for change in update.places:
            link = by_location.get(change.pk) if change.linked else None
            if link is None:
                link = ServiceAtLocation(location=self._location(change, service))
                links.append(link)
                said = {
                    name: getattr(change.draft, name)
                    for name in ("link_description", "phones", "schedules", "notices")
                }
            else:
                said = change.link
                self._change_location(change, link.location)
            for name, value in said.items():
                if name == "link_description":
                    _set_texts(link, "description", value)
                else:
                    setattr(link, name, getattr(create_parts, name)(value))
        links = [link for link in links if link.location_id not in update.removed]
        for order, link in enumerate(links):
            link.sort_order = order
        service.service_at_locations = links

    def _location(self, change: PlaceUpdate, service: Service) -> Location:
        """The place's location: the catalogue's, one that this import has made already, or a new one."""
        key = (self.source, change.draft.external_id)
        if change.pk is not None:
            return Location.objects.get(pk=change.pk)
        if key in self.places.new:
            return self.places.new[key]
        location = build_location(
            change.draft,
            self.terms,
            is_example=service.is_example,
            source=self.source,
            source_date="",
        )
        ids = [(self.source, change.draft.external_id), *change.draft.other_ids]
        location.external_identifiers = create_parts.identifiers(ids)
        location.save()
        self.places.new[key] = location
        return location

    def _change_location(self, change: PlaceUpdate, location: Location) -> None:
        if not change.location and not change.identifier:
            return
        for name, value in change.location.items():
            if name in LOCATION_TEXTS:
                _set_texts(location, name, value)
            elif name == "nis5":
                location.commune_id = self.terms.territory("commune", value) if value else None
            else:
                setattr(location, name, value)
        if change.identifier:
            location.external_identifiers = [
                *location.external_identifiers.all(),
                ExternalIdentifier(scheme=self.source, identifier=change.identifier),
            ]
        _publish(location)


def _set_texts(instance: Any, name: str, texts: dict[str, str]) -> None:
    for column, text in texts_as_columns(name, texts).items():
        setattr(instance, column, text)


def _publish(instance: Any) -> None:
    create_parts.checked(instance)
    publish(instance)
