"""Whether somebody may be called or written to: asked before anything is planned, set or sent."""

from .codes import ConsentKind, ContactPreference
from .models import Consent, Person


def may_be_contacted(person: Person) -> bool:
    """Not who objects, prefers no contact, or has withdrawn the consent to it and not given it again."""
    if person.do_not_contact or person.contact_preference == ContactPreference.NONE:
        return False
    given = Consent.objects.filter(person=person, kind=ConsentKind.CONTACT).values_list(
        "withdrawn_at", flat=True
    )
    return not given or None in given
