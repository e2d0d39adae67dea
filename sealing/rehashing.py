"""Changes SEALING_HASH_KEY: everything that is found by a hash is hashed anew, in one transaction, with the site stopped.

Not while people work: a second column with the old hashes would let them, at the price of a second key that finds everybody.
An app registers what it keeps the text of; other hashes (counts of a day, recovery codes) end with the key.
"""

import hmac
from collections.abc import Callable

from django.db import transaction

from audit.actions import record

from .errors import WrongKey
from .key_check import check_hash_key
from .keys import hash_under, keyed_hash
from .models import KeyProof
from .proof import PHRASE

# What is hashed ("app.Model.field") → hashes all of it anew with the key in the settings, and says how much that was.
_hashed: dict[str, Callable[[], int]] = {}


def register(name: str, hash_anew: Callable[[], int]) -> None:
    """Called from AppConfig.ready(). `hash_anew` runs in the one transaction."""
    _hashed[name] = hash_anew


@transaction.atomic
def rehash(*, before: str) -> dict[str, int]:
    """Counts by name. `before`: the key until now, which must be this database's. Raises BadKeys, WrongKey."""
    check_hash_key(before)
    old, new = hash_under(before, PHRASE), keyed_hash(PHRASE)
    proofs = [row.hashed for row in KeyProof.objects.select_for_update()]
    if not all(hmac.compare_digest(hashed, old) for hashed in proofs):
        raise WrongKey("SEALING_HASH_KEY_BEFORE is not the key that this database's hashes were made with")
    counts = {name: hash_anew() for name, hash_anew in sorted(_hashed.items())}
    KeyProof.objects.update(hashed=new)
    record(action="sealing.rehashed", object_kind="sealing", object_id="hash", detail=counts)
    return counts
