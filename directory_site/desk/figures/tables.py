"""The tables of the page: what stands in rows and columns, in words, over protected counts."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from referrals import figures, states
from referrals.codes import Barrier, NeedStatus, Outcome
from referrals.small_counts import Table, protect, table
from search import vocabulary

Words = dict[str, str]
NOT_KNOWN = "not_known"  # no status of a need: a row of this page
BAR_HEIGHT = 60


@dataclass(frozen=True)
class Bar:
    """Of the chart above a table by month; in the units of its view box."""

    x: int
    y: int
    height: int
    words: str


@dataclass(frozen=True)
class Shown:
    """One table in words. `rows`: (words, cells, sum, share of the largest sum in percent); None: not told."""

    code: str
    title: str
    of: str  # what stands in the rows
    columns: list[str]
    rows: list[tuple[str, list[int | None], int | None, int]]
    sums: list[int | None]
    total: int | None
    bars: list[Bar]

    @property
    def width(self) -> int:
        return len(self.bars) * 24


@dataclass(frozen=True)
class _Kind:
    title: str | Promise
    of: str | Promise
    by_month: bool
    counts: Callable[["Asked"], Mapping[tuple[str, str, str], int]]  # (month, bassin, row) → how many
    rows: Callable[["Asked"], Words]


@dataclass
class Asked:
    """Months "2026-11", the bassin's code or "" for all, and the language. What is counted is counted once."""

    teams: Collection[int]
    first: str
    last: str
    bassin: str
    lang: str

    @property
    def months(self) -> list[str]:
        return figures.months(self.first, self.last)

    @cached_property
    def needs(self) -> Counter[figures.NeedKey]:
        return figures.needs(self.teams, self.first, self.last)

    @cached_property
    def barriers(self) -> Counter[figures.BarrierKey]:
        return figures.barriers(self.teams, self.first, self.last)


def _status(key: figures.NeedKey) -> str:
    """A need of which nobody could say what became of it was perhaps met: it is told apart from those that were not."""
    return NOT_KNOWN if (key.status, key.outcome) == (states.UNSATISFIED, "unknown") else key.status


def _needs(asked: Asked, field: str, only: str = "") -> Counter[tuple[str, str, str]]:
    parents = vocabulary.current().parents.get("need", {})
    found: Counter[tuple[str, str, str]] = Counter()
    for key, count in asked.needs.items():
        rows = {"term": parents.get(key.term, key.term), "status": _status(key), "outcome": key.outcome}
        if not only or rows["status"] == only:
            found[key.month, key.bassin, rows[field]] += count
    return found


def _barriers(asked: Asked) -> Counter[tuple[str, str, str]]:
    return Counter({tuple(key): count for key, count in asked.barriers.items()})


def _themes(asked: Asked) -> Words:
    known = vocabulary.current()
    parents, order = known.parents.get("need", {}), known.order.get("need", {})
    codes = sorted((code for code in order if code not in parents), key=lambda code: order[code])
    codes += sorted({parents.get(key.term, key.term) for key in asked.needs} - set(codes))  # retired since
    return {code: known.label("need", code, asked.lang) for code in codes}


def _statuses(asked: Asked) -> Words:
    named = {code: str(NeedStatus(code).label) for code in states.NEED_STATUSES}
    return named | {NOT_KNOWN: gettext("Nobody could say what became of it")}


def _outcomes(asked: Asked) -> Words:
    return {code: str(label) for code, label in Outcome.choices} | {"": gettext("Nothing heard yet")}


def _all_barriers(asked: Asked) -> Words:
    return {code: str(label) for code, label in Barrier.choices}


KINDS: dict[str, _Kind] = {
    "needs-by-bassin": _Kind(_("Needs by bassin"), _("Need"), False, partial(_needs, field="term"), _themes),
    "needs-by-month": _Kind(_("Needs by month"), _("Need"), True, partial(_needs, field="term"), _themes),
    "unmet-by-bassin": _Kind(
        _("Needs that were not satisfied, by bassin"),
        _("Need"),
        False,
        partial(_needs, field="term", only=states.UNSATISFIED),
        _themes,
    ),
    "status-by-month": _Kind(
        _("What became of the needs"), _("State"), True, partial(_needs, field="status"), _statuses
    ),
    "outcomes-by-month": _Kind(
        _("What people said when they were asked"),
        _("Answer"),
        True,
        partial(_needs, field="outcome"),
        _outcomes,
    ),
    "barriers-by-bassin": _Kind(
        _("What stood in the way, by bassin"), _("Barrier"), False, _barriers, _all_barriers
    ),
    "barriers-by-month": _Kind(
        _("What stood in the way, by month"), _("Barrier"), True, _barriers, _all_barriers
    ),
}


def bassins(lang: str) -> Words:
    """By name; the last, "", is where the place is not known or lies in a commune that is cut between bassins."""
    known = vocabulary.current()
    codes = [code for kind, code in known.territory_names if kind == "bassin"]
    named = {code: known.territory_name("bassin", code, lang) for code in codes}
    return dict(sorted(named.items(), key=lambda one: one[1])) | {"": pgettext("bassin", "Not known")}


def shown(code: str, asked: Asked) -> Shown:
    """One table. KeyError: there is none of this code. Rows and columns of which nothing may be told are left out."""
    kind = KINDS[code]
    counts = kind.counts(asked)
    words = kind.rows(asked)
    places = bassins(asked.lang)
    columns = {month: month_words(month) for month in asked.months} if kind.by_month else places
    if asked.bassin and not kind.by_month:
        columns = {asked.bassin: places[asked.bassin]}
    protected = {
        key: count for key, count in protect(counts).items() if not asked.bassin or key[1] == asked.bassin
    }
    found: Table[str, str] = table(
        protected,
        row=lambda key: key[2],
        column=lambda key: key[0] if kind.by_month else key[1],
        rows=words,
        columns=columns,
    )
    told_columns = [one for one in columns if kind.by_month or found.of_column(one) is not None]
    largest = max((found.of_row(row) or 0 for row in found.rows), default=0)
    return Shown(
        code=code,
        title=str(kind.title),
        of=str(kind.of),
        columns=[columns[one] for one in told_columns],
        rows=[
            (
                words[row],
                [found.cell(row, one) for one in told_columns],
                found.of_row(row),
                round(100 * (found.of_row(row) or 0) / largest) if largest else 0,
            )
            for row in found.rows
            if found.of_row(row) is not None
        ],
        sums=[found.of_column(one) for one in told_columns],
        total=found.total,
        bars=_bars([(columns[one], found.of_column(one) or 0) for one in told_columns])
        if kind.by_month
        else [],
    )


def _bars(values: list[tuple[str, int]]) -> list[Bar]:
    largest = max((value for _words, value in values), default=0)
    if not largest:
        return []
    heights = [round(BAR_HEIGHT * value / largest) for _words, value in values]
    return [
        Bar(24 * number, BAR_HEIGHT - height, height, f"{words}: {value}")
        for number, ((words, value), height) in enumerate(zip(values, heights, strict=True))
    ]


def month_words(month: str) -> str:
    """ "11/2026": short enough for a column."""
    return f"{month[5:]}/{month[:4]}"
