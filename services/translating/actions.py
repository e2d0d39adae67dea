"""Writes about translations: a text through a version and the one door, "still right", "reviewed", a machine's try."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.signal_handlers import disable_reference_index_auto_update

from audit.actions import record
from audit.actor import acting
from services.models import ListingLanguage, Service

from . import following, units
from .errors import (
    ChangedMeanwhile,
    DraftDiffers,
    IsTheOriginal,
    ListingLocked,
    OriginalChanged,
    TextRefused,
    UnknownText,
)
from .machine import Translator, translated
from .states import Note, Proposal, from_json, to_json
from .texts import Texts, fingerprint, kind_of, refusal, tidy

Origin = Literal["human", "machine", "import"]
ANY_VERSION = -1


@dataclass
class Written:
    """Keys by what became of their texts. What said the same before is in neither list."""

    published: list[str] = field(default_factory=list)
    drafted: list[str] = field(default_factory=list)


@transaction.atomic
def write_texts(
    *,
    service: Service,
    language: str,
    texts: Mapping[str, str],
    origin: Origin,
    by,
    publish: bool = False,
    expected_revision: int | None = ANY_VERSION,
    made_from: Mapping[str, str] | None = None,
    older_too: bool = False,
) -> Written:
    """Write translations of one listing into a new version; with `publish`, what is published gets them too.

    An open draft is kept: the texts are added to it, and publishing publishes these texts alone, never the rest of the
    draft; a text whose original the draft changes waits there with it. A listing that is not published yet stays a draft. `expected_revision`: the latest version that the writer
    has seen (None: there was none). `made_from`: key → fingerprint of the original that the text
    was made from; where it is not today's, the text is refused, or with `older_too` stale from the start. A person may take a text away ("").

    Raises IsTheOriginal, UnknownText, TextRefused, OriginalChanged, DraftDiffers (machine and import only),
    ListingLocked, ChangedMeanwhile; then nothing is written. The rights are the caller's to ask for.
    """
    service = _locked(service)
    source = units.source_of(service)
    if language == source or language not in units.languages() or not source:
        raise IsTheOriginal
    if expected_revision not in (ANY_VERSION, service.latest_revision_id):
        raise ChangedMeanwhile
    lock = service.get_lock()
    if lock is not None and lock.for_user(by):
        raise ListingLocked
    live_texts = units.of_object(service)
    draft = _draft(service)
    draft_texts = units.of_object(draft) if draft is not None else live_texts
    wanted = _checked(texts, language, source, live_texts, draft_texts, origin)
    if not older_too:
        _made_from_today(made_from or {}, source, live_texts, draft_texts)
    publish = publish and service.live
    written = Written()
    with acting(by):
        if publish:
            shown = live_texts[language]
            written.published = [
                key
                for key in wanted
                if wanted[key] != shown.get(key, "") and _same(key, live_texts[source], draft_texts[source])
            ]
        waiting = [key for key in wanted if wanted[key] != draft_texts[language].get(key, "")]
        if draft is None and publish:
            waiting = [key for key in waiting if key not in written.published]
        if written.published:
            version = units.as_version(service)
            _put(version, language, source, {key: wanted[key] for key in written.published})
            _publish(_save(version, by), by)
            service = Service.objects.get(pk=service.pk)
        if waiting:
            # On top of the draft that there was, which thereby stays the latest version.
            version = draft if draft is not None else units.as_version(service)
            if draft is not None and written.published:
                version = units.as_version(service, draft.serializable_data())
            _put(version, language, source, {key: wanted[key] for key in waiting})
            _save(version, by)
            written.drafted = [key for key in waiting if key not in written.published]
        elif draft is not None and written.published:
            _save(units.as_version(service, draft.serializable_data()), by)
        if written.published or written.drafted:
            _note(
                service.pk,
                language,
                source,
                wanted,
                written,
                origin,
                live_texts,
                draft_texts,
                made_from or {},
            )
            record(
                action="service.translated",
                object_kind="service",
                object_id=service.uuid,
                detail={
                    "language": language,
                    "origin": origin,
                    "published": written.published,
                    "drafted": written.drafted,
                },
            )
    return written


def _locked(service: Service) -> Service:
    """The row as it is now, kept from other writers until the transaction ends."""
    return Service.objects.select_for_update(of=("self",)).get(pk=service.pk)


def _draft(service: Service) -> Service | None:
    """The version that waits to be published, or None."""
    if not service.has_unpublished_changes or service.latest_revision_id is None:
        return None
    return units.as_version(service, service.latest_revision.content)


def _checked(
    texts: Mapping[str, str],
    language: str,
    source: str,
    live: units.TextsByLanguage,
    draft: units.TextsByLanguage,
    origin: Origin,
) -> Texts:
    """The texts as they would be written. Raises for the first that cannot."""
    found: Texts = {}
    for key, raw in texts.items():
        text = tidy(raw)
        if key not in draft[source] and key not in live[source]:
            raise UnknownText(key)
        if text or origin != "human":
            if why := refusal(text, units.longest(kind_of(key))):
                raise TextRefused(key, why)
            if "\n" in text and not units.has_lines(kind_of(key)):
                raise TextRefused(key, "lines")
        before, drafted = live[language].get(key, ""), draft[language].get(key, "")
        if origin != "human" and drafted not in ("", before, text):
            raise DraftDiffers(key)
        found[key] = text
    return found


def _made_from_today(
    made_from: Mapping[str, str], source: str, live: units.TextsByLanguage, draft: units.TextsByLanguage
) -> None:
    for key, mark in made_from.items():
        if mark not in {fingerprint(texts[source].get(key, "")) for texts in (live, draft)}:
            raise OriginalChanged(key)


def _same(key: str, live: Texts, draft: Texts) -> bool:
    """Whether the original is published as the draft has it: else its translation waits for it in the draft."""
    return key in live and fingerprint(live[key]) == fingerprint(draft.get(key, live[key]))


def _put(version: Service, language: str, source: str, texts: Texts) -> None:
    order = units.languages()
    if not version.source_language and order.index(language) < order.index(source) and "name" in texts:
        version.source_language = source  # or the translated name would make the translation the original
    units.write(version, language, texts)


def _save(version: Service, by):
    """A new version. Texts refer to nothing: what refers to what, half of the time of a save, stays as it was noted."""
    try:
        with disable_reference_index_auto_update():
            return version.save_revision(user=by, log_action=True)
    except ValidationError as error:
        raise TextRefused(next(iter(getattr(error, "message_dict", {"": ""}))), "invalid") from error


def _publish(revision, by) -> None:
    with disable_reference_index_auto_update():
        revision.publish(user=by)


def _row(pk: int, language: str) -> ListingLanguage:
    row = ListingLanguage.objects.select_for_update().filter(service=pk, language=language).first()
    if row is None:
        following.refresh([pk])
        row = ListingLanguage.objects.get(service=pk, language=language)
    return row


def _note(
    pk: int,
    language: str,
    source: str,
    wanted: Texts,
    written: Written,
    origin: Origin,
    live: units.TextsByLanguage,
    draft: units.TextsByLanguage,
    older: Mapping[str, str],
) -> None:
    """Write down from which original each text was made, and bring the listing's state up to date."""
    row = _row(pk, language)
    notes = from_json(row.texts)
    machine, review = origin == "machine", origin == "import"
    for key in written.published:
        made_from = older.get(key) or fingerprint(live[source][key])
        notes[key] = Note(made_from, fingerprint(wanted[key]), source, machine, review)
    for key in written.drafted:
        made_from = older.get(key) or fingerprint(draft[source].get(key) or live[source].get(key, ""))
        before = notes.get(key, Note(language=source))
        proposal = Proposal(made_from, fingerprint(wanted[key]), machine, review)
        notes[key] = replace(before, proposal=proposal if wanted[key] else None)
    row.texts = to_json(notes)
    row.save(update_fields=["texts"])
    following.refresh([pk])


