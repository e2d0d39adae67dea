"""What the desk refuses about persons, in words for the one who typed."""

from django.utils.translation import gettext as _

from referrals.access import OPENED
from referrals.actions.forgetting import ERASED_ON_REQUEST
from referrals.actions.openings import SHORTEST_REASON, TooMany
from referrals.errors import BadValue, Closed, NationalNumber, ReferralError


def sentence(error: ReferralError) -> str:
    """Without what was typed."""
    if isinstance(error, NationalNumber):
        return _("This holds a national register number. Take it out: it is never kept here.")
    if isinstance(error, TooMany):
        return _("You have looked up many persons within the hour. Wait a little, or ask your coordinator.")
    if isinstance(error, Closed):
        return _("Somebody merged or erased this file meanwhile.")
    field = error.field if isinstance(error, BadValue) else ""
    return {
        "query": _("Type a whole reference, such as K-47RD6, or a whole phone number."),
        "phone": _("This is no phone number."),
        "service": _("Say to which service the file may be sent."),
        "reason": _("Give a reason of at least %(number)s characters.") % {"number": SHORTEST_REASON},
        "other": _("These two files cannot be merged."),
    }.get(field, _("This cannot be kept as it is."))


def why(reason: str) -> str:
    """The reason of an access row in the reader's language."""
    return {ERASED_ON_REQUEST: _("erased on request"), OPENED: _("opened with a reason")}.get(reason, reason)
