"""Puts accepted values into a version of a listing, and of the places it is given at. Nothing is saved here."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from services.models import Location, Phone, Schedule, Service, ServiceAtLocation
from services.opening_hours import osm, schedules
from services.rules import phone_e164
from services.transfer.csv_cells import split_box

from .fields import ADDRESS, BY_CODE
from .reading import is_public_voice, link_of

_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def apply(service: Service, change: dict, value: Any) -> None:
    """Set one value of the service or of one of its places, addresses aside (`apply_address`).

    Raises PlaceGone, and ValidationError with what is wrong with the value.
    """
    field = BY_CODE[change["field"]]
    owner = link_of(service, change["part"]) if change["part"] else service
    if field.kind == "numbers":
        _set_phones(owner, value)
    elif field.kind in ("hours", "words"):
        _set_hours(owner, value)
    else:
        column = f"{field.column}_{change['language']}" if field.translated else field.column
        model_field = Service._meta.get_field(column)
        if field.kind == "line" and len(value) > field.length:
            raise ValidationError(_("Too long: %(count)d characters at most.") % {"count": field.length})
        model_field.run_validators(value)
        setattr(service, column, value)


def is_of_address(change: dict) -> bool:
    return change["field"] in ADDRESS


def apply_address(location: Location, change: dict, value: str) -> None:
    """Set one part of an address; the names of the old street in other languages go with it."""
    field = BY_CODE[change["field"]]
    if len(value) > field.length:
        raise ValidationError(_("Too long: %(count)d characters at most.") % {"count": field.length})
    if field.code == "street":
        for code in _LANGUAGES:
            setattr(location, f"street_{code}", value if code == change["language"] else "")
    elif field.code == "house_number":
        location.house_number, location.box = split_box(value)
    else:
        setattr(location, field.column, value)


def _set_phones(owner: Service | ServiceAtLocation, numbers: list[str]) -> None:
    """Public voice numbers become these; one that stays keeps what is said about it, others are not touched."""
    present = list(owner.phones.all())
    known = {phone_e164(phone.number): phone for phone in present if is_public_voice(phone)}
    wanted = []
    for number in numbers:
        if phone_e164(number) is None:
            raise ValidationError(
                _("“%(number)s” is no phone number. Write it as 02 123 45 67 or +32 2 123 45 67.")
                % {"number": number}
            )
        phone = known.get(phone_e164(number)) or Phone()
        phone.number = number
        wanted.append(phone)
    owner.phones = _in_order([*wanted, *(phone for phone in present if not is_public_voice(phone))])


def _set_hours(owner: Service | ServiceAtLocation, text: str) -> None:
    rows = schedules.to_schedule_rows(osm.parse(text)) if text else []
    owner.schedules = _in_order(
        [
            Schedule(**{name: value for name, value in row.items() if name != "notes" and value is not None})
            for row in rows
        ]
    )


def _in_order(parts: list) -> list:
    for order, part in enumerate(parts):
        part.sort_order = order
    return parts
