"""Markdown tables, times with their quantiles, and goals with met or missed."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """What a number is held against, in its own unit."""

    most: float | None = None
    least: float | None = None
    unit: str = ""

    def verdict(self, value: float) -> str:
        if self.most is not None:
            return f"at most {self.most:g}{self.unit}: {'met' if value <= self.most else '**missed**'}"
        assert self.least is not None  # noqa: S101 (one of both is given)
        return f"at least {self.least:g}{self.unit}: {'met' if value >= self.least else '**missed**'}"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]], words: Iterable[int] = (0,)) -> str:
    """The columns in `words` are text, the others numbers."""
    line = ["--" if column in words else "--:" for column in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, line, *rows))


def milliseconds(calls: Iterable[Callable[[], object]]) -> list[float]:
    """Of each call."""
    taken = []
    for call in calls:
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def p50(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    return quantile(values, 0.95)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * share // 1).__int__() - 1))]


class Report:
    """Rows of one size: what, p50 or the value, p95, the goals beside them and a note."""

    HEAD = ("measure", "p50 / value", "p95", "goals", "note")

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str, str]] = []

    def times(
        self,
        what: str,
        taken: Sequence[float],
        note: str = "",
        *,
        goal_p50: float | None = None,
        goal_p95: float | None = None,
    ) -> None:
        """`taken` and goals in milliseconds."""
        middle, high = p50(taken), p95(taken)
        goals = [
            f"{name} {Goal(most=goal, unit=' ms').verdict(value)}"
            for name, goal, value in (("p50", goal_p50, middle), ("p95", goal_p95, high))
            if goal is not None
        ]
        self.rows.append((what, f"{middle:.2f} ms", f"{high:.2f} ms", "; ".join(goals), note))

    def one(self, what: str, value: str, note: str = "", goal: str = "") -> None:
        self.rows.append((what, value, "", goal, note))

    def __str__(self) -> str:
        return markdown(self.HEAD, self.rows, words=(0, 3, 4))
