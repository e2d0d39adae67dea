"""The fields of a call as the page sends them: the situation, with its place in words; needs as they were typed."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from geo import gazetteer
from referrals.errors import BadValue
from search import suggesting, vocabulary
from search.engine import EngineError
from search.query.remembering import nothing_remembered
from services.models import TaxonomyTerm


def moment(text: str) -> datetime | None:
    """A local date and time ("2026-11-24T10:00") as an aware one; None when it is none."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if found is not None and timezone.is_naive(found) else found


_POSTCODE = re.compile(r"[1-9]\d{3}")
_BIM = {"yes": True, "no": False}


def situation(fields: QueryDict, lang: str) -> dict[str, Any]:
    """The situation typed in the page, for referrals.situation.clean; a place that is not known raises BadValue("place")."""
    return {**place(fields.get("place", ""), lang), **situation_typed(fields)}


def situation_typed(fields: QueryDict) -> dict[str, Any]:
    """The situation without its place."""
    return {
        "age_band": fields.get("age_band", ""),
        "bim": _BIM.get(fields.get("bim", "")),
        "languages": fields.getlist("languages"),
        "mobility": fields.get("mobility", ""),
        "audiences": fields.getlist("audiences"),
    }


def place(text: str, lang: str) -> dict[str, str]:
    """{"postcode": …} or {"nis5": …}; of a street or a neighbourhood only the commune is kept, never the address."""
    text = " ".join(text.split())[:100]
    if not text:
        return {}
    if _POSTCODE.fullmatch(text):
        if not gazetteer.lookup(text, lang):
            raise BadValue("place", "no such postcode")
        return {"postcode": text}
    for found in gazetteer.lookup(text, lang):
        if found.kind in ("commune", "locality", "neighbourhood") and found.nis5s:
            return {"nis5": found.nis5s[0]}
        if found.kind == "postcode":
            return {"postcode": found.code}
    raise BadValue("place", "no commune or postcode is called so")


def place_text(kept: Mapping[str, Any], lang: str) -> str:
    """The kept place as the field shows it."""
    if postcode := kept.get("postcode"):
        return str(postcode)
    nis5 = kept.get("nis5")
    return vocabulary.current().territory_name("commune", nis5, lang) if nis5 else ""


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def need(text: str, lang: str) -> TaxonomyTerm | None:
    """The need that somebody typed: its code, its name, the beginning of one name only, else what callers call it."""
    typed = _folded(text)[:100]
    if not typed:
        return None
    known = vocabulary.current()
    names = {code: _folded(known.label("need", code, lang)) for code in known.labels.get("need", {})}
    exact = [code for code, name in names.items() if typed in (name, code)]
    begun = [code for code, name in names.items() if name.startswith(typed)]
    code = (exact or (begun if len(begun) == 1 else []) or _called(typed, lang) or begun or [None])[0]
    return need_of(code) if code else None


def _called(typed: str, lang: str) -> list[str]:
    try:
        with nothing_remembered():
            return [one.code for one in suggesting.suggest(typed, lang) if one.kind == "need"]
    except EngineError:
        return []


def need_of(code: str) -> TaxonomyTerm | None:
    return TaxonomyTerm.objects.filter(taxonomy="need", code=code, retired=False).first()
