"""Remembers a search that found nothing, for the gap register: its words, language, bassin and week, and nobody's name."""

from .actions import record_search_without_result
from .finder import Found
from .query.privacy import may_be_logged
from .request import today


def remember(found: Found) -> bool:
    """Count the search if nothing fitted all of it; True when it was counted. Never raises.

    Further pages of a search are not counted again, nor is what was answered in a reduced way.
    """
    request, understood = found.request, found.understood
    in_vain = found.result.total == 0 or bool(found.dropped)
    if not in_vain or request.page > 1 or found.degraded or not may_be_logged(request.q):
        return False
    return record_search_without_result(
        words=understood.text,
        language=found.language,
        bassin=found.place.bassin or "" if found.place else "",
        today=today(),
        relaxed=found.result.total > 0,
    )
