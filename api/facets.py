"""Counts by code as JSON, the commonest first; code and label of each are kept as text, for there are hundreds."""

from operator import itemgetter

import orjson

from search.finder import Found
from search.vocabulary import Vocabulary

_COUNT = itemgetter(1)


class _Labels(dict[str, str]):
    """Code → '{"code":…,"label":…,"count":' of one facet in one language."""

    def __init__(self, known: Vocabulary, facet: str, lang: str) -> None:
        super().__init__()
        self.known, self._facet, self._lang = known, facet, lang

    def __missing__(self, code: str) -> str:
        label = self.known.label(self._facet, code, self._lang)
        self[code] = orjson.dumps({"code": code, "label": label, "count": 0}).decode()[: -len("0}")]
        return self[code]


_kept: dict[tuple[str, str], _Labels] = {}


def facets(found: Found) -> dict[str, orjson.Fragment]:
    """Of one vocabulary at a time: another one begins anew."""
    lang, known = found.request.lang, found.vocabulary
    rendered = {}
    for facet, counts in found.result.facets.items():
        labels = _kept.get((facet, lang))
        if labels is None or labels.known is not known:
            labels = _kept[facet, lang] = _Labels(known, facet, lang)
        # Sorted twice in C: by code, then by count, which keeps the order of equal ones.
        ordered = sorted(sorted(counts.items()), key=_COUNT, reverse=True)
        items = ",".join([f"{labels[code]}{count}}}" for code, count in ordered])
        rendered[facet] = orjson.Fragment(f"[{items}]")
    return rendered
