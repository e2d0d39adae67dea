"""Which catalogue objects the ids of a file mean: our own uuids, ids under the import's source, or other schemes' ids."""

from collections.abc import Iterable
from uuid import UUID

from services.models import ExternalIdentifier, Location, Organization, Service
from services.transfer.create_parts import DraftRefused

from .known import UUID_SCHEME
from .profile import is_uuid

MODELS = {"service": Service, "organization": Organization, "location": Location}
BATCH = 500
Id = tuple[str, str]  # (scheme, identifier)


class Finder:
    """Answers for one kind of object; ids are asked for in batches, before the answers are wanted."""

    def __init__(self, owner: str, source: str) -> None:
        self.owner, self.source = owner, source
        self._found: dict[Id, int | None] = {}

    def ask(self, wanted: Iterable[tuple[str, list[Id]]]) -> None:
        """Look up objects, each by its id in the file and its ids elsewhere. Three queries a batch of 500."""
        ids = {pair for identifier, others in wanted for pair in self._ids(identifier, others)}
        fresh = [pair for pair in ids if pair not in self._found]
        self._found |= dict.fromkeys(fresh)
        uuids = [identifier for scheme, identifier in fresh if scheme == UUID_SCHEME]
        for start in range(0, len(uuids), BATCH):
            rows = MODELS[self.owner].objects.filter(
                uuid__in=[UUID(text) for text in uuids[start : start + BATCH]]
            )
            self._found |= {(UUID_SCHEME, str(uuid)): pk for uuid, pk in rows.values_list("uuid", "pk")}
        by_scheme: dict[str, list[str]] = {}
        for scheme, identifier in fresh:
            by_scheme.setdefault(scheme, []).append(identifier)
        for scheme, identifiers in by_scheme.items():
            for start in range(0, len(identifiers), BATCH):
                rows = ExternalIdentifier.objects.filter(
                    scheme=scheme,
                    identifier__in=identifiers[start : start + BATCH],
                    **{f"{self.owner}__isnull": False},
                )
                self._found |= {
                    (scheme, identifier): pk
                    for identifier, pk in rows.values_list("identifier", f"{self.owner}_id")
                    if self._found.get((scheme, identifier)) is None
                }

    def _ids(self, identifier: str, others: Iterable[Id]) -> list[Id]:
        own = [(UUID_SCHEME, str(UUID(identifier)))] if is_uuid(identifier) else []
        return [*own, (self.source, identifier), *others]

    def primary_key(self, identifier: str, others: Iterable[Id]) -> int | None:
        """None for one that the catalogue does not have. Raises DraftRefused when its ids mean two."""
        found = dict.fromkeys(
            pk for pair in self._ids(identifier, others) if (pk := self._found.get(pair)) is not None
        )
        if len(found) > 1:
            raise DraftRefused(
                f"{self.owner} {identifier}: its identifiers are those of {len(found)} different ones in the catalogue"
            )
        return next(iter(found), None)
