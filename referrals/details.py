"""What is told to a person about the service they were directed to: its name, phones, addresses and hours, nothing else."""

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from services.codes import Visibility
from services.verification import screen

from .models import Orientation


def text(orientation: Orientation, language: str) -> str:
    """Lines of plain text in `language` (fr, nl, en, de): from the listing as it was given.

    Phones for professionals are left out. The name is the one in that language; one that only exists in another is
    followed by that language's code. The hours are the listing's of today when it still exists (they are worded in a
    language when they are read), else as they were given. Nothing in it is about a person.
    """
    snapshot = orientation.snapshot
    with translation.override(language):
        name = named(snapshot["name"], language)
        organization = named(snapshot["organization"], language)
        lines = [name]
        if organization and organization != name:
            lines.append(organization)
        phones = [one["number"] for one in snapshot["phones"] if one["visibility"] == Visibility.PUBLIC]
        if phones:
            lines.append(f"{_('Phone')}: {', '.join(dict.fromkeys(phones))}")
        for place in snapshot["places"]:
            lines.append(f"{_('Address')}: {', '.join(filter(None, [place['line'], place['postcode']]))}")
        if orientation.appointment_at is not None:
            when = date_format(timezone.localtime(orientation.appointment_at), "l j F Y, H:i")
            lines.append(f"{_('Appointment on')} {when}")
        if said := hours(orientation):
            lines.append(f"{_('Opening hours')}: {'; '.join(said)}")
        return "\n".join(lines)


def named(names: dict[str, str], language: str) -> str:
    """The name in this language; else the first there is, with its language's code behind it; "" when there is none."""
    if names.get(language):
        return names[language]
    for code, name in names.items():
        if name:
            return f"{name} ({code})"
    return ""


def hours(orientation: Orientation) -> list[str]:
    """In words of the current language where the listing still exists, else as they were given."""
    service = orientation.service
    if service is None or not service.live:
        return list(orientation.snapshot["hours"])
    lines = screen.lines(service, public=True)
    return [str(part) for line in lines if line.code == "hours" for part in line.texts]
