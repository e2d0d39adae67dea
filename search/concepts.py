"""The concepts as the search uses them: read whole, kept in this process until the table's version changes.

An edit renews the version in its own transaction; every process looks at the version at most every CHECK_SECONDS, so
all of them use an edit within that time, without a restart or a rebuild.
"""

import threading
import time
from collections.abc import Sequence

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete

from audit import actions as audit
from services.models import TaxonomyTerm
from services.terms.rules import followed

from .models import Concept, ConceptsVersion
from .models.concept import LANGUAGES, TERM_FIELDS, WORD_COLUMNS
from .models.phrases import phrases
from .query.entries import ConceptEntry, Phrase

__all__ = ["ConceptEntry", "Phrase", "connect", "current", "entry", "forget", "load", "version"]

CHECK_SECONDS = 2.0
_LINKS = ("concepts_of_need", "concepts_of_type", "concepts_of_audience")

_lock = threading.Lock()
_entries: tuple[ConceptEntry, ...] = ()
_version: str | None = None  # of _entries; None: nothing was read yet
_looked_at = 0.0
_forgotten = 0  # how often; a look that began before the last one does not count


def current() -> tuple[ConceptEntry, ...]:
    """All concepts in use, by code; at most CHECK_SECONDS behind the database.

    The same tuple comes back until something changed, so what is built from it can be kept beside it: compare with
    `is`, or with `version()`.
    """
    _refresh()
    return _entries


def version() -> str:
    """The key of what `current()` gives: another one after every write, "" for a table nobody ever wrote to."""
    _refresh()
    return _version or ""


def forget() -> None:
    """Look at the database at the next use: after a write in this process."""
    global _looked_at, _forgotten
    _forgotten += 1
    _looked_at = 0.0


def _refresh() -> None:
    global _entries, _version, _looked_at
    if _is_fresh():
        return
    with _lock:
        if _is_fresh():
            return
        looked_at, forgotten = time.monotonic(), _forgotten
        # The version first: entries that are newer than their version are read again, older ones would stay.
        found = _stored_version()
        if found != _version:
            _entries, _version = load(), found
        _looked_at = looked_at if forgotten == _forgotten else 0.0


def _is_fresh() -> bool:
    return _version is not None and _looked_at > 0 and time.monotonic() - _looked_at < CHECK_SECONDS


def _stored_version() -> str:
    return ConceptsVersion.objects.filter(pk=1).values_list("token", flat=True).first() or ""


def load() -> tuple[ConceptEntry, ...]:
    """Read everything now: two queries, however many concepts there are."""
    terms = _terms_by_concept()
    return tuple(
        ConceptEntry(
            code=row["code"],
            needs=terms["need"].get(row["pk"], ()),
            organisation_types=terms["organisation_type"].get(row["pk"], ()),
            audiences=terms["audience"].get(row["pk"], ()),
            phrases=tuple(phrases(row, LANGUAGES)),
            counterpart_only=row["counterpart_only"],
        )
        for row in Concept.objects.filter(active=True)
        .order_by("code")
        .values("pk", "code", "counterpart_only", *WORD_COLUMNS)
    )


def entry(concept: Concept, terms: dict[str, Sequence[TaxonomyTerm]]) -> ConceptEntry:
    """A concept as the search would use it, with these terms ({"needs": […], …}): for one that is not saved."""
    successors = dict(
        TaxonomyTerm.objects.filter(retired=True, replaced_by__isnull=False).values_list("pk", "replaced_by")
    )
    wanted = {followed(term.pk, successors) for chosen in terms.values() for term in chosen}
    found: dict[str, list[str]] = {taxonomy: [] for taxonomy in TERM_FIELDS.values()}
    for taxonomy, code in (
        TaxonomyTerm.objects.filter(pk__in=wanted)
        .order_by("taxonomy", "sort_order", "code")
        .values_list("taxonomy", "code")
    ):
        found[taxonomy].append(code)
    return ConceptEntry(
        code=concept.code,
        **{name: tuple(found[taxonomy]) for name, taxonomy in TERM_FIELDS.items()},
        phrases=tuple(concept.phrases),
        counterpart_only=concept.counterpart_only,
    )


def _terms_by_concept() -> dict[str, dict[int, tuple[str, ...]]]:
    """{"need": {concept: codes}, …}; a retired code is followed to its last successor.

    One query: a term belongs to one taxonomy, so of the three joins only its own has rows.
    """
    found: dict[str, dict[int, tuple[str, ...]]] = {"need": {}, "organisation_type": {}, "audience": {}}
    rows = list(
        TaxonomyTerm.objects.order_by("taxonomy", "sort_order", "code").values_list(
            "pk", "taxonomy", "code", "retired", "replaced_by", *_LINKS
        )
    )
    codes = {pk: code for pk, _taxonomy, code, *_rest in rows}
    successors = {pk: successor for pk, _t, _c, retired, successor, *_links in rows if retired and successor}
    for pk, taxonomy, _code, _retired, _successor, *links in rows:
        for concept in filter(None, links):
            code = codes[followed(pk, successors)]
            kept = found[taxonomy].get(concept, ())
            found[taxonomy][concept] = kept if code in kept else (*kept, code)
    return found


def _record_delete(sender, instance: Concept, **kwargs) -> None:
    """pre_delete, in the collector's transaction. The loader reads this entry: what was deleted stays deleted."""
    audit.record(action="concept.deleted", object_kind="concept", object_id=instance.code)
    ConceptsVersion.renew()


def _term_changed(sender, instance: TaxonomyTerm, created: bool = False, **kwargs) -> None:
    """A code that is retired or deleted changes where concepts lead; nothing leads to a new one yet."""
    if not created:
        ConceptsVersion.renew()


def _version_changed(sender, **kwargs) -> None:
    forget()
    transaction.on_commit(forget)  # another thread may have looked before the commit


def connect() -> None:
    """Called once by the app's ready()."""
    pre_delete.connect(_record_delete, sender=Concept, dispatch_uid="record_delete_concept")
    for signal in (post_save, post_delete):
        signal.connect(_term_changed, sender=TaxonomyTerm, dispatch_uid="concepts_of_a_changed_term")
    post_save.connect(_version_changed, sender=ConceptsVersion, dispatch_uid="concepts_version_changed")
