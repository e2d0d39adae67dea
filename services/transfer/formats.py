"""The file formats of the import and export commands, and which of them are there."""

from services.errors import FileRefused

FORMATS = ("csv", "hsds")


def refuse_unless_there(name: str) -> None:
    """Raises FileRefused for the format that is announced but not there yet."""
    if name == "hsds":
        raise FileRefused("HSDS files come with a later version; use csv")
