"""Free texts at the desk: short, without national numbers."""

from services.personal_numbers import has_national_number

from .errors import BadValue, NationalNumber

NOTE_LENGTH = 500


def checked(field: str, text: str | None, *, longest: int = NOTE_LENGTH) -> str | None:
    """The text without spaces around it, None when nothing is left. Raises BadValue, NationalNumber."""
    # A browser sends a line's end as two characters, and counts one.
    text = (text or "").replace("\x00", "").replace("\r\n", "\n").strip()
    if not text:
        return None
    if len(text) > longest:
        raise BadValue(field, f"{longest} characters at most, here {len(text)}")
    if has_national_number(text):
        raise NationalNumber(field)
    return text
