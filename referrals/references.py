"""The reference by which a person is known: said on the phone, written on paper, tells nothing."""

import re
import secrets

# Without letters and digits that sound or look alike (B/D/P/T keep one each; no 0/O, 1/I/L, 5/S, 2/Z).
LETTERS = "ACDEFGHJKMNRUVWXY"
DIGITS = "346789"
_SHAPE = re.compile(
    rf"([{LETTERS}])\s*-?\s*([{DIGITS}]{{2}})\s*([{LETTERS}]{{2}})\s*([{DIGITS}])", re.IGNORECASE
)


def new() -> str:
    """For example "K-47RD6": about a million of them. Who writes it looks whether it is taken."""
    letter = lambda: secrets.choice(LETTERS)  # noqa: E731
    digit = lambda: secrets.choice(DIGITS)  # noqa: E731
    return f"{letter()}-{digit()}{digit()}{letter()}{letter()}{digit()}"


def parse(text: str) -> str | None:
    """The reference somebody typed, in its one form; None when it is none. "k 47 rd 6" is "K-47RD6"."""
    found = _SHAPE.fullmatch(text.strip())
    return f"{found[1]}-{found[2]}{found[3]}{found[4]}".upper() if found else None
