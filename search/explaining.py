"""A search as it was understood, for whoever tends it: units, meanings with their weights, filters, score's parts."""

from dataclasses import asdict

from .finder import Found
from .weights import WEIGHTS


def explanation(found: Found) -> dict:
    """{"query": {...}, "hits": {uuid: {factor: value}}, "weights": {...}}; JSON."""
    query = found.query
    return {
        "query": {
            "language": query.language,
            "units": [
                {
                    "words": [word.surface for word in unit.words],
                    "stems": {
                        word.exact: [f"{language}:{stem}" for language, stem in word.stems]
                        for word in unit.words
                    },
                    "optional": unit.optional,
                    "codes": [f"{facet}:{code} × {share:.2f}" for facet, code, share in unit.meaning.codes]
                    if unit.meaning
                    else [],
                    "names": [" ".join(word.exact for word in name) for name in unit.meaning.names]
                    if unit.meaning
                    else [],
                }
                for unit in query.units()
            ],
            "concepts": [
                {"words": expansion.words, "concepts": [concept.code for concept in expansion.concepts]}
                for expansion in found.understood.expansions
            ],
            "story": query.story,
            "filters": {facet: sorted(codes) for facet, codes in query.filters.items()},
            "dropped": list(found.dropped),
            "age": query.age,
            "near": list(query.near) if query.near else None,
            "radius_m": query.radius_m,
            "areas": list(query.areas),
            "open_at": query.open_at.isoformat() if query.open_at else None,
            "open_until": query.open_until.isoformat() if query.open_until else None,
            "open_days": query.open_days,
            "all_words": found.result.all_words,
        },
        "hits": {hit.uuid: {"score": hit.score, **hit.parts} for hit in found.result.hits},
        "weights": asdict(WEIGHTS),
    }
