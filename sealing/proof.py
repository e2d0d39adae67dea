"""Refuses to work on a database whose texts were sealed with other keys than those that are set.

Every key that seals leaves a KeyProof. To start, every proof must open with the keys at hand, and the hash of the same
phrase must be what it was: a key dropped too early, a wrong one and a wrong hash key are all told before the first
row is read or written.
"""

import hmac

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from .errors import WrongKey
from .keys import fernets, fingerprint, keyed_hash, seal, unseal
from .models import KeyProof

PHRASE = "The keys that opened this opened everything."


def wrong_keys(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """What is wrong, in sentences that name keys by fingerprint; empty when all is well or nothing was sealed yet."""
    if not _has_table(using):
        return []
    wrong = []
    hashed = keyed_hash(PHRASE)
    for proof in KeyProof.objects.using(using).order_by("pk"):
        try:
            opened = unseal(proof.token) == PHRASE
        except WrongKey:
            opened = False
        if not opened:
            wrong.append(
                f"texts in this database were sealed with key {proof.fingerprint}, which is not in SEALING_KEYS"
            )
        if not hmac.compare_digest(proof.hashed, hashed):
            wrong.append("SEALING_HASH_KEY is not the one that this database's hashes were made with")
    return list(dict.fromkeys(wrong))


def require_right_keys(using: str = DEFAULT_DB_ALIAS) -> None:
    """For whatever starts: raises WrongKey, else leaves the newest key's proof in the database.

    Without the table (nothing migrated yet) the keys themselves are looked at. Raises BadKeys.
    """
    fernets()
    keyed_hash("")
    if wrong := wrong_keys(using):
        raise WrongKey("; ".join(wrong) + ". Put the right keys back: nothing was read or changed")
    if _has_table(using):
        _leave_proof(using)


def _leave_proof(using: str) -> None:
    newest = fingerprint(settings.SEALING_KEYS[0])
    KeyProof.objects.using(using).get_or_create(
        fingerprint=newest, defaults={"token": seal(PHRASE), "hashed": keyed_hash(PHRASE)}
    )


def forget_older(using: str = DEFAULT_DB_ALIAS) -> int:
    """After everything was sealed anew: only the newest key is needed. Returns how many keys were let go."""
    newest = fingerprint(settings.SEALING_KEYS[0])
    return KeyProof.objects.using(using).exclude(fingerprint=newest).delete()[0]


def after_migrate(sender, using: str = DEFAULT_DB_ALIAS, **kwargs) -> None:
    require_right_keys(using)


def _has_table(using: str) -> bool:
    return KeyProof._meta.db_table in connections[using].introspection.table_names()
