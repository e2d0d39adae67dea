"""Relevance measures over one ranked list. Pure.

`ranked` are identifiers, best first; `grades` says which are relevant and how much (1 to 3). All give 0 to 1.
"""

import math
from collections.abc import Mapping, Sequence


def dcg(gains: Sequence[float]) -> float:
    """Discounted cumulative gain: each gain over log2(rank + 1), ranks from 1."""
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def gain(grade: int) -> float:
    """2^grade - 1: a perfect answer (3) is worth seven passable ones (1)."""
    return float(2**grade - 1)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """DCG of the first `depth` over the best there could be."""
    best = dcg(sorted((gain(grade) for grade in grades.values()), reverse=True)[:depth])
    if best == 0:
        return 0.0
    return dcg(_gains(ranked[:depth], grades)) / best


def success(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 3) -> float:
    """1 when something relevant stands among the first `depth`, else 0."""
    return float(any(grades.get(item, 0) > 0 for item in ranked[:depth]))


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """1 over the rank of the first relevant one; 0 when there is none."""
    for rank, item in enumerate(ranked, start=1):
        if grades.get(item, 0) > 0:
            return 1 / rank
    return 0.0


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 50) -> float:
    """The share of the relevant ones that stand among the first `depth`."""
    relevant = {item for item, grade in grades.items() if grade > 0}
    if not relevant:
        return 0.0
    return len(relevant & set(ranked[:depth])) / len(relevant)


def _gains(ranked: Sequence[str], grades: Mapping[str, int]) -> list[float]:
    """The gain at each rank; an engine that repeats itself earns nothing by it."""
    seen: set[str] = set()
    gains = []
    for item in ranked:
        gains.append(0.0 if item in seen else gain(grades.get(item, 0)))
        seen.add(item)
    return gains
