"""Emergency and listening numbers, by the reader's language.

Source: 112 and 101 are legal emergency numbers (112.be); 106 Tele-Onthaal, 107 Télé-Accueil and 108 Telefonhilfe listen
in Dutch, French and German; 1813 Zelfmoordlijn and 0800 32 123 Centre de Prévention du Suicide are for suicidal thoughts.
"""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from services.rules import phone_e164


class Number(NamedTuple):
    number: str
    what: object
    href: str


_AMBULANCE = ("112", _("ambulance, fire brigade"))
_POLICE = ("101", _("police"))
_TALK = _("talk to someone")
_SUICIDE = _("thoughts of suicide")
_BY_LANGUAGE = {
    "fr": [_AMBULANCE, _POLICE, ("107", _TALK), ("0800 32 123", _SUICIDE)],
    "nl": [_AMBULANCE, _POLICE, ("106", _TALK), ("1813", _SUICIDE)],
    "de": [_AMBULANCE, _POLICE, ("108", _TALK)],
}
_OTHERS = [
    _AMBULANCE,
    _POLICE,
    ("107", _("talk to someone, in French")),
    ("106", _("talk to someone, in Dutch")),
]


def numbers(language: str) -> list[Number]:
    """The numbers for a reader of this language, the most urgent first."""
    return [
        Number(number, what, f"tel:{phone_e164(number) or number}")
        for number, what in _BY_LANGUAGE.get(language, _OTHERS)
    ]
