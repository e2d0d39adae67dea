"""The words that are read out before somebody agrees, by version. What was read out once is never changed: a new version is.

A consent keeps the version (Consent.script_version), so that years later it can be said to what somebody agreed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .codes import ConsentKind

VERSION = "2026-1"
FILE_DAYS = 30  # for so long a service may read a file: the words say it, so it is no setting
SCRIPTS: Mapping[str, Mapping[str, str | Promise]] = MappingProxyType(
    {
        "2026-1": {
            ConsentKind.CONTACT: _("May we call you back to ask whether it helped?"),
            ConsentKind.KEEP_RECORD: _(
                "May we keep a file with your situation and what we looked for together, so that you need not tell"
                " everything again? You can ask to read it or to have it erased at any time."
            ),
            ConsentKind.TRANSMIT: _(
                "May we send this service your name, how to reach you and what you need, so that they contact you? They"
                " can read it for thirty days at most. You can change your mind at any time."
            ),
        }
    }
)


def words(kind: str, version: str = VERSION) -> str:
    """In the current language. KeyError: no such version or kind."""
    return str(SCRIPTS[version][kind])
