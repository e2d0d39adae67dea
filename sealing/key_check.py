"""Whether keys are keys, without asking the settings: the production settings themselves ask this."""

import binascii

from cryptography.fernet import Fernet

from .errors import BadKeys

HASH_KEY_LENGTH = 32
HOW_TO_MAKE_ONE = "python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"


def fernets_of(keys: tuple[str, ...]) -> tuple[Fernet, ...]:
    """One for each key. Raises BadKeys naming the place of the one that is none, not the key."""
    if not keys:
        raise BadKeys(f"SEALING_KEYS is empty; make a key with: {HOW_TO_MAKE_ONE}")
    made = []
    for place, key in enumerate(keys, 1):
        try:
            made.append(Fernet(key))
        except (ValueError, binascii.Error):
            raise BadKeys(
                f"SEALING_KEYS: key {place} of {len(keys)} is no key (32 bytes as URL-safe base64);"
                f" make one with: {HOW_TO_MAKE_ONE}"
            ) from None
    return tuple(made)


def check_hash_key(secret: str) -> None:
    """Raises BadKeys."""
    if len(secret) < HASH_KEY_LENGTH:
        raise BadKeys(f"SEALING_HASH_KEY is missing or shorter than {HASH_KEY_LENGTH} characters")


def check_keys(keys: list[str], hash_key: str) -> None:
    """Raises BadKeys."""
    fernets_of(tuple(keys))
    check_hash_key(hash_key)
