"""Finding a row by words in the admin's lists and choosers: any order, any language, with or without accents."""

import re

from django.db.models import Exists, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from services.models import ExternalIdentifier

_VARIANTS = {
    "a": "aàâäáå",
    "c": "cç",
    "e": "eéèêë",
    "i": "iîïí",
    "n": "nñ",
    "o": "oôöóø",
    "u": "uùûüú",
    "y": "yÿ",
}
_CLASS_OF = {letter: f"[{letters}]" for letters in _VARIANTS.values() for letter in letters}
LONGEST = 100  # characters of a query that are looked at


class _Joined(Func):
    """Texts with a space between, in one flat expression: nested ones overflow SQLite's parser."""

    template, arg_joiner, output_field = "(%(expressions)s)", " || ' ' || ", TextField()


def pattern(word: str) -> str:
    """A regular expression for `word` that does not mind accents: "epicerie" → "[eéèêë]p[iîïí][cç]…"."""
    return "".join(_CLASS_OF.get(letter) or re.escape(letter) for letter in word.lower())


def find(queryset: QuerySet, text: str, fields: list[str], owner: str | None = None) -> QuerySet:
    """Rows whose `fields` (text columns, also of a parent) hold every word of `text`.

    `owner` ("service", "organization", "location"): rows that have one of the words as an identifier elsewhere count
    too. One row stays one row.
    """
    words = text.replace("\0", " ")[:LONGEST].split()
    if not words:
        return queryset
    texts = [Coalesce(field, Value(""), output_field=TextField()) for field in fields]
    queryset = queryset.alias(searched_text=_Joined(*texts))
    for word in words:
        matches = Q(searched_text__iregex=pattern(word))
        if owner:
            matches |= Exists(
                ExternalIdentifier.objects.filter(**{owner: OuterRef("pk")}, identifier__iexact=word)
            )
        queryset = queryset.filter(matches)
    return queryset
