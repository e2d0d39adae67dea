"""The first page: the needs as rows, the most asked first."""

from dataclasses import dataclass

from search import vocabulary

from ..query import Query

# Needs that callers ask for most, in plain sight; the others are one press away.
FIRST_NEEDS = ("food", "care_access", "housing", "money", "rights", "home_care", "isolation", "mental_health")


@dataclass(frozen=True)
class NeedRow:
    code: str
    label: str
    icon: str
    url: str


@dataclass(frozen=True)
class HomePageView:
    first: list[NeedRow]
    others: list[NeedRow]


def home_page(lang: str) -> HomePageView:
    known = vocabulary.current()
    parents = known.parents.get("need", {})
    order = known.order.get("need", {})
    roots = sorted(
        (code for code in known.labels.get("need", {}) if code not in parents), key=lambda code: order[code]
    )
    rows = {
        code: NeedRow(
            code,
            known.label("need", code, lang),
            known.icons.get(code, "other"),
            Query((("need", code),)).url(),
        )
        for code in roots
    }
    first = [rows[code] for code in FIRST_NEEDS if code in rows]
    return HomePageView(first, [row for code, row in rows.items() if code not in FIRST_NEEDS])
