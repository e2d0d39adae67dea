"""Fields and values as people read them: labels, hours in sentences, languages by name."""

from typing import Any

from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from services.codes import Language, Lifecycle
from services.opening_hours import osm
from services.opening_hours.words import describe

from .fields import BY_CODE, TEXT_LENGTH

LABELS = {
    "name": _("Name"),
    "phones": _("Phones"),
    "street": _("Street"),
    "house_number": _("Number and box"),
    "postcode": _("Postcode"),
    "hours": _("Opening hours"),
    "hours_words": _("Opening hours"),
    "access": _("How to get in"),
    "audience": _("For whom"),
    "cost": _("Cost"),
    "languages": _("Languages spoken"),
    "description": _("Description"),
    "website": _("Website"),
    "email": _("E-mail"),
    "closed": _("State"),
    "organization": _("Organisation"),
}


def label_of(code: str) -> str:
    return str(LABELS.get(code, code))


def in_words(code: str, value: Any) -> str:
    """A value of a change in the active language, on one line or several; "" when there is none."""
    if value in (None, "", []):
        return ""
    kind = BY_CODE[code].kind if code in BY_CODE else "text"
    if kind == "codes":
        names = dict(Language.choices)
        return ", ".join(str(names.get(part, part)) for part in value)
    if kind == "numbers" and isinstance(value, list):
        return "\n".join(value)
    if kind == "hours":
        return _hours(str(value))
    if kind == "closed":
        return str(dict(Lifecycle.choices).get(value, value))
    return str(value)[: 2 * TEXT_LENGTH]


def _hours(text: str) -> str:
    try:
        return "\n".join(describe(osm.parse(text), get_language() or "fr"))
    except ValueError:
        return text


def reference(uuid) -> str:
    """What somebody may say on the phone to ask about a suggestion: "4F2A-91C0"."""
    digits = uuid.hex[:8].upper()
    return f"{digits[:4]}-{digits[4:]}"


def answer_texts(name: str, *, new: bool) -> dict[str, str]:
    """{outcome: text} in the active language, for the answer to the sender; `name` of the listing or of what was new."""
    hello = gettext("Hello,")
    thanks = gettext("Thank you for your message about “%(name)s”.") % {"name": name}
    regards = pgettext("end of a letter", "Kind regards")
    if new:
        said = {
            "accepted": gettext(
                "We are preparing its page. It will be in the directory when it has been checked."
            ),
            "refused": gettext("We will not add it to the directory for now."),
        }
    else:
        said = {
            "accepted": gettext("We have corrected its page in the directory."),
            "partly": gettext("We have checked it and corrected part of its page in the directory."),
            "refused": gettext("We have checked it: what stands in the directory stays as it is."),
        }
    return {outcome: f"{hello}\n\n{thanks}\n{text}\n\n{regards}" for outcome, text in said.items()}
