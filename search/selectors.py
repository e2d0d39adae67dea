"""Reads of what search keeps in the database: the concepts as files have them, and searches that found nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet, Sum

from .concept_files import ConceptRow
from .models import Concept, SearchWithoutResult
from .models.concept import TERM_FIELDS, WORD_COLUMNS
from .query.analysis import folded


def concept_rows() -> dict[int, ConceptRow]:
    """Every concept, in use or not, by primary key and in the order of codes: four queries. Codes are as chosen."""
    terms: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in TERM_FIELDS:
        links = getattr(Concept, name).through.objects.order_by(
            "taxonomyterm__sort_order", "taxonomyterm__code"
        )
        for concept, code in links.values_list("concept_id", "taxonomyterm__code"):
            terms[concept][name].append(code)
    return {
        row["pk"]: ConceptRow(
            code=row["code"],
            terms={name: tuple(terms[row["pk"]][name]) for name in TERM_FIELDS},
            words={column: row[column] for column in WORD_COLUMNS},
            counterpart_only=row["counterpart_only"],
            note=row["note"],
            active=row["active"],
        )
        for row in Concept.objects.order_by("code").values(
            "pk", "code", "counterpart_only", "note", "active", *WORD_COLUMNS
        )
    }


@dataclass(frozen=True)
class LostWords:
    """Words that found nothing, and how often."""

    words: str
    language: str
    count: int
    relaxed: int  # of them, how often something was found after filters were left out
    weeks: int


@dataclass(frozen=True)
class LostWeek:
    """How many searches of one bassin found nothing in one week."""

    bassin: str  # its code; "": no place was asked for
    week: date  # its Monday
    count: int
    different: int  # words, counted once each


def _between(since: date | None, until: date | None) -> QuerySet:
    """Weeks whose Monday is `since` or later, and before `until`."""
    found = SearchWithoutResult.objects.order_by()
    if since:
        found = found.filter(week__gte=since)
    return found.filter(week__lt=until) if until else found


def lost_words(
    *, bassin: str | None = None, since: date | None = None, until: date | None = None, most: int = 200
) -> list[LostWords]:
    """What was asked in vain, most often first; `bassin=None`: everywhere, "": where no place was named."""
    found = _between(since, until)
    if bassin is not None:
        found = found.filter(bassin=bassin)
    relaxed: dict[tuple[str, str], int] = {
        (words, language): times
        for words, language, times in found.filter(relaxed=True)
        .values_list("words", "language")
        .annotate(times=Sum("count"))
    }
    rows = (
        found.values_list("words", "language")
        .annotate(times=Sum("count"), weeks=Count("week", distinct=True))
        .order_by("-times", "words", "language")[:most]
    )
    return [
        LostWords(words, language, times, relaxed.get((words, language), 0), weeks)
        for words, language, times, weeks in rows
    ]


def lost_weeks(*, since: date | None = None, until: date | None = None) -> list[LostWeek]:
    """Totals by bassin and week, newest week first: what the gap register reads."""
    rows = (
        _between(since, until)
        .values_list("bassin", "week")
        .annotate(times=Sum("count"), different=Count("words", distinct=True))
        .order_by("-week", "bassin")
    )
    return [LostWeek(*row) for row in rows]


def concepts_sharing_names(concept: Concept) -> list[tuple[str, Concept]]:
    """(name or acronym, other concept in use that has it too), in the order of this concept's names."""
    own = {folded(phrase.text): phrase.text for phrase in concept.phrases if phrase.kind != "lay"}
    shared = []
    for other in Concept.objects.filter(active=True).exclude(pk=concept.pk).order_by("code"):
        theirs = {folded(phrase.text) for phrase in other.phrases if phrase.kind != "lay"}
        shared += [(text, other) for key, text in own.items() if key in theirs]
    return shared
