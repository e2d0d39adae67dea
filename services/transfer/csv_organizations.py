"""Which organisation each row of a CSV file means: by its id, else by its name; new ones are made."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop as noop

from services.models import ExternalIdentifier, Organization
from services.rules import slug

from .create import DraftRefused
from .csv_columns import LANGUAGES, UUID_SCHEME
from .drafts import OrganizationDraft

# ("id", scheme, identifier) or ("name", folded name)
OrganizationKey = tuple[str, ...]
NAME_COLUMNS = {"organization_name_fr": "fr", "organization_name_nl": "nl"}


def _contradiction(column: str, name: str, known: str) -> DraftRefused:
    return DraftRefused(
        noop('"%(name)s" contradicts "%(known)s" in an earlier row'),
        {"name": name, "known": known},
        under=f"organization_{column}",
    )


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


@dataclass
class Organizations:
    """The catalogue's organisations and those a file adds or renames; reads all names once."""

    source: str
    new: dict[OrganizationKey, OrganizationDraft] = field(default_factory=dict)
    renamed: dict[int, dict[str, str]] = field(default_factory=dict)  # primary key → {"name_fr": …}

    def __post_init__(self) -> None:
        self._by_id: dict[tuple[str, str], int] = {}
        self._by_name: dict[str, int] = {}
        self._names: dict[int, dict[str, str]] = {}
        columns = [f"name_{code}" for code in LANGUAGES]
        for pk, uuid, *names in Organization.objects.order_by("pk").values_list("pk", "uuid", *columns):
            self._by_id[UUID_SCHEME, str(uuid)] = pk
            self._names[pk] = {code: name for code, name in zip(LANGUAGES, names, strict=True) if name}
            for name in self._names[pk].values():
                self._by_name.setdefault(_folded(name), pk)
        rows = ExternalIdentifier.objects.filter(organization__isnull=False)
        for scheme, identifier, pk in rows.values_list("scheme", "identifier", "organization_id"):
            self._by_id[scheme, identifier] = pk

    def note(self, values: dict[str, Any]) -> OrganizationKey | None:
        """The key of the row's organisation; None when the row names none. Raises DraftRefused."""
        names = {code: values[column] for column, code in NAME_COLUMNS.items() if values.get(column)}
        identifier = values.get("organization_external_id", "")
        if identifier:
            key: OrganizationKey = ("id", values.get("organization_scheme") or self.source, identifier)
            pk = self._by_id.get(key[1:])  # type: ignore[arg-type]
            if pk is not None:
                self._rename(pk, names)
            else:
                self._add(key, names, values)
            return key
        if not names:
            return None
        return self._by_names(names, values)

    def for_unnamed(self, names: dict[str, str], values: dict[str, Any]) -> OrganizationKey:
        """A listing that names no organisation is its own: one of the same name."""
        return self._by_names(names, values)

    def label(self, key: OrganizationKey) -> str:
        """Its name, for people."""
        pk = self.primary_key(key)
        names = self._names.get(pk, {}) if pk is not None else self.new[key].name if key in self.new else {}
        return next(iter(names.values()), key[-1])

    def primary_key(self, key: OrganizationKey) -> int | None:
        """None for one that is still to be made."""
        return self._by_name.get(key[1]) if key[0] == "name" else self._by_id.get(key[1:])  # type: ignore[arg-type]

    def _by_names(self, names: dict[str, str], values: dict[str, Any]) -> OrganizationKey:
        for name in names.values():
            for key in (("name", _folded(name)),):
                if key in self.new or self.primary_key(key) is not None:
                    return key
        key = ("name", _folded(next(iter(names.values()))))
        self._add(key, names, values)
        return key

    def _add(self, key: OrganizationKey, names: dict[str, str], values: dict[str, Any]) -> None:
        known = self.new.get(key)
        if known is not None:
            for code, name in names.items():
                if known.name.setdefault(code, name) != name:
                    raise _contradiction(f"name_{code}", name, known.name[code])
            return
        if key[0] == "id" and key[1] == UUID_SCHEME:
            raise DraftRefused(
                noop('no organisation has the uuid "%(code)s"'),
                {"code": key[2]},
                under="organization_external_id",
            )
        if not names:
            raise DraftRefused(
                noop('"%(code)s" is new, and a new one needs a name'),
                {"code": key[-1]},
                under="organization_external_id",
            )
        if key[0] == "id":
            scheme, identifier = key[1:]
        else:
            # A name is no id; a short hash keeps "A & B" and "A B" apart.
            digest = hashlib.sha256(key[1].encode()).hexdigest()[:8]
            scheme, identifier = self.source, f"{slug(key[1])}-{digest}"
        self.new[key] = OrganizationDraft(
            external_id=identifier,
            scheme=scheme,
            name=dict(names),
            organisation_type=values.get("organisation_type") or None,
            source=self.source,
        )

    def _rename(self, pk: int, names: dict[str, str]) -> None:
        """A known organisation's other name in the file is its new name; the file says it once."""
        changed = self.renamed.get(pk, {})
        for code, name in names.items():
            column = f"name_{code}"
            if column in changed and changed[column] != name:
                raise _contradiction(column, name, changed[column])
            if column not in changed and self._names[pk].get(code, "") != name:
                changed[column] = name
        if changed:
            self.renamed[pk] = changed
