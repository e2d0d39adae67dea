"""What a reader is told about the translation before them: older than the original, or made by a machine."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.models import Service
from services.translating.selectors import honesty
from services.translating.texts import in_order, kind_of
from services.translating.units import label

from ..addresses import listing_url
from .texts import texts_of
from .words import written_in


@dataclass(frozen=True)
class TranslationNote:
    """`stale`, `machine`: names of the texts; `original`: (address, language, "in French") of the original."""

    stale: list[str]
    machine: list[str]
    original: tuple[str, str, str]


def translation_note(service: Service, lang: str) -> TranslationNote | None:
    """Of a published listing in the reader's language; None when its texts are as good as the original. One query."""
    found = honesty(service, lang)
    if not (found.stale or found.machine):
        return None
    url = listing_url(service.uuid, texts_of(service, "name"), found.source)
    return TranslationNote(
        stale=_labels(found.stale),
        machine=_labels(found.machine - found.stale),
        original=(url, found.source, written_in(found.source)),
    )


def _labels(keys: Iterable[str]) -> list[str]:
    """Each kind of text once, in the order of the form; two notices are one word."""
    kinds = dict.fromkeys(kind_of(key) for key in in_order(keys))
    return [label(kind) for kind in kinds]
