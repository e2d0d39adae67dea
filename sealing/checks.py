"""System checks: keys that are no keys, and keys that are not this database's."""

from django.core.checks import Error, Tags, register
from django.db import DEFAULT_DB_ALIAS

from .errors import BadKeys
from .keys import fernets, keyed_hash
from .proof import wrong_keys


@register()
def the_keys_are_keys(app_configs, **kwargs):
    try:
        fernets()
        keyed_hash("")
    except BadKeys as error:
        return [Error(str(error), hint="See “Keys” in docs/operations.md.", id="sealing.E001")]
    return []


@register(Tags.database)
def the_keys_are_this_databases(app_configs, databases=None, **kwargs):
    """Runs with `check --database default` and before `migrate`."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    try:
        wrong = wrong_keys()
    except BadKeys:  # E001 tells
        return []
    hint = "Put the key back at the end of SEALING_KEYS; it may go once `manage.py sealing_rotate` has run."
    return [Error(f"{sentence}.", hint=hint, id="sealing.E002") for sentence in wrong]
