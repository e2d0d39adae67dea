"""Errors of the catalogue; each says what is wrong and, for files, where."""

from typing import Any

from .reasons import Reason, as_reason


class CatalogueError(Exception):
    """Anything the catalogue refuses."""


class RowRefused(CatalogueError):
    """One row of a file that cannot be taken; the others are."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}")
        self.file = file
        self.line = line
        self.reason = as_reason(reason)


class EntryRefused(RowRefused):
    """The same for an entry that is not one line: `where` is "services.csv, line 3" or "feed.json, /contents/2"."""

    def __init__(self, file: str, line: int, where: str, reason: str) -> None:
        super().__init__(file, line, reason)
        self.args = (f"{where}: {reason}",)


class FileRefused(CatalogueError):
    """A file that cannot be read at all: its encoding, its columns, its format.

    `message` is a text, or a sentence marked by gettext_noop with its values; `file` (a name) stands before it.
    """

    def __init__(self, message: str, params: dict[str, Any] | None = None, *, file: str = "") -> None:
        reason = message if isinstance(message, Reason) else Reason(message, params)
        super().__init__(f"{file}: {reason}" if file else reason)
        self.reason = reason