@transaction.atomic
def confirm(
    *, service: Service, language: str, fields: Iterable[str], by, seen: Mapping[str, str] | None = None
) -> list[str]:
    """ "Still right": the published translations of these texts hold for the original as it is now. Returns the keys.

    `seen`: key → fingerprint of the original that the person read; where it has changed since, nothing is confirmed.
    Raises IsTheOriginal; ChangedMeanwhile naming the first text whose original is another by now.
    """
    service = _locked(service)
    source = units.source_of(service)
    if language == source or language not in units.languages():
        raise IsTheOriginal
    texts = units.of_object(service)
    found = [key for key in fields if key in texts[source] and key in texts[language]]
    for key in found:
        if seen is not None and seen.get(key) != fingerprint(texts[source][key]):
            raise ChangedMeanwhile(key)
    if found:
        row = _row(service.pk, language)
        notes = from_json(row.texts)
        for key in found:
            waiting = notes[key].proposal if key in notes else None
            mark = fingerprint(texts[language][key])
            notes[key] = Note(fingerprint(texts[source][key]), mark, source, proposal=waiting)
        _keep(row, notes, "service.translation_confirmed", service, found, by)
    return found


@transaction.atomic
def mark_reviewed(*, service: Service, language: str, by, fields: Iterable[str] | None = None) -> list[str]:
    """A person has looked at what a machine or a file brought (all of it, or these texts); returns the keys.

    What is older than its original stays so. Raises IsTheOriginal.
    """
    service = _locked(service)
    if language == units.source_of(service) or language not in units.languages():
        raise IsTheOriginal
    row = _row(service.pk, language)
    notes = from_json(row.texts)
    found = []
    for key in notes if fields is None else [key for key in fields if key in notes]:
        note = notes[key]
        waiting = note.proposal
        if waiting is not None:
            waiting = replace(waiting, machine=False, review=False)
        after = replace(note, machine=False, review=False, proposal=waiting)
        if after != note:
            notes[key] = after
            found.append(key)
    if found:
        _keep(row, notes, "service.translation_reviewed", service, found, by)
    return found


