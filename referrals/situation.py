"""A caller's situation as codes: what the desk keeps of it, and the search parameters it becomes.

Kept with the call: {"postcode": "1080", "nis5": "21012", "age_band": "75_84", "bim": true, "languages": ["fr", "ar"],
"mobility": "housebound", "audiences": ["carers"]}; what is not known is not there.
"""

import re
from collections.abc import Mapping
from typing import Any

from geo.models import BassinPart, Territory
from geo.selectors import communes_of_postcode
from services.codes import Language
from services.models import TaxonomyTerm

from .codes import AgeBand, Mobility
from .errors import BadValue
from .models import Person

_POSTCODE = re.compile(r"[1-9]\d{3}")


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The situation as it is kept. Raises BadValue naming the part."""
    found: dict[str, Any] = {}
    postcode = str(values.get("postcode") or "").strip()
    if postcode:
        if not _POSTCODE.fullmatch(postcode):
            raise BadValue("postcode", "four digits")
        found["postcode"] = postcode
    nis5 = str(values.get("nis5") or "").strip()
    if nis5:
        if not Territory.objects.filter(kind="commune", code=nis5).exists():
            raise BadValue("nis5", "no commune has this code")
        found["nis5"] = nis5
    for name, codes in (("age_band", AgeBand), ("mobility", Mobility)):
        code = values.get(name) or ""
        if code:
            if code not in codes.values:
                raise BadValue(name, f"one of {', '.join(codes.values)}")
            found[name] = code
    if values.get("bim") in (True, False):
        found["bim"] = values["bim"]
    languages = _codes("languages", values.get("languages"), set(Language.values))
    audiences = _codes("audiences", values.get("audiences"), None)
    if audiences:
        known = set(
            TaxonomyTerm.objects.filter(taxonomy="audience", code__in=audiences).values_list(
                "code", flat=True
            )
        )
        _codes("audiences", audiences, known)
    return (
        found
        | ({"languages": languages} if languages else {})
        | ({"audiences": audiences} if audiences else {})
    )


# What of a situation is a person's beyond the call; the place goes with it.
_LASTING = ("age_band", "bim", "languages", "mobility", "audiences")


def lasting(known: Mapping[str, Any]) -> dict[str, Any]:
    """The values for a person's file, of what a situation says; what it does not say is not there."""
    found = {name: known[name] for name in _LASTING if name in known}
    if "postcode" in known or "nis5" in known:
        commune = Territory.objects.filter(kind="commune", code=known.get("nis5", "")).first()
        found |= {"postcode": known.get("postcode", ""), "commune": commune}
    return found


def of(person: Person) -> dict[str, Any]:
    """What is known of a person's situation before they say anything."""
    found = {
        name: value
        for name in ("postcode", *_LASTING)
        if (value := getattr(person, name)) not in ("", None, [])
    }
    if "postcode" not in found and person.commune is not None:
        found["nis5"] = person.commune.code
    return found


def bassin_of(known: Mapping[str, Any]) -> str:
    """The code of the bassin in which the place lies; "" where it is not known, or a commune is cut and nothing decides."""
    postcode, nis5 = known.get("postcode", ""), known.get("nis5", "")
    communes = [nis5] if nis5 else communes_of_postcode(postcode)
    found: set[str] = set()
    for bassin, whole, postcodes in BassinPart.objects.filter(commune__code__in=communes).values_list(
        "bassin__code", "whole", "postcodes"
    ):
        if postcode and postcode in postcodes:
            return str(bassin)
        found.add(bassin if whole else "")
    return found.pop() if len(found) == 1 else ""


def _codes(name: str, values: Any, known: set[str] | None) -> list[str]:
    found = list(dict.fromkeys(str(one) for one in values or [] if one))
    wrong = [one for one in found if known is not None and one not in known]
    if wrong:
        raise BadValue(name, f"{wrong[0][:40]!r} is not known")
    return found
