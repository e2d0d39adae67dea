"""Decides, before anything is written, what a CSV file would create, change, leave and refuse."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as noop

from geo.models import Territory
from services.codes import Taxonomy
from services.errors import RowRefused
from services.models import Service
from services.reasons import as_reason, of
from services.records import pick

from . import reading
from .create import DraftRefused, Terms, build_service, existing_ids
from .csv_columns import LANGUAGES, UUID_SCHEME
from .csv_compare import Update, compare
from .csv_describe import described
from .csv_drafts import service_draft
from .csv_organizations import Organizations
from .csv_projection import project_all
from .csv_wanted import CONTRADICTS, ServiceKey, Wanted, agree, first_row, place_values
from .csv_writer import commune_names
from .drafts import ServiceDraft
from .table import NAME_COLUMNS, ONE_NAME, CsvRow

CHUNK = 1000


@dataclass(frozen=True)
class Kept:
    """A listing that is already as the file says."""

    line: int
    identifier: str
    name: str
    uuid: UUID


@dataclass
class Plan:
    """Services to create (with the line of their first row) and to change, what stays, and the rows refused."""

    file: str
    source: str
    organizations: Organizations
    creations: list[tuple[int, ServiceDraft]] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    refused: list[RowRefused] = field(default_factory=list)

    @property
    def unchanged(self) -> int:
        return len(self.kept)

    def refuse(self, line: int, reason: str) -> None:
        self.refused.append(RowRefused(self.file, line, reason))


def plan_csv(path: Path, *, source: str) -> Plan:
    """Read the whole table (CSV or XLSX) and compare it with the catalogue; nothing is written. Raises FileRefused."""
    return plan_rows(reading.read(path), file=path.name, source=source)


def plan_rows(rows: Iterable[CsvRow], *, file: str, source: str, tried: bool = False) -> Plan:
    """Compare the rows of a table with the catalogue; nothing is written.

    `tried`: new listings were tried out in an earlier plan of the same file; the writer refuses what is wrong anyway.
    """
    plan = Plan(file, source, Organizations(source))
    terms, communes = Terms(), _Communes()
    wanted = _gather(rows, plan, terms, communes)
    existing = _existing(wanted)
    for key, item in wanted.items():
        if key not in existing:
            _plan_creation(item, plan, terms, tried=tried)
    known = {pk: wanted[key] for key, pk in existing.items()}
    pks = sorted(known)
    for start in range(0, len(pks), CHUNK):
        for listing in project_all(Service.objects.filter(pk__in=pks[start : start + CHUNK]), communes.names):
            item = known[listing.record.pk]
            organization = plan.organizations.primary_key(item.organization) if item.organization else None
            try:
                update = compare(listing, item, organization)
            except DraftRefused as refusal:
                plan.refuse(item.line, of(refusal))
                continue
            if update is None:
                name = pick(listing.record.name, LANGUAGES[0], LANGUAGES)[0]
                plan.kept.append(Kept(item.line, item.identifier, name, listing.record.uuid))
            else:
                update.described = described(
                    listing,
                    update,
                    plan.organizations.label(update.organization) if update.organization else "",
                )
                update.identifier, update.uuid = item.identifier, listing.record.uuid
                plan.updates.append(update)
    plan.refused.sort(key=lambda refusal: refusal.line)
    return plan


def _gather(
    rows: Iterable[CsvRow], plan: Plan, terms: Terms, communes: "_Communes"
) -> dict[ServiceKey, Wanted]:
    """The file's rows by service; what is wrong is refused on the way."""
    wanted: dict[ServiceKey, Wanted] = {}
    incomplete: set[ServiceKey | None] = set()  # services with a refused row; None: nobody knows whose it was
    for row in rows:
        identifier = row.values.get("external_id")
        key = (row.values.get("scheme") or plan.source, identifier) if identifier else None
        try:
            if row.reason or key is None:
                raise DraftRefused(as_reason(row.reason))
            _check_codes(row.values, terms)
            communes.resolve(row.values)
            if key in wanted:
                agree(wanted[key], row.values)
            organization = plan.organizations.note(row.values)
            if key in wanted and organization not in (None, wanted[key].organization):
                raise DraftRefused(CONTRADICTS, {"column": "organization", "line": wanted[key].line})
        except DraftRefused as refusal:
            plan.refuse(row.line, of(refusal))
            incomplete.add(key)
            continue
        if key not in wanted:
            wanted[key] = first_row(key, row.line, row.values)
            wanted[key].organization = organization
        wanted[key].rows.append(place_values(row.line, row.values))
    for key, item in wanted.items():
        item.complete = key not in incomplete and None not in incomplete
    return wanted


