"""Names of codes in each language, and which territory lies in which: read once, refreshed every few seconds."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.utils.translation import override

from geo.models import BassinPart, Territory
from services import codes
from services.models import TaxonomyTerm
from services.records import Texts, pick
from services.terms.rules import followed

REFRESH_SECONDS = 10.0

# Facets whose codes are a closed list in code; the others are tables and territories.
CLOSED_FACETS = {"language": codes.Language, "cost": codes.Cost, "access_mode": codes.AccessMode}
TAXONOMY_FACETS = ("need", "organisation_type", "audience")
TERRITORY_FACETS = ("commune", "bassin")


@dataclass(frozen=True)
class Vocabulary:
    labels: dict[str, dict[str, Texts]] = field(default_factory=dict)  # facet → code → language → name
    parents: dict[str, dict[str, str]] = field(default_factory=dict)  # taxonomy → code → its parent's code
    order: dict[str, dict[str, int]] = field(
        default_factory=dict
    )  # facet → code → place in the editors' order
    icons: dict[str, str] = field(default_factory=dict)  # need → icon
    replaced: dict[str, dict[str, str]] = field(
        default_factory=dict
    )  # taxonomy → retired code → its successor
    retired: dict[str, set[str]] = field(default_factory=dict)  # taxonomy → codes that nothing replaces
    territory_names: dict[tuple[str, str], Texts] = field(default_factory=dict)  # (kind, code) → names
    territory_parents: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    bassin_communes: dict[str, list[str]] = field(default_factory=dict)  # bassin → NIS5 of its whole communes
    commune_bassin: dict[str, str] = field(default_factory=dict)
    # What label() was asked before; two vocabularies of the same codes and names are equal whatever they were asked.
    _shown: dict[tuple[str, str, str], str] = field(default_factory=dict, compare=False)
    _forms: dict[tuple[str, str], frozenset] = field(default_factory=dict, compare=False)

    def label(self, facet: str, code: str, language: str) -> str:
        """The code's name; the code itself when nobody has named it."""
        key = (facet, code, language)
        shown = self._shown.get(key)
        if shown is None:
            shown = pick(self.labels.get(facet, {}).get(code, {}), language, _order())[0] or code
            if facet in self.labels and code in self.labels[facet]:
                self._shown[key] = shown
        return shown

    def forms(self, facet: str, code: str, make: Callable[[Texts], frozenset]) -> frozenset:
        """What `make` makes of the code's names, remembered for as long as this vocabulary is in use."""
        made = self._forms.get((facet, code))
        if made is None:
            named = self.labels.get(facet, {}).get(code) or self.territory_names.get((facet, code), {})
            made = self._forms[facet, code] = make(named)
        return made

    def knows(self, facet: str, code: str) -> bool:
        return code in self.labels.get(facet, {}) or code in self.replaced.get(facet, {})

    def resolve(self, facet: str, code: str) -> str:
        """The code itself, or what replaced it when it was retired, at the end of a chain of replacements."""
        return self.replaced.get(facet, {}).get(code, code)

    def is_retired(self, facet: str, code: str) -> bool:
        """Whether it is a code of old that nothing replaces."""
        return code in self.retired.get(facet, ())

    def in_use(self, facet: str, codes: Iterable[str]) -> list[str]:
        """The codes as they are shown today: successors in place of the replaced, without the retired, each once."""
        today = dict.fromkeys(self.resolve(facet, code) for code in codes)
        return [code for code in today if not self.is_retired(facet, code)]

    def territory_name(self, kind: str, code: str, language: str) -> str:
        return pick(self.territory_names.get((kind, code), {}), language, _order())[0] or code

    def areas_of_commune(self, nis5: str) -> tuple[str, ...]:
        """("commune:21012", "bassin:centre-ouest", "region:04000", "country:be"): what a place there lies in."""
        commune, *above = self.areas_above("commune", nis5)
        bassin = self.commune_bassin.get(nis5)
        return (commune, *([f"bassin:{bassin}"] if bassin else []), *above)

    def areas_above(self, kind: str, code: str) -> tuple[str, ...]:
        """The territory itself and all it lies in, smallest first."""
        areas: list[str] = []
        current: tuple[str, str] | None = (kind, code)
        while current is not None:
            areas.append(":".join(current))
            current = self.territory_parents.get(current)
        return tuple(areas)


