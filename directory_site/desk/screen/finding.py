"""The search of a call: what is typed and the caller's situation as one search request, and its results for an agent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, ngettext

from directory_site.addresses import languages
from directory_site.presenters.chips import place_name
from directory_site.presenters.nothing import shortened
from directory_site.presenters.search_page import problems_in_words
from referrals.codes import AgeBand, Mobility
from search import finder, vocabulary
from search.finder import Found
from search.query.remembering import nothing_remembered
from search.request import local_now, parse
from services.codes import Language

from .rows import Row, rows

SIZE = 20
# One age stands for a band: listings with an age limit are kept when it lies within theirs.
AGES = {"65_74": "70", "75_84": "80", "85_plus": "87"}
# Who does not leave home is helped there or on the phone.
REACHES_HOME = ("at_home", "by_phone")
BIM = "bim"  # the audience of people with increased reimbursement


@dataclass(frozen=True)
class Chip:
    """A part of the search that can be left out; `name` is what the page sends back in `without`."""

    name: str
    text: str
    dropped: bool = False


@dataclass(frozen=True)
class Results:
    chips: list[Chip]
    left_out: list[Chip]
    rows: list[Row]
    total: int
    count: str
    degraded: bool
    problems: list[str]
    need: str  # code of the need that the words were read as; "" when none was
    need_label: str


def parameters(
    words: str,
    kept: Mapping[str, Any],
    *,
    place: str = "",
    needs: Iterable[str] = (),
    without: Iterable[str] = (),
) -> dict[str, list[str]]:
    """The search's parameters of these words and this situation (shape: referrals.situation), without the parts named."""
    audiences = [*kept.get("audiences", ()), *([BIM] if kept.get("bim") else ())]
    found = {
        "q": [words],
        "near": [place],
        "need": list(needs),
        "age": [AGES.get(kept.get("age_band", ""), "")],
        "audience": list(dict.fromkeys(audiences)),
        "language": list(kept.get("languages", ())),
        "access_mode": list(REACHES_HOME) if kept.get("mobility") == Mobility.HOUSEBOUND else [],
    }
    left = set(without)
    return {name: values for name, values in found.items() if name not in left and any(values)}


@nothing_remembered()
def search(
    words: str,
    kept: Mapping[str, Any],
    *,
    lang: str,
    place: str = "",
    needs: Iterable[str] = (),
    without: Iterable[str] = (),
    professional: bool,
) -> Results:
    """Raises EngineError when no engine answers. Nothing of it is remembered: the words may hold a name."""
    known = vocabulary.current()
    needs, without = [code for code in needs if known.knows("need", code)], list(without)
    asked = parse(
        parameters(words, kept, place=place, needs=needs, without=without)
        | {"lang": [lang], "size": [str(SIZE)], "relax": ["1"]},
        vocabulary=known,
        languages=languages(),
        default_language=settings.LANGUAGE_CODE,
        now=local_now(),
        strict=False,
    )
    found = finder.find(asked, strict=False, professional=professional, online_geocoder=False)
    total = found.result.total
    chips = _chips(parameters("", kept, place=place, needs=needs), found, kept)
    need = _need_in_words(found)
    return Results(
        chips=[chip for chip in chips if chip.name not in without],
        left_out=[chip for chip in chips if chip.name in without],
        rows=rows(found, professional=professional),
        total=total,
        count=_count(total),
        degraded=found.degraded,
        problems=problems_in_words(found.request),
        need=need,
        need_label=known.label("need", need, lang) if need else "",
    )


def _count(total: int) -> str:
    if not total:
        return gettext("Nothing fits the whole question")
    return ngettext("%(count)d service", "%(count)d services", total) % {"count": total}


def _chips(asked: Mapping[str, list[str]], found: Found, kept: Mapping[str, Any]) -> list[Chip]:
    known, lang = found.vocabulary, found.request.lang
    dropped = set(found.dropped)

    def names(facet: str) -> str:
        return ", ".join(known.label(facet, code, lang) for code in asked[facet])

    texts = {
        "need": lambda: gettext("Need: %(need)s") % {"need": names("need")},
        "near": lambda: (place_name(found) if found.place else "") or shortened(asked["near"][0]),
        "age": lambda: str(AgeBand(kept["age_band"]).label),
        "audience": lambda: names("audience"),
        "language": lambda: ", ".join(str(Language(code).label) for code in asked["language"]),
        "access_mode": lambda: names("access_mode"),
    }
    return [Chip(name, text(), name in dropped) for name, text in texts.items() if name in asked]


def _need_in_words(found: Found) -> str:
    """The need that carries the most of what was typed; a parent and its child weigh by their share."""
    best, weight = "", 0.0
    for meaning in found.understood.meanings:
        for facet, code, share in meaning.codes:
            if facet == "need" and share > weight and found.vocabulary.knows("need", code):
                best, weight = code, share
    return best