def _check_codes(values: dict[str, Any], terms: Terms) -> None:
    for code in values.get("needs", ()):
        terms.term(Taxonomy.NEED, code)
    for code, _welcome in values.get("audiences", ()):
        terms.term(Taxonomy.AUDIENCE, code)
    terms.term(Taxonomy.ORGANISATION_TYPE, values.get("organisation_type"))


def _existing(wanted: Iterable[ServiceKey]) -> dict[ServiceKey, int]:
    """Primary keys of the services that the catalogue has already."""
    by_scheme: dict[str, list[str]] = defaultdict(list)
    for scheme, identifier in wanted:
        by_scheme[scheme].append(identifier)
    found: dict[ServiceKey, int] = {}
    for scheme, identifiers in by_scheme.items():
        ids = _by_uuid(identifiers) if scheme == UUID_SCHEME else existing_ids("service", scheme, identifiers)
        found |= {(scheme, identifier): pk for identifier, pk in ids.items()}
    return found


def _by_uuid(identifiers: list[str]) -> dict[str, int]:
    uuids: dict[UUID, str] = {}
    for identifier in identifiers:
        try:
            uuids[UUID(identifier)] = identifier
        except ValueError:
            continue
    return {uuids[uuid]: pk for uuid, pk in Service.objects.filter(uuid__in=uuids).values_list("uuid", "pk")}


def _plan_creation(item: Wanted, plan: Plan, terms: Terms, *, tried: bool) -> None:
    names = {code: name for code in LANGUAGES if (name := item.service.get(f"name_{code}"))}
    try:
        if item.scheme == UUID_SCHEME:
            raise DraftRefused(
                noop('no listing has the uuid "%(code)s"'), {"code": item.identifier}, under="external_id"
            )
        if not names:
            raise DraftRefused(ONE_NAME, {"columns": NAME_COLUMNS})
        organization = item.organization or plan.organizations.for_unnamed(names, item.service)
        draft = service_draft(item, organization, source=plan.source)
        if not tried:
            build_service(
                draft, 0, terms
            )  # only to see whether it can be written; the organisation comes later
    except DraftRefused as refusal:
        plan.refuse(item.line, of(refusal))
        return
    plan.creations.append((item.line, draft))


class _Communes:
    """Names of communes in every language to their NIS5."""

    def __init__(self) -> None:
        self.names = commune_names()
        self._by_name: dict[str, set[str]] = {}
        columns = [f"name_{code}" for code in LANGUAGES]
        rows = Territory.objects.filter(kind="commune").values_list("code", "aliases", *columns)
        for nis5, aliases, *names in rows:
            for name in {*names, *aliases} - {None, ""}:
                self._by_name.setdefault(" ".join(name.casefold().split()), set()).add(nis5)

    def resolve(self, values: dict[str, Any]) -> None:
        """Put the NIS5 of the row's commune into `nis5`. Raises DraftRefused on one that does not exist."""
        nis5, name = values.get("nis5", ""), values.pop("commune", "")
        if nis5:
            if nis5 not in self.names:
                raise DraftRefused(
                    noop('no commune has the code "%(code)s" today'), {"code": nis5}, under="nis5"
                )
        elif name:
            found = self._by_name.get(" ".join(name.casefold().split()), set())
            if len(found) != 1:
                message = (
                    noop('%(count)s communes are called "%(name)s"; give its nis5')
                    if found
                    else noop('no commune is called "%(name)s"; give its nis5')
                )
                raise DraftRefused(message, {"count": len(found), "name": name}, under="commune")
            values["nis5"] = next(iter(found))
