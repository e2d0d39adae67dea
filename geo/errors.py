"""Errors of the territories and their files."""


class GeoError(Exception):
    """Any error of this package."""


class GeoFileError(GeoError):
    """A whole file of the geography is missing or cannot be read; the message names it."""


class RowRefused(GeoError):
    """One row of a file is wrong. The rest is kept; `str()` reads "file:line: reason"."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason
