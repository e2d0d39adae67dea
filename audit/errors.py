"""Errors of the audit record."""


class AppendOnly(Exception):
    """Somebody tried to change or delete a row that may only be added."""
