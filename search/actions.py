"""Writes of the search: concepts from a file, the log of searches that found nothing, and its forgetting."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import Error as DatabaseProblem
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F

from audit import actions as audit
from audit.actor import acting
from audit.models import AuditEntry
from services.models import TaxonomyTerm

from .concept_files import ConceptRow, LineRefused, read
from .models import Concept, ConceptsVersion, SearchWithoutResult
from .models.concept import TERM_FIELDS
from .query.privacy import LONGEST, may_be_logged, normalised
from .selectors import concept_rows

logger = logging.getLogger(__name__)

SHIPPED_CONCEPTS = Path(settings.BASE_DIR) / "fixtures" / "concepts.jsonl"


@dataclass
class LoadedConcepts:
    """What a file did, or would do, by code."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # edited or deleted by a person: the file does not win
    refused: list[LineRefused] = field(default_factory=list)


@transaction.atomic
def load_concepts(
    path: Path = SHIPPED_CONCEPTS, *, by: str, overwrite: bool = False, dry_run: bool = False
) -> LoadedConcepts:
    """Load concepts from lines of JSON (`concept_files`); a wrong line is refused and the rest is loaded.

    What is new is added. What is there is changed only if nobody has edited it since it came from the project's own
    file, and what somebody deleted stays away: `overwrite` sets both aside. Concepts that the file does not name are
    left alone. What comes from another file counts as edited: the project's own file will not take it back.
    Raises OSError and UnicodeDecodeError for a file that cannot be read.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    shipped = path.resolve() == SHIPPED_CONCEPTS.resolve()
    loaded, new = LoadedConcepts(), []
    terms = _TermKeys()
    stored = {row.code: (pk, row.digest()) for pk, row in concept_rows().items()}
    hashes = dict(Concept.objects.values_list("code", "source_hash"))
    deleted = _deleted_codes() - set(stored)
    with acting(by):
        for number, row in read(lines):
            if isinstance(row, LineRefused):
                loaded.refused.append(row)
                continue
            try:
                row, keys = terms.resolved(row)
                concept = _concept(row, keys)
            except ValidationError as error:
                loaded.refused.append(LineRefused(number, _in_words(error)))
                continue
            digest = row.digest()
            concept.source_hash = digest if shipped else ""
            if row.code not in stored:
                if row.code in deleted and not overwrite:
                    loaded.kept.append(row.code)
                else:
                    loaded.created.append(row.code)
                    new.append((concept, keys))
                continue
            pk, was = stored[row.code]
            if was == digest:
                loaded.unchanged.append(row.code)
            elif overwrite or was == hashes[row.code]:
                loaded.updated.append(row.code)
                if not dry_run:
                    _replace(pk, concept, keys)
            else:
                loaded.kept.append(row.code)
        if new and not dry_run:
            _create(new)
    return loaded


class _TermKeys:
    """Codes of the taxonomies to primary keys; a retired code is its successor, an unknown one is refused by name."""

    def __init__(self) -> None:
        rows = list(TaxonomyTerm.objects.values_list("pk", "taxonomy", "code", "retired", "replaced_by"))
        self._by_key = {pk: code for pk, _taxonomy, code, _retired, _successor in rows}
        self._keys = {
            (taxonomy, code): successor if retired and successor else pk
            for pk, taxonomy, code, retired, successor in rows
        }

    def resolved(self, row: ConceptRow) -> tuple[ConceptRow, dict[str, list[int]]]:
        """(the row with today's codes, primary keys by field)."""
        keys: dict[str, list[int]] = {}
        for name, taxonomy in TERM_FIELDS.items():
            for code in row.terms.get(name, ()):
                if (taxonomy, code) not in self._keys:
                    raise ValidationError({name: f'unknown code "{code}"'})
            keys[name] = list(dict.fromkeys(self._keys[taxonomy, code] for code in row.terms.get(name, ())))
        today = {name: tuple(self._by_key[pk] for pk in found) for name, found in keys.items()}
        return ConceptRow(row.code, today, row.words, row.counterpart_only, row.note, row.active), keys


def _concept(row: ConceptRow, keys: dict[str, list[int]]) -> Concept:
    concept = Concept(
        code=row.code, counterpart_only=row.counterpart_only, note=row.note, active=row.active, **row.words
    )
    concept.clean_fields(exclude=["id", "latest_revision"])
    concept.clean()
    concept.check_it_leads_somewhere(terms=sum(map(len, keys.values())))
    return concept


def _in_words(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return error.messages[0]
    name, messages = next(iter(error.message_dict.items()))
    return f"{name}: {messages[0]}"


def _deleted_codes() -> set[str]:
    return set(
        AuditEntry.objects.filter(object_kind="concept", action="concept.deleted").values_list(
            "object_id", flat=True
        )
    )


def _replace(pk: int, concept: Concept, keys: dict[str, list[int]]) -> None:
    """An edit like a person's: with a version before and after it, and an audit row."""
    stored = Concept.objects.get(pk=pk)
    concept.pk, concept._state.adding = pk, False
    concept.latest_revision_id = stored.latest_revision_id
    for name, found in keys.items():
        setattr(concept, name, TaxonomyTerm.objects.filter(pk__in=found))
    concept.save()
    concept.save_revision(clean=False, log_action=True)


def _create(new: list[tuple[Concept, dict[str, list[int]]]]) -> None:
    """Many at once, with one audit row each and one new version of the table."""
    models.QuerySet(Concept).bulk_create([concept for concept, _keys in new])
    for name in TERM_FIELDS:
        through = getattr(Concept, name).through
        through.objects.bulk_create(
            [
                through(concept_id=concept.pk, taxonomyterm_id=term)
                for concept, keys in new
                for term in keys[name]
            ]
        )
    audit.record_many([("concept.created", "concept", concept.code, {}) for concept, _keys in new])
    ConceptsVersion.renew()


# A search never waits longer than this for somebody else's write (an import holds SQLite's lock for seconds): what
# cannot be counted at once is not counted.
LOG_PATIENCE_MS = 250
# Distinct rows a week: far above what a whole country's agents ask in vain, far below what a robot could fill.
MOST_ROWS_A_WEEK = 20_000


def record_search_without_result(
    *, words: str, language: str, bassin: str = "", today: date, relaxed: bool = False
) -> bool:
    """Count these words as asked in vain in the week of `today` (a local date); True when they were counted.

    `bassin`: code, or "" when no place was asked for; `relaxed`: something was found after filters were left out.
    Words that may tell who somebody is are not counted (`search.query.privacy`). Never raises: a search does not fail
    because its log does, and the log of that failure holds no words.
    """
    if not may_be_logged(words):
        return False
    row = {
        "words": normalised(words)[:LONGEST],
        "language": language[:10],
        "bassin": bassin[:60],
        "week": today - timedelta(days=today.weekday()),
        "relaxed": relaxed,
    }
    try:
        with _briefly(), transaction.atomic():
            return _count(row)
    except (DatabaseProblem, ValueError) as error:
        # The error's own text may quote the words.
        logger.warning("a search without a result was not counted: %s", type(error).__name__)
        return False


def _count(row: dict) -> bool:
    same = SearchWithoutResult.objects.filter(**row)
    if same.update(count=F("count") + 1):
        return True
    in_week = SearchWithoutResult.objects.filter(week=row["week"]).count()
    if in_week >= MOST_ROWS_A_WEEK:
        return False
    try:
        with transaction.atomic():
            SearchWithoutResult.objects.create(**row)
    except IntegrityError:  # another process was first
        same.update(count=F("count") + 1)
    if not in_week:  # the first of its week sweeps, so that forgetting needs nobody
        forget_old_searches(today=row["week"])
    return True


@contextmanager
def _briefly() -> Iterator[None]:
    """Wait at most LOG_PATIENCE_MS for a lock inside."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            [(before,)] = cursor.execute("PRAGMA busy_timeout").fetchall()
            cursor.execute(f"PRAGMA busy_timeout = {LOG_PATIENCE_MS}")
        else:
            [before] = cursor.execute("SHOW lock_timeout").fetchone()
            cursor.execute(f"SET lock_timeout = '{LOG_PATIENCE_MS}ms'")
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
                else:
                    cursor.execute("SET lock_timeout = %s", [before])


def forget_old_searches(*, today: date, dry_run: bool = False) -> int:
    """Delete the counts of weeks that ended more than settings.SEARCH_LOG_WEEKS weeks ago; returns how many rows."""
    oldest = today - timedelta(days=today.weekday(), weeks=settings.SEARCH_LOG_WEEKS)
    old = SearchWithoutResult.objects.filter(week__lt=oldest)
    return old.count() if dry_run else old.delete()[0]
