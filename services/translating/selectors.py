"""Reads about translations: the team's board and its counts, what is stale in one listing, what the public is told."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from services import rights
from services.models import ListingLanguage, Service

from . import units
from .states import COMPLETE, MACHINE, STALE, field_state, from_json
from .texts import FIELDS, present, source_language

PERMISSION = "services.translate_service"


def board(user, language: str) -> QuerySet:
    """The listings that people find and this user may translate, with something to do in this language.

    Most opened first, then what has waited longest. One row a listing; `service` is not fetched with it.
    """
    found = ListingLanguage.objects.filter(language=language, listed=True).exclude(state=COMPLETE)
    return rights.within(found, user, PERMISSION).order_by("-views", "since", "service_id")


def counts(user) -> dict[str, dict[str, int]]:
    """Language → state → number of listings that this user may translate; answered from an index alone."""
    found: dict[str, dict[str, int]] = {language: {} for language in units.languages()}
    rows = rights.within(ListingLanguage.objects.filter(listed=True), user, PERMISSION)
    for language, state, count in (
        rows.values_list("language", "state").annotate(count=Count("pk")).order_by()
    ):
        if language in found:
            found[language][state] = count
    return found


def row_of(service: Service, language: str) -> ListingLanguage | None:
    return ListingLanguage.objects.filter(service=service, language=language).first()


def _own_texts(service: Service, language: str) -> dict[str, str]:
    """The texts of the service's own fields, without a query."""
    return present({name: getattr(service, f"{name}_{language}", None) for name in FIELDS})


def _source(service: Service) -> str:
    names = {language: getattr(service, f"name_{language}", None) or "" for language in units.languages()}
    return source_language(names, service.source_language, units.languages())


def stale_fields(service: Service) -> dict[str, set[str]]:
    """Language → fields whose published translation is older than the original; one query.

    Field names as in texts.FIELDS; parts are left out. Compared with the texts in hand, so never behind.
    """
    if service.pk is None:
        return {}
    source = _source(service)
    originals = _own_texts(service, source) if source else {}
    found: dict[str, set[str]] = {}
    for row in ListingLanguage.objects.filter(service=service.pk).exclude(language=source):
        notes, texts = from_json(row.texts), _own_texts(service, row.language)
        stale = {
            name
            for name, original in originals.items()
            if field_state(original, texts.get(name), notes.get(name)) == STALE
        }
        if stale:
            found[row.language] = stale
    return found


@dataclass(frozen=True)
class Honesty:
    """What a reader should know about the translation before them. Keys as in texts; `source`: the original's language."""

    source: str = ""
    stale: frozenset[str] = frozenset()
    machine: frozenset[str] = frozenset()


def honesty(service: Service, language: str) -> Honesty:
    """Of a published listing in the reader's language; one query, none in the language of the original."""
    source = _source(service)
    if not source or source == language or service.pk is None:
        return Honesty(source)
    row = row_of(service, language)
    if row is None:
        return Honesty(source)
    notes = from_json(row.texts)
    originals, texts = _own_texts(service, source), _own_texts(service, language)
    states = {name: field_state(text, texts.get(name), notes.get(name)) for name, text in originals.items()}
    # Parts as the follower last saw them: reading their texts again would cost a query a kind.
    states |= {
        key: state
        for key, state in row.todo.items()
        if key not in FIELDS and key in notes and notes[key].text
    }
    return Honesty(source, _with(states, STALE), _with(states, MACHINE))


def _with(states: dict[str, str], wanted: str) -> frozenset[str]:
    return frozenset(key for key, state in states.items() if state == wanted)


def next_on_board(rows: QuerySet, after: ListingLanguage | None, skip: Iterable[int]) -> int | None:
    """Primary key of the listing that follows `after` in these rows (ordered as `board`), else of the first one."""
    left = rows.exclude(service__in=list(skip))
    if after is not None:
        later = left.filter(
            Q(views__lt=after.views)
            | Q(views=after.views, since__gt=after.since)
            | Q(views=after.views, since=after.since, service__gt=after.service_id)
        )
        found = later.values_list("service", flat=True).first()
        if found is not None:
            return found
    return left.values_list("service", flat=True).first()
