"""One listing in one language as its translator sees it: each text beside its original, with what changed in that."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from wagtail.admin.compare import diff_text

from services.models import ListingLanguage, Service
from services.translating import units
from services.translating.differences import older_originals
from services.translating.states import COMPLETE, MISSING, STALE, field_state, from_json, work_state
from services.translating.texts import fingerprint, in_order, kind_of

from .words import STATES


@dataclass
class Field:
    """`target`: what the box holds; `live`: what the public reads; `changes`: the original's, marked, where known."""

    key: str
    label: str
    source: str
    source_hash: str
    target: str
    live: str
    state: str
    state_name: object
    longest: int | None
    rows: int
    changes: SafeString | None = None
    waits: bool = False  # the box holds what a draft says
    moving: bool = False  # a draft changes the original: the translation is published with it
    confirmable: bool = False  # "still right" has a sense
    ticked: bool = False
    error: object = ""


@dataclass
class Sheet:
    """Everything the page needs. `draft`: (who, when) of an open draft."""

    service: Service
    language: str
    source: str
    revision: int | None
    fields: list[Field]
    draft: tuple[str, datetime] | None

    @property
    def open(self) -> list[Field]:
        return [field for field in self.fields if field.state != COMPLETE or field.error]

    @property
    def right(self) -> list[Field]:
        return [field for field in self.fields if field.state == COMPLETE and not field.error]


def sheet(service: Service, language: str, row: ListingLanguage | None) -> Sheet | None:
    """None when the listing is written in this language."""
    source = units.source_of(service)
    if not source or source == language:
        return None
    live = units.of_object(service)
    draft, shown = None, live
    if service.has_unpublished_changes and service.latest_revision is not None:
        revision = service.latest_revision
        shown = units.of_object(units.as_version(service, revision.content))
        draft = (str(revision.user or ""), revision.created_at)
    notes = from_json(row.texts) if row else {}
    fields = []
    older = older_originals(
        service,
        source,
        {
            key: note.source
            for key, note in notes.items()
            if field_state(live[source].get(key, ""), live[language].get(key), note) == STALE
        },
    )
    for key in in_order(shown[source].keys() | live[source].keys()):
        # The draft's original where there is one: it is what will be published.
        original = shown[source].get(key) or live[source].get(key, "")
        published = live[language].get(key, "")
        target = shown[language].get(key, "")
        state = work_state(live[source].get(key, original), published, notes.get(key), original)
        waits = bool(target) and target != published
        moving = fingerprint(original) != fingerprint(live[source].get(key, ""))
        if moving and published and not waits:
            state = STALE
            older.setdefault(key, live[source].get(key, ""))
        fields.append(
            Field(
                key=key,
                label=units.label(key),
                source=original,
                source_hash=fingerprint(live[source].get(key, "")),
                target=target,
                live=published,
                state=state,
                state_name=STATES[state],
                longest=units.longest(kind_of(key)),
                rows=_rows(key, original),
                changes=diff_text(older[key], original).to_html() if key in older else None,
                waits=waits,
                moving=moving,
                confirmable=bool(target) and not moving and state not in (COMPLETE, MISSING),
            )
        )
    return Sheet(service, language, source, service.latest_revision_id, fields, draft)


def _rows(key: str, text: str) -> int:
    """Lines of the box: as high as its original is likely to be."""
    if not units.has_lines(kind_of(key)):
        return 2 if len(text) > 60 else 1
    return min(14, max(3, text.count("\n") + len(text) // 60 + 1))
