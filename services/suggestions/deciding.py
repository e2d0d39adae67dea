"""Deciding about a suggestion: what is accepted goes into the listing in one revision, the sender gets the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from audit.actor import acting
from outbox.actions import enqueue
from services import rights
from services.codes import SuggestionKind, SuggestionState
from services.models import Service, Suggestion, SuggestionSender
from services.reports.actions import settle_by_decision

from .actions import note
from .applying import apply, is_of_address
from .errors import AlreadyDecided, DraftOpen, Locked, NotAccepted, Outdated
from .moving import Move, write_addresses
from .reading import PlaceGone, fingerprint, now_of
from .selectors import decidable
from .words import reference

MESSAGE_KIND = "suggestion_answer"


@dataclass(frozen=True)
class Choice:
    """About one change: whether it is accepted, with which value, and the fingerprint of what the decider saw there.

    `by_hand`: accepted, and the decider put it into the listing otherwise; nothing is applied.
    """

    accept: bool
    value: Any = None
    seen: str = ""
    by_hand: bool = False


@dataclass(frozen=True)
class Decided:
    """What became of it. `published`: the listing was published with it; else it stands in a draft, if anything did.

    `shared`: how many other listings keep the old address of a place that was shared with them. `together`: how many
    reports of agents were decided with it.
    """

    suggestion: Suggestion
    applied: int
    published: bool
    answered: bool
    shared: int = 0
    together: int = 0


@transaction.atomic
def decide(
    *,
    suggestion: Suggestion,
    by,
    choices: Mapping[int, Choice],
    answer: str,
    into_draft: bool = False,
    dealt_with: bool = False,
) -> Decided:
    """Decide about every change of a correction or a report; `choices` by the change's place in `changes`.

    All or nothing: Outdated when the listing says something else than what was seen, DraftOpen when a draft waits and
    `into_draft` was not said, Locked, PlaceOfOthers, NotAccepted when a value is wrong, AlreadyDecided,
    PermissionDenied. A report without changes is accepted when it was `dealt_with`.
    """
    # The listing first, as a verification does: neither waits for what the other holds.
    Service.objects.select_for_update().filter(pk=suggestion.service_id).first()
    suggestion = taken(suggestion, by)
    if suggestion.service_id is None or suggestion.kind == SuggestionKind.NEW_SERVICE:
        raise ValueError("a new service becomes a draft: services.suggestions.drafting")
    if set(choices) != set(range(len(suggestion.changes))):
        raise ValueError("every change is decided about")
    with acting(by):
        service = Service.objects.select_for_update().get(pk=suggestion.service_id)
        to_apply = [
            index for index, choice in sorted(choices.items()) if choice.accept and not choice.by_hand
        ]
        published, shared = False, 0
        if to_apply:
            published, shared = _write(service, suggestion, to_apply, choices, by, into_draft)
        changes = [
            {**change, "state": "accepted" if choices[index].accept else "refused"}
            | ({"after": choices[index].value} if index in to_apply else {})
            for index, change in enumerate(suggestion.changes)
        ]
        accepted = sum(choice.accept for choice in choices.values())
        answered = close(
            suggestion,
            changes=changes,
            state=_state(len(changes), accepted, dealt_with),
            answer=answer,
            by=by,
        )
        together = settle_by_decision(suggestion=suggestion, by=by)
    return Decided(suggestion, len(to_apply), published, answered, shared, together)


def taken(suggestion: Suggestion, by) -> Suggestion:
    """The suggestion, locked for a decision. Raises PermissionDenied or AlreadyDecided."""
    found = decidable(by).select_for_update(of=("self",)).filter(pk=suggestion.pk).first()
    if found is None:
        raise PermissionDenied
    if found.state != SuggestionState.OPEN:
        raise AlreadyDecided("somebody decided about it meanwhile")
    return found


def _state(changes: int, accepted: int, dealt_with: bool) -> str:
    if not changes:
        return SuggestionState.ACCEPTED if dealt_with else SuggestionState.REFUSED
    if not accepted:
        return SuggestionState.REFUSED
    return SuggestionState.ACCEPTED if accepted == changes else SuggestionState.PARTLY


def version_to_change(service: Service) -> Service:
    """What a decision is about: the draft when one waits, else what is published."""
    if service.has_unpublished_changes or not service.live:
        return service.get_latest_revision_as_object()
    return service


def waiting_draft(service: Service):
    """(whether a draft of a published listing waits, who wrote it or None)."""
    if not service.live or not service.has_unpublished_changes:
        return False, None
    revision = service.latest_revision
    return True, revision.user if revision is not None else None


def _write(
    service: Service,
    suggestion: Suggestion,
    indexes: Sequence[int],
    choices: Mapping[int, Choice],
    by,
    into_draft: bool,
) -> tuple[bool, int]:
    waiting, author = waiting_draft(service)
    if waiting and not into_draft:
        raise DraftOpen(author)
    lock = service.get_lock()
    if lock is not None and lock.for_user(by):
        raise Locked(str(lock.get_message(by) or ""))
    version = version_to_change(service)
    changes = suggestion.changes
    _refuse_outdated(version, changes, indexes, choices)
    publish = service.live and not waiting and rights.may(by, "publish", service)
    moves = []
    for index in indexes:
        try:
            if is_of_address(changes[index]):
                moves.append(Move(index, changes[index], choices[index].value))
            else:
                apply(version, changes[index], choices[index].value)
        except ValidationError as error:
            raise NotAccepted(index, error.messages) from None
    shared = write_addresses(version, moves, by=by, publish=publish) if moves else 0
    try:
        version.clean()
    except ValidationError as error:
        raise NotAccepted(indexes[0], error.messages) from None
    if len(moves) < len(indexes) or shared:
        revision = version.save_revision(user=by, log_action=True)
        if publish:
            revision.publish(user=by)
    return publish, shared


def _refuse_outdated(version, changes, indexes, choices) -> None:
    outdated = []
    for index in indexes:
        try:
            now = now_of(version, changes[index])
        except PlaceGone:
            outdated.append(index)
            continue
        if fingerprint(now) != choices[index].seen:
            outdated.append(index)
    if outdated:
        raise Outdated(outdated)


def close(suggestion: Suggestion, *, changes: list[dict], state: str, answer: str, by) -> bool:
    """Note the decision and send the answer, in the caller's transaction; whether it goes out by e-mail."""
    suggestion.changes, suggestion.state, suggestion.answer = changes, state, answer.strip()
    suggestion.decided_at, suggestion.decided_by = timezone.now(), by
    suggestion.save(update_fields=["changes", "state", "answer", "decided_at", "decided_by", "service"])
    accepted = sum(change["state"] == "accepted" for change in changes)
    note("suggestion.decided", suggestion, state=str(state), accepted=accepted, changes=len(changes))
    return _answer(suggestion)


def _answer(suggestion: Suggestion) -> bool:
    sender = SuggestionSender.objects.filter(suggestion=suggestion).first()
    if sender is None:
        return False
    sent = bool(suggestion.answer)
    if sent:
        with override(suggestion.language):
            subject = _("Your message to the directory (%(reference)s)") % {
                "reference": reference(suggestion.uuid)
            }
        enqueue(
            kind=MESSAGE_KIND,
            channel="email",
            recipient=sender.email,
            subject=subject,
            body=suggestion.answer,
            language=suggestion.language,
            idempotency_key=f"suggestion-answer:{suggestion.uuid}",
            about_kind="suggestion",
            about_id=suggestion.uuid,
        )
    sender.delete()
    return sent
