"""Seals and opens single texts, and hashes them for exact lookup. The keys are settings.

SEALING_KEYS: Fernet keys (32 random bytes as URL-safe base64), the newest first; all of them open, the newest seals.
SEALING_HASH_KEY: its own secret, 32 characters or more. It cannot be changed without making every hash anew
(sealing.rehashing), so it is no member of the list above.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from .errors import WrongKey
from .key_check import check_hash_key, fernets_of

# Every Fernet token begins so: version 0x80 and the upper bytes of a 64-bit time. The database's constraint knows it too.
TOKEN_BEGINS = "gAAAA"  # noqa: S105  (no password)


_fernets = lru_cache(maxsize=8)(fernets_of)


def fernets() -> tuple[Fernet, ...]:
    """One for each of SEALING_KEYS, the newest first. Raises BadKeys naming the one that is none."""
    return _fernets(tuple(settings.SEALING_KEYS))


def seal(text: str) -> str:
    """The text, encrypted with the newest key: ASCII, about 1.4 times its bytes plus 100; no two calls give the same."""
    return fernets()[0].encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """What was sealed. Raises WrongKey when no key opens it, also when it is no token at all."""
    try:
        return MultiFernet(fernets()).decrypt(token.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise WrongKey("a sealed text cannot be opened with the keys in SEALING_KEYS") from None


def sealed_with_newest(token: str) -> bool:
    """Whether the newest key alone opens this."""
    try:
        fernets()[0].decrypt(token.encode())
    except (InvalidToken, UnicodeError):
        return False
    return True


def reseal(token: str) -> str:
    """The same content under the newest key, the time of sealing kept. Raises WrongKey."""
    try:
        return MultiFernet(fernets()).rotate(token.encode()).decode()
    except (InvalidToken, UnicodeError):
        raise WrongKey("a sealed text cannot be opened with the keys in SEALING_KEYS") from None


def fingerprint(key: str) -> str:
    """16 hex digits that name a key without giving it away."""
    return hashlib.sha256(b"sealing.fingerprint\0" + base64.urlsafe_b64decode(key)).hexdigest()[:16]


@lru_cache(maxsize=8)
def _hash_key(secret: str) -> bytes:
    check_hash_key(secret)
    return hmac.new(secret.encode(), b"sealing.keyed_hash", hashlib.sha256).digest()


def keyed_hash(text: str) -> str:
    """HMAC-SHA256 as 64 hex digits, to find an exact text (a phone in E.164) without storing it.

    The caller normalises: "+32 2 …" and "+322…" have nothing in common here. Raises BadKeys.
    """
    return hash_under(settings.SEALING_HASH_KEY, text)


def hash_under(secret: str, text: str) -> str:
    """The same under this key. Raises BadKeys."""
    return hmac.new(_hash_key(secret), text.encode(), hashlib.sha256).hexdigest()
