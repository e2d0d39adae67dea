"""Decides, before anything is written, what an HSDS file would create, change, leave and refuse."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.timezone import localdate

from services.errors import EntryRefused, FileRefused, RowRefused
from services.models import Service
from services.transfer.create import Terms, build_service
from services.transfer.create_parts import DraftRefused
from services.transfer.drafts import LocationDraft, ServiceDraft

from . import json_reader, service_reader, tabular_reader
from .books import LANGUAGES, Books
from .entries import Entry, Source
from .finding import Finder
from .known import KnownListing, listings
from .merging import LINK_FIELDS, Merger
from .organizations import Organizations
from .reading import ReadPlace, ReadService, Setting

CHUNK = 500


@dataclass
class PlaceUpdate:
    """One place: of the location `pk`, or a new one of `draft` (None). `linked`: the service stands there already."""

    pk: int | None
    draft: LocationDraft
    linked: bool
    location: dict[str, Any] = field(default_factory=dict)
    link: dict[str, Any] = field(default_factory=dict)
    identifier: str = ""  # to be added under the import's source

    def __bool__(self) -> bool:
        return bool(not self.linked or self.location or self.link)


@dataclass
class Update:
    """What changes about one listing: {field of ServiceDraft: what it becomes}."""

    pk: int
    line: int
    where: str
    values: dict[str, Any] = field(default_factory=dict)
    organization: Hashable | None = None
    places: list[PlaceUpdate] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)  # primary keys of locations

    def __bool__(self) -> bool:
        return bool(self.values or self.organization is not None or self.places or self.removed)

    def names(self) -> list[str]:
        """The fields that change, for the reader of a dry run."""
        found = dict.fromkeys(self.values)
        for place in self.places:
            found |= dict.fromkeys([*place.location, *place.link] if place.linked else ["place"])
        found |= dict.fromkeys(["organization"] if self.organization is not None else [])
        return list(found | dict.fromkeys(["place removed"] if self.removed else []))


@dataclass
class Plan:
    """As transfer.plan.Plan, for HSDS; `wheres` names the entries by line. `warnings` lose no listing."""

    file: str
    source: str
    organizations: Organizations
    creations: list[tuple[int, ServiceDraft]] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    unchanged: int = 0
    refused: list[RowRefused] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    locations: dict[tuple[str, str], int] = field(default_factory=dict)  # (source, id) → primary key
    wheres: dict[int, str] = field(default_factory=dict)

    def refusal(self, line: int, reason: str) -> RowRefused:
        return EntryRefused(self.file, line, self.wheres.get(line, self.file), reason)

    def refuse(self, line: int, reason: str) -> None:
        self.refused.append(self.refusal(line, reason))


def open_source(path: Path) -> Source:
    """The file by its kind: .json (or a datapackage.json), .zip, or a folder. Raises FileRefused."""
    if not path.exists():
        raise FileRefused(f"{path.name}: no such file or folder")
    if path.is_dir() or path.suffix.lower() == ".zip" or path.name == "datapackage.json":
        return tabular_reader.read(path)
    if path.suffix.lower() == ".json":
        return json_reader.read(path)
    raise FileRefused(f"{path.name}: HSDS is a .json, a .zip of tables or a folder of tables")


def plan_hsds(path: Path, *, source: str, language: str = "") -> Plan:
    """Read the whole file and compare it with the catalogue; nothing is written. Raises FileRefused.

    `language`: that of the file's plain texts; empty: the one it names itself, else the site's first.
    """
    if language and language not in LANGUAGES:
        raise FileRefused(f"language: one of {', '.join(LANGUAGES)}; got {language}")
    opened = open_source(path)
    told = opened.language.lower()[:2]
    language = language or (told if told in LANGUAGES else LANGUAGES[0])
    setting = Setting(source, language, Books(), localdate())
    plan = Plan(path.name, source, Organizations(source))
    planning = _Planning(plan, setting)
    try:
        while chunk := list(islice(opened.entries, CHUNK)):
            planning.take(chunk)
    finally:
        if isinstance(opened.entries, Iterator) and hasattr(opened.entries, "close"):
            opened.entries.close()
    plan.warnings += [*opened.warnings, *plan.organizations.warnings]
    plan.refused.sort(key=lambda refusal: refusal.line)
    return plan


class _Planning:
    def __init__(self, plan: Plan, setting: Setting) -> None:
        self.plan, self.setting = plan, setting
        self.terms = Terms()
        self.services, self.locations = Finder("service", setting.source), Finder("location", setting.source)
        self.seen: dict[Hashable, str] = {}  # id in the file, or primary key → where
        self.compared: set[int] = set()  # locations

    def take(self, entries: list[Entry]) -> None:
        found = [read for entry in entries if (read := self._read(entry)) is not None]
        self.services.ask((read.draft.external_id, read.draft.other_ids) for read in found)
        self.locations.ask(
            (place.draft.external_id, place.draft.other_ids) for read in found for place in read.places
        )
        self.plan.organizations.ask(read.organization for read in found if read.organization is not None)
        known: dict[int, ReadService] = {}
        for read in found:
            try:
                pk = self._place(read)
                if pk is None:
                    self._create(read)
                else:
                    known[pk] = read
            except DraftRefused as refusal:
                self.plan.refuse(read.line, str(refusal))
        for listing in listings(Service.objects.filter(pk__in=known)):
            read = known[listing.pk]
            try:
                self._compare(listing, read)
            except DraftRefused as refusal:
                self.plan.refuse(read.line, str(refusal))

    def _read(self, entry: Entry) -> ReadService | None:
        self.plan.wheres[entry.line] = entry.where
        try:
            if entry.reason:
                raise DraftRefused(entry.reason)
            read = service_reader.read(entry, self.setting)
            if not read.draft.name:
                raise DraftRefused("name is missing")
            return read
        except DraftRefused as refusal:
            self.plan.refused.append(EntryRefused(self.plan.file, entry.line, entry.where, str(refusal)))
            return None

    def _place(self, read: ReadService) -> int | None:
        """The primary key of the listing that is meant. Raises DraftRefused when another entry meant it too."""
        pk = self.services.primary_key(read.draft.external_id, read.draft.other_ids)
        for key in [read.draft.external_id, *([pk] if pk is not None else [])]:
            if key in self.seen:
                raise DraftRefused(f"the same listing as {self.seen[key]}")
        self.seen |= dict.fromkeys([read.draft.external_id, *([pk] if pk is not None else [])], read.where)
        for place in read.places:
            location = self.locations.primary_key(place.draft.external_id, place.draft.other_ids)
            if location is not None:
                self.plan.locations[self.setting.source, place.draft.external_id] = location
        self.plan.warnings += [f"{read.where}: {warning}" for warning in read.warnings]
        return pk

    def _create(self, read: ReadService) -> None:
        draft = read.draft
        draft.organization = self.plan.organizations.key(
            read.organization, draft, Merger(read.profile, read.languages[0])
        )
        build_service(
            draft, 0, self.terms
        )  # only to see whether it can be written; the organisation comes later
        self.plan.creations.append((read.line, draft))

    def _compare(self, listing: KnownListing, read: ReadService) -> None:
        merger = Merger(read.profile, read.languages[0])
        update = Update(listing.pk, read.line, read.where)
        names = read.spoken - {"organization", "places", "replaced_by", "capacity"}
        update.values = merger.changes(listing.draft, read.draft, names)
        if "capacity" in read.spoken:
            update.values |= merger.changes(listing.draft, read.draft, ["capacity", "capacity_updated_on"])
        if "replaced_by" in read.spoken:
            self._compare_successor(listing, read, update)
        self._compare_notes(listing, read, update)
        if read.organization is not None:
            key = self.plan.organizations.key(read.organization, read.draft, merger)
            if key != ("pk", listing.organization.pk):
                update.organization = key
        if "places" in read.spoken:
            self._compare_places(listing, read, merger, update)
        if not update:
            self.plan.unchanged += 1
            return
        if listing.state.edited_by_hand:
            raise DraftRefused(
                "an editor's changes to this listing wait for publication: publish or discard them first"
            )
        if listing.state.locked:
            raise DraftRefused("this listing is locked by an editor")
        for name in ("needs", "audiences", "organisation_type", "service_areas"):
            self._check_codes(name, update.values.get(name))
        if "name" in update.values and not update.values["name"]:
            raise DraftRefused("the last of its names would be gone")
        self.plan.updates.append(update)

    def _check_codes(self, name: str, value: Any) -> None:
        if name == "organisation_type":
            self.terms.term("organisation_type", value)
        elif name == "service_areas":
            for kind, code in value or ():
                self.terms.territory(kind, code)
        else:
            for item in value or ():
                self.terms.term(
                    "need" if name == "needs" else "audience", item if name == "needs" else item[0]
                )

    def _compare_successor(self, listing: KnownListing, read: ReadService, update: Update) -> None:
        wanted = read.draft.replaced_by
        if wanted == listing.draft.replaced_by:
            return
        if wanted:
            self.services.ask([(wanted, [])])
            pk = self.services.primary_key(wanted, [])
            row = Service.objects.filter(pk=pk).values_list("uuid", flat=True).first() if pk else None
            if row is None or str(row) == listing.draft.replaced_by:
                return  # not in this catalogue
            wanted = str(row)
        update.values["replaced_by"] = wanted

    def _compare_notes(self, listing: KnownListing, read: ReadService, update: Update) -> None:
        """Words of the file are added to the editors' note; theirs stay."""
        if not read.draft.data_note:
            return
        present = listing.draft.data_note.splitlines()
        fresh = [line for line in read.draft.data_note.splitlines() if line not in present]
        if fresh:
            update.values["data_note"] = "\n".join([*present, *fresh])

    def _compare_places(
        self, listing: KnownListing, read: ReadService, merger: Merger, update: Update
    ) -> None:
        now = dict(zip(listing.location_pks, listing.draft.locations, strict=True))
        left = dict(now)
        pairs: list[tuple[ReadPlace, int | None]] = []
        for place in read.places:
            pk = self.plan.locations.get((self.setting.source, place.draft.external_id))
            left.pop(pk, None)
            pairs.append((place, pk))
        for place, pk in pairs:
            same = None if pk is not None else _same_address(place.draft, left)
            if same is not None:
                left.pop(same)
                pk = same
                self.plan.locations[self.setting.source, place.draft.external_id] = same
            change = self._compare_place(place, pk, now.get(pk) if pk is not None else None, merger)
            if same is not None:
                change.identifier = place.draft.external_id
            if change:
                update.places.append(change)
        for pk, draft in left.items():
            named_before = any(scheme == self.setting.source for scheme, _identifier in draft.other_ids)
            if named_before or read.is_ours:
                update.removed.append(pk)

    def _compare_place(
        self, place: ReadPlace, pk: int | None, now: LocationDraft | None, merger: Merger
    ) -> PlaceUpdate:
        if pk is None or now is None:
            return PlaceUpdate(pk, place.draft, linked=False)
        change = PlaceUpdate(pk, place.draft, linked=True)
        names = place.spoken - set(LINK_FIELDS)
        # A point decides its commune; and a foreign file's commune is only a name.
        if (now.lat is not None and now.precision in ("address", "street")) or place.draft.nis5 is None:
            names -= {"nis5"}
        if pk not in self.compared:  # a location that several services share is changed once
            self.compared.add(pk)
            change.location = merger.changes(now, place.draft, names)
        change.link = merger.changes(now, place.draft, place.spoken & set(LINK_FIELDS))
        return change


def _same_address(draft: LocationDraft, left: dict[int, LocationDraft]) -> int | None:
    """The one place of the listing with this address, when no id names it."""

    def line(one: LocationDraft) -> tuple[set[str], str, str]:
        return {text.casefold() for text in one.street.values()}, one.house_number.casefold(), one.postcode

    streets, number, postcode = line(draft)
    found = [
        pk for pk, other in left.items() if streets & line(other)[0] and (number, postcode) == line(other)[1:]
    ]
    return found[0] if len(found) == 1 else None
