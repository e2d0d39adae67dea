"""Codes that are good once: those of an authenticator app (TOTP, RFC 6238) and recovery codes on paper.

SHA-1, six digits, 30 seconds: the only parameters that every authenticator app reads from the QR code.
"""

import base64
import secrets
import time
from urllib.parse import quote, urlencode

import segno
from django_otp.oath import TOTP

from sealing.keys import keyed_hash

DIGITS = 6
STEP_SECONDS = 30
# A code of the half minute before or after is taken too: phones' clocks differ, and people type slowly (RFC 6238, 5.2).
TOLERANCE = 1
RECOVERY_CODES = 10
# No letter that reads like another or like a digit: 12 of these 31 are 59 bits.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
RECOVERY_LENGTH = 12


def new_secret() -> str:
    """160 random bits as base32 (RFC 4226, 4: the recommended length)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_now(secret: str, *, at: float | None = None) -> str:
    """What the app shows at this time (seconds since 1970; default: now)."""
    return f"{_totp(secret, at).token():0{DIGITS}}"


def step_of(secret: str, code: str, *, after: int, at: float | None = None) -> int | None:
    """The step (30 seconds since 1970) whose code this is, None when it is none of today's or not after step `after`."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    totp = _totp(secret, at)
    # From the clock's own step outwards; `verify` leaves in `t()` the step that fitted.
    if totp.verify(int(digits), tolerance=TOLERANCE, min_t=after + 1):
        return totp.t()
    return None


def _totp(secret: str, at: float | None) -> TOTP:
    totp = TOTP(base64.b32decode(secret), step=STEP_SECONDS, digits=DIGITS)
    totp.time = time.time() if at is None else at  # one moment for every comparison
    return totp


def address_for_apps(secret: str, *, name: str, site: str) -> str:
    """The otpauth:// address that authenticator apps read (Google's "Key URI format")."""
    label = quote(f"{site}:{name}", safe="")
    values = {"secret": secret, "issuer": site, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"


def qr_svg(address: str, *, title: str) -> str:
    """An SVG element of the QR code, dark on white with its quiet zone, for people who can see; `title` for the others."""
    return segno.make(address, error="m").svg_inline(
        scale=4,
        border=4,
        dark="#000",
        light="#fff",
        title=title,
        svgclass="qr",
        lineclass=None,
        omitsize=False,
    )


def in_groups(text: str) -> str:
    """Four letters at a time, as people copy them."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def new_recovery_codes() -> list[str]:
    """Ten different codes like ABCD-EFGH-JKMN."""
    made: set[str] = set()
    while len(made) < RECOVERY_CODES:
        made.add("".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)))
    return [in_groups(code).replace(" ", "-") for code in sorted(made)]


def hash_of(code: str, *, user: int) -> str:
    """64 hex digits. A keyed hash is enough for 59 random bits (no dictionary helps) and is found by one query."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return keyed_hash(f"recovery code {user} {letters}")
