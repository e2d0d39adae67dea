"""What a file tells a service about a person: as little as it needs, chosen by the agent with the person on the phone.

Kept as JSON in one sealed field: {"first_name", "last_name", "phone", "asked": texts; "postcode", "nis5", "age_band",
"languages", "bim", "mobility": codes of referrals.situation}; what is not told is not there.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from services.rules import phone_e164

from .errors import BadValue
from .texts import checked

# What is typed, and how long it may be.
TYPED = {"first_name": 100, "last_name": 100, "phone": 60, "asked": 500}
# What of the situation may go with it, by the choice that the agent sees.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "place": ("postcode", "nis5"),
    "languages": ("languages",),
    "age_band": ("age_band",),
    "mobility": ("mobility",),
    "bim": ("bim",),
}
# A service needs to know where somebody lives and how to talk to them; the rest is told when it matters.
FIRST_CHOICES = ("place", "languages")


def made(typed: Mapping[str, str | None], situation: Mapping[str, Any], told: Collection[str]) -> str:
    """The content as it is kept. Raises BadValue (without a number nobody can be reached), NationalNumber."""
    found: dict[str, Any] = {}
    for name, longest in TYPED.items():
        text = checked(name, typed.get(name), longest=longest)
        if text is not None:
            found[name] = text
    number = phone_e164(found.get("phone", ""))
    if number is None:
        raise BadValue("phone", "no phone number: the service must be able to call")
    found["phone"] = number
    if "last_name" not in found and "first_name" not in found:
        raise BadValue("last_name", "the service must know whom to ask for")
    for choice, names in CHOICES.items():
        if choice in told:
            found |= {name: situation[name] for name in names if situation.get(name) not in (None, "", [])}
    return json.dumps(found, ensure_ascii=False)


def read(content: str) -> dict[str, Any]:
    return json.loads(content)
