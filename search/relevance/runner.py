"""Runs judged queries through an engine and averages the measures, per language, per kind and overall."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field

from services.models import ExternalIdentifier

from .judgements import Judgement
from .metrics import ndcg, recall, reciprocal_rank, success

Search = Callable[[Judgement], Sequence[str]]  # uuids, best first


@dataclass(frozen=True)
class Score:
    """Means over `queries` queries."""

    queries: int
    ndcg_10: float
    success_3: float
    mrr: float
    recall_50: float


@dataclass(frozen=True)
class QueryScore:
    line: int
    query: str
    lang: str
    kind: str
    hold_out: bool
    ndcg_10: float
    success_3: float
    reciprocal_rank: float
    recall_50: float
    missed: list[str]  # external ids of relevant ones beyond the first 50


@dataclass
class Report:
    overall: Score
    languages: dict[str, Score]
    kinds: dict[str, Score]
    hold_out: dict[str, Score]  # "tuning", "held out"
    queries: list[QueryScore] = field(default_factory=list)
    unknown_ids: dict[str, list[int]] = field(default_factory=dict)  # external id → lines that name it

    def as_json(self) -> dict:
        return asdict(self)


def listings_of(identifiers: Iterable[str]) -> dict[str, str]:
    """External id, under any scheme → uuid of its listing. Two listings with one id: the older one."""
    wanted, found = list(dict.fromkeys(identifiers)), {}
    for start in range(0, len(wanted), 500):
        rows = ExternalIdentifier.objects.filter(
            service__isnull=False, identifier__in=wanted[start : start + 500]
        )
        for identifier, uuid in rows.order_by("-service_id").values_list("identifier", "service__uuid"):
            found[identifier] = str(uuid)
    return found


def evaluate(judgements: Sequence[Judgement], search: Search) -> Report:
    """Score every judgement; a relevant id that the catalogue does not know counts as missed, and is listed."""
    uuids = listings_of(identifier for judgement in judgements for identifier in judgement.relevant)
    unknown: dict[str, list[int]] = {}
    scores = []
    for judgement in judgements:
        for identifier in judgement.relevant:
            if identifier not in uuids:
                unknown.setdefault(identifier, []).append(judgement.line)
        scores.append(_score(judgement, list(search(judgement)), uuids))
    return Report(
        overall=mean(scores),
        languages={lang: mean(group) for lang, group in _grouped(scores, lambda score: score.lang)},
        kinds={kind: mean(group) for kind, group in _grouped(scores, lambda score: score.kind) if kind},
        hold_out={
            name: mean(group)
            for name, group in _grouped(scores, lambda score: "held out" if score.hold_out else "tuning")
        },
        queries=scores,
        unknown_ids=unknown,
    )


def _score(judgement: Judgement, ranked: list[str], uuids: dict[str, str]) -> QueryScore:
    grades = {uuids.get(identifier, identifier): grade for identifier, grade in judgement.relevant.items()}
    first = set(ranked[:50])
    return QueryScore(
        line=judgement.line,
        query=judgement.query,
        lang=judgement.lang,
        kind=judgement.kind,
        hold_out=judgement.hold_out,
        ndcg_10=ndcg(ranked, grades),
        success_3=success(ranked, grades),
        reciprocal_rank=reciprocal_rank(ranked, grades),
        recall_50=recall(ranked, grades),
        missed=[
            identifier for identifier in judgement.relevant if uuids.get(identifier, identifier) not in first
        ],
    )


def mean(scores: Sequence[QueryScore]) -> Score:
    count = len(scores)

    def average(name: str) -> float:
        return sum(getattr(score, name) for score in scores) / count if count else 0.0

    return Score(
        queries=count,
        ndcg_10=average("ndcg_10"),
        success_3=average("success_3"),
        mrr=average("reciprocal_rank"),
        recall_50=average("recall_50"),
    )


def _grouped(
    scores: Sequence[QueryScore], key: Callable[[QueryScore], str]
) -> list[tuple[str, list[QueryScore]]]:
    groups: dict[str, list[QueryScore]] = {}
    for score in scores:
        groups.setdefault(key(score), []).append(score)
    return sorted(groups.items())
