"""The texts of listings as the database or a draft has them: read many at once, or read and written in one object."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from services.codes import AddressVisibility
from services.models import CostOption, Notice, Phone, RequiredDocument, Service, ServiceAtLocation
from services.rules import is_listed

from .texts import FIELDS, PARTS, TextsByLanguage, kind_of, part_key, present, source_language

MODELS = {
    "notice": Notice,
    "place": ServiceAtLocation,
    "phone": Phone,
    "document": RequiredDocument,
    "cost": CostOption,
}
LABELS = {
    "name": _("Name"),
    "summary": _("In one sentence"),
    "description": _("Description"),
    "eligibility_description": _("Conditions, in words"),
    "application_process": _("How to get in, in words"),
    "fees_description": _("Costs, in words"),
    "notice": _("Temporary notice"),
    "place": _("What is different at this place"),
    "phone": _("What this phone is for"),
    "document": _("Document to bring"),
    "cost": _("What this cost is for"),
}


def languages() -> tuple[str, ...]:
    return tuple(code for code, _name in settings.LANGUAGES)


def named_languages() -> list[tuple[str, str]]:
    """(code, the language's own name), in the site's order."""
    return list(settings.LANGUAGES)


def label(key: str) -> str:
    return capfirst(str(LABELS[kind_of(key)]))


@cache
def longest(key_kind: str) -> int | None:
    """Characters that the column takes; None: no limit of its own."""
    if key_kind in FIELDS:
        return Service._meta.get_field(f"{key_kind}_{languages()[0]}").max_length
    return MODELS[key_kind]._meta.get_field(f"{PARTS[key_kind]}_{languages()[0]}").max_length


@cache
def has_lines(key_kind: str) -> bool:
    """Whether the text may have several lines."""
    return longest(key_kind) is None or key_kind == "notice"


@dataclass
class ListingTexts:
    """All texts of one listing. `private`: keys of what is said about an address that not everybody may see."""

    pk: int
    uuid: Any
    steward: int | None
    listed: bool
    declared: str
    latest_revision: int | None
    has_draft: bool
    texts: TextsByLanguage
    private: set[str] = field(default_factory=set)

    @property
    def source(self) -> str:
        """The language of the original; "" for a listing without a name."""
        names = {language: texts.get("name", "") for language, texts in self.texts.items()}
        return source_language(names, self.declared, languages())


def _columns(name: str) -> list[str]:
    return [f"{name}_{language}" for language in languages()]


def _put(into: ListingTexts, key: str, name: str, row: dict) -> None:
    for language in languages():
        if text := row[f"{name}_{language}"]:
            into.texts[language][key] = text


def _plain(model) -> QuerySet:
    """Without modeltranslation's rewriting, which costs more than the query: columns are named here."""
    return QuerySet(model)


def of_services(pks: Collection[int]) -> dict[int, ListingTexts]:
    """Primary key → its published texts; eight queries, whatever their number."""
    found: dict[int, ListingTexts] = {}
    columns = [column for name in FIELDS for column in _columns(name)]
    rows = _plain(Service).filter(pk__in=pks).values(
        "pk", "uuid", "steward", "live", "lifecycle", "source_language", "latest_revision",
        "has_unpublished_changes", *columns,
    )  # fmt: skip
    for row in rows:
        listing = found[row["pk"]] = ListingTexts(
            pk=row["pk"],
            uuid=row["uuid"],
            steward=row["steward"],
            listed=is_listed(live=row["live"], lifecycle=row["lifecycle"]),
            declared=row["source_language"],
            latest_revision=row["latest_revision"],
            has_draft=row["has_unpublished_changes"],
            texts={language: {} for language in languages()},
        )
        for name in FIELDS:
            _put(listing, name, name, row)
    places = list(
        _plain(ServiceAtLocation)
        .filter(service__in=pks)
        .values("pk", "uuid", "service", "location__address_visibility", *_columns("description"))
    )
    service_of: dict[int, int] = {}
    hidden: set[int] = set()
    for row in places:
        service_of[row["pk"]] = row["service"]
        if row["location__address_visibility"] != AddressVisibility.PUBLIC:
            hidden.add(row["pk"])
            found[row["service"]].private.add(part_key("place", row["uuid"]))
        _put(found[row["service"]], part_key("place", row["uuid"]), "description", row)
    for kind in ("document", "cost"):
        for row in _parts(kind, "service", pks):
            _put(found[row["service"]], part_key(kind, row["uuid"]), PARTS[kind], row)
    for kind in ("notice", "phone"):
        for row in _parts(kind, "service", pks):
            _put(found[row["service"]], part_key(kind, row["uuid"]), PARTS[kind], row)
        for row in _parts(kind, "service_at_location", service_of):
            listing = found[service_of[row["service_at_location"]]]
            key = part_key(kind, row["uuid"])
            if row["service_at_location"] in hidden:
                listing.private.add(key)
            _put(listing, key, PARTS[kind], row)
    for listing in found.values():
        listing.texts = {language: present(texts) for language, texts in listing.texts.items()}
    return found


def _parts(kind: str, owner: str, pks: Iterable[int]) -> Iterator[dict]:
    names = _columns(PARTS[kind])
    rows = _plain(MODELS[kind]).filter(**{f"{owner}__in": list(pks)}).values(owner, "uuid", *names)
    return iter(rows)


def _objects(service: Service) -> Iterator[tuple[str, Any, str]]:
    """(key, object, field) of everything in this object, in its order; parts that are only in a draft too."""
    for name in FIELDS:
        yield name, service, name
    for kind, parts in (("notice", service.notices), ("document", service.required_documents)):
        yield from ((part_key(kind, part.uuid), part, PARTS[kind]) for part in parts.all())
    for kind, parts in (("cost", service.cost_options), ("phone", service.phones)):
        yield from ((part_key(kind, part.uuid), part, PARTS[kind]) for part in parts.all())
    for place in service.service_at_locations.all():
        yield part_key("place", place.uuid), place, PARTS["place"]
        for kind, parts in (("notice", place.notices), ("phone", place.phones)):
            yield from ((part_key(kind, part.uuid), part, PARTS[kind]) for part in parts.all())


def of_object(service: Service) -> TextsByLanguage:
    """The texts of a version in hand: a draft, an old revision."""
    found: TextsByLanguage = defaultdict(dict)
    for key, part, name in _objects(service):
        for language in languages():
            if (text := getattr(part, f"{name}_{language}", None)) and text.strip():
                found[language][key] = text
    return {language: found.get(language, {}) for language in languages()}


def source_of(service: Service) -> str:
    """The language of the original of a version in hand."""
    names = {language: getattr(service, f"name_{language}", None) or "" for language in languages()}
    return source_language(names, service.source_language, languages())


def as_version(service: Service, content: dict | None = None) -> Service:
    """The published row, or a revision's content, as a version whose parts can be written in place."""
    return service.with_content_json(content or service.serializable_data())


def write(version: Service, language: str, texts: dict[str, str]) -> list[str]:
    """Put texts into a version (`as_version`); returns the keys that it does not have."""
    missing = dict(texts)
    for key, part, name in _objects(version):
        if key in missing:
            setattr(part, f"{name}_{language}", missing.pop(key))
    return list(missing)
