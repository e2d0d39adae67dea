"""Which organisation each service of an HSDS file means, those that are new, and what changes about known ones."""

from collections.abc import Hashable, Iterable
from typing import Any

from services.models import Organization
from services.transfer.create import Terms
from services.transfer.create_parts import DraftRefused
from services.transfer.drafts import OrganizationDraft, ServiceDraft

from .finding import Finder
from .known import organizations as known_organizations
from .merging import Merger
from .reading import ReadOrganization

Key = tuple[str, Hashable]  # ("pk", primary key) or ("new", id in the file)


class Organizations:
    def __init__(self, source: str) -> None:
        self.source = source
        self.new: dict[Key, OrganizationDraft] = {}
        self.updates: dict[int, dict[str, Any]] = {}  # primary key → {field: what it becomes}
        self.warnings: list[str] = []
        self._finder = Finder("organization", source)
        self._known: dict[int, OrganizationDraft] = {}
        self._busy: set[int] = set()  # locked, or an editor's changes wait
        self._compared: set[int] = set()
        self._terms: Terms | None = None

    def ask(self, wanted: Iterable[ReadOrganization]) -> None:
        """Look up all of these at once."""
        found = [item.draft for item in wanted]
        self._finder.ask((draft.external_id, draft.other_ids) for draft in found)
        pks = set()
        for draft in found:
            try:
                pk = self._finder.primary_key(draft.external_id, draft.other_ids)
            except DraftRefused:
                continue  # said when its service is taken
            if pk is not None and pk not in self._compared:
                pks.add(pk)
        self._known = {pk: known.draft for pk, known in known_organizations(pks).items()}
        states = Organization.objects.filter(pk__in=pks).values_list(
            "pk", "locked", "has_unpublished_changes", "latest_revision__user_id"
        )
        self._busy = {
            pk for pk, locked, pending, editor in states if locked or (pending and editor is not None)
        }

    def key(self, read: ReadOrganization | None, service: ServiceDraft, merger: Merger) -> Key:
        """Raises DraftRefused. A service without an organization is its own: one of the same name."""
        if read is None:
            return self._own(service)
        draft = read.draft
        pk = self._finder.primary_key(draft.external_id, draft.other_ids)
        if pk is not None:
            if pk in self._known and pk not in self._compared:
                self._compare(pk, read, merger)
            return "pk", pk
        key: Key = ("new", draft.external_id)
        known = self.new.get(key)
        if known is None:
            if not draft.name:
                draft.name = dict(service.name)
                self.warnings.append(
                    f"organization {draft.external_id}: not in the file; named after its service "
                    f'"{next(iter(service.name.values()))}"'
                )
            if self._terms is None:
                self._terms = Terms()
            self._terms.term("organisation_type", draft.organisation_type)
            self.new[key] = draft
        elif draft.name and any(known.name.get(code, name) != name for code, name in draft.name.items()):
            raise DraftRefused(
                f'organization {draft.external_id}: its name contradicts "{next(iter(known.name.values()))}" '
                "in an earlier entry"
            )
        return key

    def _own(self, service: ServiceDraft) -> Key:
        identifier = f"service-{service.external_id}"[:120]
        self._finder.ask([(identifier, [])])
        pk = self._finder.primary_key(identifier, [])
        if pk is not None:
            return "pk", pk
        key: Key = ("new", identifier)
        if key not in self.new:
            self.new[key] = OrganizationDraft(identifier, self.source, dict(service.name), source=self.source)
        return key

    def _compare(self, pk: int, read: ReadOrganization, merger: Merger) -> None:
        self._compared.add(pk)
        changes = merger.changes(self._known[pk], read.draft, read.spoken)
        if "name" in changes and not changes["name"]:
            changes.pop("name")
        if not changes:
            return
        if pk in self._busy:
            self.warnings.append(
                f"organization {read.draft.external_id}: locked, or an editor's changes wait; not changed"
            )
            return
        self.updates[pk] = changes
