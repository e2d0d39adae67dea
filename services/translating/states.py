"""What one translation is worth: pure rules from texts and what was noted when each was written.

Of every text that the original has and the language too, a Note says from which original it was made. A proposal is a
text that waits in a draft: it counts for the team's work and not for the public.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .texts import Texts, fingerprint

# From worst to best; as services.codes.TranslationState.
MISSING, STALE, MACHINE, TO_REVIEW, COMPLETE = "missing", "stale", "machine", "to_review", "complete"
WORST_FIRST = (MISSING, STALE, MACHINE, TO_REVIEW, COMPLETE)


@dataclass(frozen=True)
class Proposal:
    """A text that waits in a draft; fingerprints as in Note."""

    source: str
    text: str
    machine: bool = False
    review: bool = False


@dataclass(frozen=True)
class Note:
    """`source`: fingerprint of the original it was made from; `text`: of the translation, "" when there is none yet.

    `language`: that of the original then. `machine`: no person has looked at it; `review`: it came from outside.
    """

    source: str = ""
    text: str = ""
    language: str = ""
    machine: bool = False
    review: bool = False
    proposal: Proposal | None = None


Notes = dict[str, Note]  # key → note


def from_json(found: Mapping[str, Any]) -> Notes:
    notes: Notes = {}
    for key, value in found.items():
        waiting = value.get("proposal")
        notes[key] = Note(
            source=value.get("source", ""),
            text=value.get("text", ""),
            language=value.get("language", ""),
            machine=bool(value.get("machine")),
            review=bool(value.get("review")),
            proposal=Proposal(
                waiting["source"], waiting["text"], bool(waiting.get("machine")), bool(waiting.get("review"))
            )
            if waiting
            else None,
        )
    return notes


def to_json(notes: Notes) -> dict[str, Any]:
    """{key: {"source", "text", "language", "machine", "review", "proposal"}}, what is empty left out."""
    found: dict[str, Any] = {}
    for key, note in notes.items():
        value: dict[str, Any] = {"source": note.source, "text": note.text, "machine": note.machine}
        if note.language:
            value["language"] = note.language
        if note.review:
            value["review"] = True
        if note.proposal:
            value["proposal"] = {
                "source": note.proposal.source,
                "text": note.proposal.text,
                "machine": note.proposal.machine,
                "review": note.proposal.review,
            }
        found[key] = value
    return found


def field_state(source: str, text: str | None, note: Note | None) -> str:
    """The state of one text for the public, who does not see what waits in a draft."""
    if not text or not text.strip():
        return MISSING
    mark = fingerprint(text)
    if note is not None and note.text != mark and note.proposal is not None and note.proposal.text == mark:
        waited = note.proposal  # published, and not followed yet
        note = Note(waited.source, mark, note.language, waited.machine, waited.review)
    if note is None or note.text != mark:
        return COMPLETE  # written since the note was made: from the original as it stands now
    if note.source != fingerprint(source):
        return STALE
    if note.machine:
        return MACHINE
    return TO_REVIEW if note.review else COMPLETE


def work_state(source: str, text: str | None, note: Note | None, drafted_source: str | None = None) -> str:
    """The state of one text for its team: a proposal made from the original (or its draft) is there to be reviewed."""
    state = field_state(source, text, note)
    if state in (COMPLETE, TO_REVIEW) or note is None or note.proposal is None:
        return state
    wanted = {fingerprint(source), fingerprint(drafted_source or source)}
    if note.proposal.source not in wanted:
        return state
    return MACHINE if note.proposal.machine else TO_REVIEW


def states(source: Texts, texts: Texts, notes: Notes) -> dict[str, str]:
    """Each text of the original → its state for the public."""
    return {key: field_state(text, texts.get(key), notes.get(key)) for key, text in source.items()}


def work(source: Texts, texts: Texts, notes: Notes, drafted: Texts | None = None) -> dict[str, str]:
    """Each text of the original that somebody has to do something about → its state for the team."""
    found = {
        key: work_state(text, texts.get(key), notes.get(key), (drafted or {}).get(key))
        for key, text in source.items()
    }
    return {key: state for key, state in found.items() if state != COMPLETE}


def worst(found: Mapping[str, str]) -> str:
    """The state of a whole listing in a language: that of its worst text."""
    return min(found.values(), key=WORST_FIRST.index, default=COMPLETE)


def followed(
    language: str, source: Texts, texts: Texts, notes: Notes, drafted: Mapping[str, Texts] | None = None
) -> Notes:
    """The notes after a change, from those before it.

    A translation whose text changed was written from the original as it stands now; one whose text is the same keeps
    its note, and is stale if the original moved on. What was there before anybody kept notes, or was made from another
    language than today's original, is taken as current: nobody can know better.

    `language`: today's original; `drafted`: {"source": texts, "texts": texts} of an open draft. Proposals that are in
    no draft any more are forgotten.
    """
    found: Notes = {}
    for key, original in source.items():
        before = notes.get(key, Note())
        text = texts.get(key, "")
        mark, current = fingerprint(text), fingerprint(original)
        waiting = before.proposal
        if waiting and waiting.text == mark:  # it was published
            after = Note(waiting.source, mark, language, waiting.machine, waiting.review)
        elif not mark:
            after = Note(language=language)
        elif before.text != mark or before.language not in ("", language):
            after = Note(current, mark, language)
        else:
            after = replace(before, language=language, proposal=None)
        if waiting and waiting.text != mark and _still_drafted(key, waiting, drafted):
            after = replace(after, proposal=waiting)
        if after.text or after.proposal:
            found[key] = after
    return found


def _still_drafted(key: str, waiting: Proposal, drafted: Mapping[str, Texts] | None) -> bool:
    return drafted is not None and fingerprint(drafted["texts"].get(key, "")) == waiting.text
