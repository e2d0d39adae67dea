"""Why something was refused, in words that every reader gets in their own language.

A Reason is the English sentence (what commands and tests read) and remembers what it was made of, so that a report
written by one person can be read by another in Dutch.
"""

from typing import Any

from django.utils.translation import gettext


class Reason(str):
    """`prefix` (a column or a file, never translated) and a sentence of gettext with its values.

    A value that is itself words for people is a Reason too, and is translated with the sentence.
    """

    __slots__ = ("msgid", "params", "prefix")
    prefix: str
    msgid: str
    params: dict[str, Any]

    def __new__(cls, msgid: str, params: dict[str, Any] | None = None, prefix: str = "") -> "Reason":
        """`msgid` is marked for translators where it is written, by gettext_noop."""
        made = super().__new__(cls, prefix + (msgid % params if params else msgid))
        made.prefix, made.msgid, made.params = prefix, msgid, params or {}
        return made

    def under(self, name: str) -> "Reason":
        """The same, said of a column: "age_min: …"."""
        return Reason(self.msgid, self.params, f"{name}: {self.prefix}")

    def as_data(self) -> list[Any]:
        """What a database keeps of it; `words` reads it."""
        params = {
            name: {"reason": v.as_data()} if isinstance(v, Reason) else v for name, v in self.params.items()
        }
        return [self.prefix, self.msgid, params]


def of(error: Exception) -> Reason:
    """The reason an error carries; one without becomes its text."""
    first = error.args[0] if error.args else str(error)
    return first if isinstance(first, Reason) else as_reason(str(first))


def as_reason(text: str) -> Reason:
    """A text of somebody else's (Django's, the database's), as it is."""
    return text if isinstance(text, Reason) else Reason("%(text)s", {"text": text})


def words(data: list[Any] | None) -> str:
    """What `as_data` kept, in the active language."""
    if not data:
        return ""
    prefix, msgid, params = data
    sentence = gettext(msgid)
    params = {name: words(v["reason"]) if isinstance(v, dict) else v for name, v in params.items()}
    return f"{prefix}{sentence % params if params else sentence}"
