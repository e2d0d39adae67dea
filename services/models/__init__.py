"""The catalogue, HSDS-shaped: one file a noun."""

from .change import Change
from .location import Location
from .organization import Organization
from .parts import Contact, ExternalIdentifier, Notice, Phone, Schedule
from .service import CostOption, RequiredDocument, Service, ServiceArea, ServiceAtLocation, ServiceAudience
from .taxonomy import TaxonomyTerm

__all__ = [
    "Change",
    "Contact",
    "CostOption",
    "ExternalIdentifier",
    "Location",
    "Notice",
    "Organization",
    "Phone",
    "RequiredDocument",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceAudience",
    "TaxonomyTerm",
]