@cache
def _order() -> tuple[str, ...]:
    return tuple(code for code, _name in settings.LANGUAGES)


def _texts(row: dict, name: str) -> Texts:
    return {code: row[f"{name}_{code}"] for code in _order() if row[f"{name}_{code}"]}


def load() -> Vocabulary:
    """Read everything now: three queries."""
    name_columns = [f"name_{code}" for code in _order()]
    vocabulary = Vocabulary()
    for facet, choices in CLOSED_FACETS.items():
        vocabulary.labels[facet] = {code: {} for code in choices.values}
        vocabulary.order[facet] = {code: index for index, code in enumerate(choices.values)}
        for language in _order():
            with override(language):
                for code, label in choices.choices:
                    vocabulary.labels[facet][code][language] = str(label)
    rows = list(
        TaxonomyTerm.objects.order_by("sort_order", "code").values(
            "pk", "taxonomy", "code", "parent_id", "icon", "retired", "replaced_by_id", *name_columns
        )
    )
    by_pk = {row["pk"]: (row["taxonomy"], row["code"]) for row in rows}
    successors = {
        row["pk"]: row["replaced_by_id"] for row in rows if row["retired"] and row["replaced_by_id"]
    }
    gone = {row["pk"] for row in rows if row["retired"]} - successors.keys()
    for index, row in enumerate(rows):
        if row["retired"]:
            last = followed(row["pk"], successors)
            if last in gone or last in successors:  # the chain ends in nothing, or in a circle
                vocabulary.retired.setdefault(row["taxonomy"], set()).add(row["code"])
            else:
                vocabulary.replaced.setdefault(row["taxonomy"], {})[row["code"]] = by_pk[last][1]
            continue
        vocabulary.labels.setdefault(row["taxonomy"], {})[row["code"]] = _texts(row, "name")
        vocabulary.order.setdefault(row["taxonomy"], {})[row["code"]] = index
        if row["icon"]:
            vocabulary.icons[row["code"]] = row["icon"]
    for row in rows:
        if row["parent_id"] in by_pk:
            vocabulary.parents.setdefault(row["taxonomy"], {})[row["code"]] = by_pk[row["parent_id"]][1]
    _load_territories(vocabulary, name_columns)
    return vocabulary


def _load_territories(vocabulary: Vocabulary, name_columns: list[str]) -> None:
    by_pk: dict[int, tuple[str, str]] = {}
    rows = list(Territory.objects.order_by("pk").values("pk", "kind", "code", "parent_id", *name_columns))
    for row in rows:
        key = (row["kind"], row["code"])
        by_pk[row["pk"]] = key
        vocabulary.territory_names[key] = _texts(row, "name")
        if row["kind"] in TERRITORY_FACETS:
            vocabulary.labels.setdefault(row["kind"], {})[row["code"]] = vocabulary.territory_names[key]
    for row in rows:
        if row["parent_id"] in by_pk:
            vocabulary.territory_parents[(row["kind"], row["code"])] = by_pk[row["parent_id"]]
    for bassin, commune, whole in BassinPart.objects.values_list("bassin__code", "commune__code", "whole"):
        if whole:
            vocabulary.bassin_communes.setdefault(bassin, []).append(commune)
            vocabulary.commune_bassin[commune] = bassin


_lock = threading.Lock()
_current: Vocabulary | None = None
_loaded_at = 0.0


def current() -> Vocabulary:
    """The vocabulary, at most REFRESH_SECONDS old; the same object for as long as nothing in it changes."""
    global _current, _loaded_at
    if _current is None or time.monotonic() - _loaded_at > REFRESH_SECONDS:
        with _lock:
            if _current is None or time.monotonic() - _loaded_at > REFRESH_SECONDS:
                fresh = load()
                if fresh != _current:
                    _current = fresh
                _loaded_at = time.monotonic()
    return _current


def forget() -> None:
    """Read again at the next use: after terms were changed in this process."""
    global _current
    _current = None
