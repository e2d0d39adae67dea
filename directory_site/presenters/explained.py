"""For staff: the query as it was read and each score's parts. Codes and numbers, as the weights name them."""

from dataclasses import dataclass

from search.explaining import explanation
from search.finder import Found


@dataclass(frozen=True)
class Explained:
    query: list[tuple[str, str]]
    hits: list[tuple[str, str, str]]  # name, score, its parts


def explained(found: Found) -> Explained:
    told = explanation(found)
    return Explained(
        query=[
            (name, str(value)) for name, value in told["query"].items() if value not in (None, "", [], {})
        ],
        hits=[
            (
                hit.card["name"].get(found.request.lang) or next(iter(hit.card["name"].values()), ""),
                f"{hit.score:.3f}",
                " × ".join(f"{name} {value:.3f}" for name, value in hit.parts.items()),
            )
            for hit in found.result.hits
        ],
    )