def _keep(row: ListingLanguage, notes: dict, action: str, service: Service, keys: list[str], by) -> None:
    row.texts = to_json(notes)
    row.save(update_fields=["texts"])
    following.refresh([service.pk])
    with acting(by):
        record(
            action=action,
            object_kind="service",
            object_id=service.uuid,
            detail={"language": row.language, "texts": keys},
        )


def propose(*, service: Service, language: str, translator: Translator, by) -> list[str]:
    """Have a machine translate what is missing in this language, into a draft; returns the keys it filled.

    Only texts that the public reads are sent: no contacts, no addresses, nothing about a hidden address, and nothing of
    a listing that the public does not see. Answers that could not be written (too long, with HTML) are left out.
    Raises machine.MachineError, IsTheOriginal, ListingLocked; ChangedMeanwhile when somebody saved while it worked.
    """
    service = Service.objects.get(pk=service.pk)
    listing = units.of_services([service.pk])[service.pk]
    source = listing.source
    if language == source or not source:
        raise IsTheOriginal
    if not listing.listed or service.visibility != "public":
        return []
    draft = _draft(service)
    there = units.of_object(draft)[language] if draft is not None else {}
    wanted = {
        key: text
        for key, text in listing.texts[source].items()
        if key not in listing.texts[language] and key not in there and key not in listing.private
    }
    if not wanted:
        return []
    answers = translated(translator, wanted, source, language)
    good = {
        key: tidy(text)
        for key, text in answers.items()
        if not refusal(tidy(text), units.longest(kind_of(key)))
        and ("\n" not in tidy(text) or units.has_lines(kind_of(key)))
    }
    if not good:
        return []
    write_texts(
        service=service,
        language=language,
        texts=good,
        origin="machine",
        by=by,
        expected_revision=service.latest_revision_id,
    )
    return list(good)
