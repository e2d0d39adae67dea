"""The machine-translation hook: a protocol, the setting that names an implementation, and its errors by cause.

Off unless MACHINE_TRANSLATION names one: texts then leave this machine. What may be sent is decided in
actions.propose; what comes back waits in a draft until a person has looked at it.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


class MachineError(Exception):
    """Anything that keeps a machine from translating."""


class MachineUnavailable(MachineError):
    """It does not answer, or not in time: try later."""


class MachineRefused(MachineError):
    """It will not translate this: an unknown pair of languages, a wrong key, a quota that is used up."""


class MachineAnswerWrong(MachineError):
    """It answered something that is no translation of what was asked."""


class Translator(Protocol):
    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Plain texts from one language to another (codes as in LANGUAGES), as many and in the same order.

        Raises MachineError.
        """
        ...


def is_on() -> bool:
    return bool(settings.MACHINE_TRANSLATION)


def translator() -> Translator:
    """The one that MACHINE_TRANSLATION names (a callable without arguments). Raises ImproperlyConfigured."""
    if not settings.MACHINE_TRANSLATION:
        raise ImproperlyConfigured("no machine translates: set MACHINE_TRANSLATION to a dotted path")
    try:
        return import_string(settings.MACHINE_TRANSLATION)()
    except ImportError as error:
        raise ImproperlyConfigured(f"MACHINE_TRANSLATION: {error}") from error


def translated(machine: Translator, texts: Mapping[str, str], source: str, target: str) -> dict[str, str]:
    """Key → translation. Raises MachineError; MachineAnswerWrong also when texts are missing from the answer."""
    keys = list(texts)
    answer = machine.translate([texts[key] for key in keys], source, target)
    if len(answer) != len(keys) or not all(isinstance(text, str) for text in answer):
        raise MachineAnswerWrong(f"{len(keys)} texts were asked for, {len(answer)} came back")
    return dict(zip(keys, answer, strict=True))
