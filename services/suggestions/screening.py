"""What a text from outside must not hold: markup, many addresses, a national number. And the proof of work. Pure."""

import hashlib
import re
from typing import Literal

from services.personal_numbers import has_national_number

Fault = Literal["markup", "links", "national_number", "control"]

LINKS = 2  # web addresses in one text; an organisation's site and one page of it are enough
PROOF_BITS = 15  # zero bits that a hash must begin with: some 30,000 attempts, about a second on an old phone

_MARKUP = re.compile(r"<\s*[a-zA-Z/!?]|&#\w|\[url|javascript:", re.IGNORECASE)
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def faults(text: str, *, links: int = LINKS) -> list[Fault]:
    """Why this text is refused; `links`: how many web addresses it may hold."""
    found: list[Fault] = []
    if _CONTROL.search(text):
        found.append("control")
    if _MARKUP.search(text):
        found.append("markup")
    if len(_LINK.findall(text.replace("://www.", "://"))) > links:
        found.append("links")
    if has_national_number(text):
        found.append("national_number")
    return found


def proves_work(nonce: str, number: str, bits: int = PROOF_BITS) -> bool:
    """Whether SHA-256 of "nonce:number" begins with so many zero bits: quick to check, not quick to find."""
    if not number.isascii() or not number.isdigit() or len(number) > 12:
        return False
    digest = hashlib.sha256(f"{nonce}:{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - bits) == 0
