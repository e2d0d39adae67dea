"""Errors of sealing; none of them carries a text, a token or a key."""

from django.core.exceptions import FieldError, ImproperlyConfigured


class SealingError(Exception):
    """Anything that goes wrong with a sealed text."""


class WrongKey(SealingError):
    """No key in SEALING_KEYS opens this, or it was changed after it was sealed."""


class BadKeys(SealingError, ImproperlyConfigured):
    """SEALING_KEYS or SEALING_HASH_KEY is missing or is no key."""


class NotSearchable(SealingError, FieldError):
    """A sealed column was asked for its content in a query; only `isnull` can be answered."""
