"""Why a report of an agent is not taken."""

from collections.abc import Sequence

from services.errors import CatalogueError


class NotReportable(CatalogueError):
    """The listing is a draft, closed for good or archived: nobody would be misled by it."""


class NoteRefused(CatalogueError):
    """The note holds what no note may hold. `faults`: "too_long", or codes of services.suggestions.screening.Fault."""

    def __init__(self, faults: Sequence[str]):
        super().__init__(f"the note is refused: {', '.join(faults)}")
        self.faults = list(faults)
