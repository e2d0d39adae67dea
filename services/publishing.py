"""What may be published: a draft may be incomplete or half typed, a publication may not, whichever way it goes out.

Forms check what they send; a review approved from a list, or a task at night, publishes a version that no form has seen.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from modelcluster.models import get_all_child_relations

from .errors import CatalogueError


class NotPublishable(CatalogueError, PermissionDenied):
    """A version that lacks what a publication needs; the message says what. Wagtail treats it as a refusal."""


def faults(obj) -> list[str]:
    """Why this object, as it is in memory with its parts, may not be published; empty when it may."""
    said: list[str] = []
    _collect(obj, said, exclude=())
    return said


def _collect(obj, said: list[str], exclude) -> None:
    try:
        obj.clean_fields(exclude=exclude)
    except ValidationError as error:
        said += _in_words(obj, error)
    try:
        obj.clean()
    except ValidationError as error:
        said += [line for line in _in_words(obj, error) if line not in said]
    for relation in get_all_child_relations(type(obj)):
        for part in getattr(obj, relation.get_accessor_name()).all():
            _collect(part, said, exclude={relation.field.name})


def _in_words(obj, error: ValidationError) -> list[str]:
    if not hasattr(error, "error_dict"):
        return list(error.messages)
    names = {field.name: str(field.verbose_name) for field in obj._meta.concrete_fields}
    return [
        f"{names.get(name, name)}: {message}"
        for name, messages in error.message_dict.items()
        for message in messages
    ]
