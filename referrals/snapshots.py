"""A listing as it was given to somebody: what the agent read out, kept whatever becomes of the listing."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from services.codes import AddressVisibility, PhoneType
from services.models import Phone, Service
from services.verification import screen


def of(service: Service) -> dict[str, Any]:
    """{"name", "organization", "phones", "places", "hours", "website", "verified_on", "at"}; names by language code.

    Phones for professionals are kept too (the agent is one); addresses that are hidden are not.
    """
    links = [link for link in service.service_at_locations.all() if link.location.live]
    phones = [*service.phones.all()]
    for link in links:
        phones += link.phones.all()
    if not phones and service.organization is not None:
        phones = [*service.organization.phones.all()]
    return {
        "name": _texts(service, "name"),
        "organization": _texts(service.organization, "name"),
        "phones": [_phone(phone) for phone in phones if phone.type == PhoneType.VOICE],
        "places": [
            {"line": link.location.address_line, "postcode": link.location.postcode}
            for link in links
            if link.location.address_visibility == AddressVisibility.PUBLIC
        ],
        "hours": [
            text for line in screen.lines(service, public=True) if line.code == "hours" for text in line.texts
        ],
        "website": service.website,
        "verified_on": service.verified_on.isoformat() if service.verified_on else None,
        "at": timezone.now().isoformat(timespec="seconds"),
    }


def _texts(instance, name: str) -> dict[str, str]:
    return {
        code: text for code, _label in settings.LANGUAGES if (text := getattr(instance, f"{name}_{code}", ""))
    }


def _phone(phone: Phone) -> dict[str, str]:
    return {"number": phone.number, "visibility": phone.visibility}
