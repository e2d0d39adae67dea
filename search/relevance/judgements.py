"""Reads a file of judged queries: one JSON object a line, wrong lines refused with number and reason.

{"query": "colis alimentaire", "lang": "fr", "near": [50.85, 4.35] | null, "filters": {"cost": ["free"]},
 "relevant": {"<external id>": 1..3}, "kind": "need", "hold_out": false}

`filters` are parameters of the search API (strings or lists of strings). `kind` names what the query tests; `hold_out`
marks those that nobody looks at while tuning.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from search.engine import FACETS
from search.request import BadParameter, SearchRequest, parse
from search.vocabulary import Vocabulary

DEPTH = 50  # recall looks this far
# When every judged search takes place, a Tuesday morning without holidays: "Sunday" is always as far away.
JUDGED_AT = datetime.fromisoformat("2026-11-24T10:00")
_KEYS = frozenset(("query", "lang", "near", "filters", "relevant", "kind", "hold_out", "note"))
_FILTERS = frozenset((*FACETS, "radius_km", "age", "open", "sort"))


@dataclass(frozen=True)
class Judgement:
    line: int
    query: str
    lang: str
    request: SearchRequest
    relevant: dict[str, int]
    kind: str = ""
    hold_out: bool = False


@dataclass
class Judgements:
    taken: list[Judgement] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)  # (line, reason)


class _Refused(ValueError):
    pass


def read(lines: Iterable[str], *, vocabulary: Vocabulary, languages: Sequence[str]) -> Judgements:
    """The judgements of these lines; empty lines are skipped."""
    found = Judgements()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            found.taken.append(_judgement(number, values, vocabulary, languages))
        except json.JSONDecodeError as error:
            found.refused.append((number, f"no JSON: {error.msg} (column {error.colno})"))
        except (_Refused, BadParameter) as refusal:
            found.refused.append((number, str(refusal)))
    return found


def _judgement(number: int, values: Any, vocabulary: Vocabulary, languages: Sequence[str]) -> Judgement:
    if not isinstance(values, dict):
        raise _Refused("a line is one JSON object")
    unknown = sorted(values.keys() - _KEYS)
    if unknown:
        raise _Refused(f"unknown key {', '.join(unknown)}; known: {', '.join(sorted(_KEYS))}")
    query, lang = values.get("query"), values.get("lang")
    if not isinstance(query, str):
        raise _Refused("query: the words of the search, as text")
    if lang not in languages:
        raise _Refused(f"lang: one of {', '.join(languages)}; got {lang!r}")
    parameters = {"q": [query], "lang": [lang], "size": [str(DEPTH)], **_filters(values.get("filters") or {})}
    if values.get("near") is not None:
        parameters["near"] = [_point(values["near"])]
    if not isinstance(values.get("hold_out", False), bool):
        raise _Refused("hold_out: true or false")
    if not isinstance(values.get("kind", ""), str):
        raise _Refused("kind: a word")
    request = parse(
        parameters, vocabulary=vocabulary, languages=languages, default_language=languages[0], now=JUDGED_AT
    )
    return Judgement(
        line=number,
        query=query,
        lang=lang,
        request=request,
        relevant=_relevant(values.get("relevant")),
        kind=values.get("kind", ""),
        hold_out=values.get("hold_out", False),
    )


def _filters(values: Any) -> dict[str, list[str]]:
    if not isinstance(values, dict):
        raise _Refused('filters: parameters of the search API, such as {"cost": ["free"]}')
    found: dict[str, list[str]] = {}
    for name, given in values.items():
        several = given if isinstance(given, list) else [given]
        if name not in _FILTERS or not all(isinstance(one, str | int | float) for one in several):
            raise _Refused(f"filters: {name}={given!r} is no filter of the search API")
        found[name] = [str(one) for one in several]
    return found


def _point(given: Any) -> str:
    if (
        not isinstance(given, list)
        or len(given) != 2
        or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in given)
    ):
        raise _Refused(f"near: [lat, lon] or null; got {given!r}")
    return f"{float(given[0]):.6f},{float(given[1]):.6f}"


def _relevant(given: Any) -> dict[str, int]:
    if not isinstance(given, dict) or not given:
        raise _Refused("relevant: at least one external id with its grade")
    for identifier, grade in given.items():
        if isinstance(grade, bool) or grade not in (1, 2, 3):
            raise _Refused(f"relevant: the grade of {identifier} is 1, 2 or 3; got {grade!r}")
    return dict(given)
