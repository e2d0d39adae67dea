"""Taking suggestions in, putting the unwanted aside, and forgetting what is no longer needed."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Team
from accounts.teams import COMMON
from audit.actions import record
from audit.actor import acting
from geo import gazetteer
from geo.placing import place
from geo.selectors import communes_of_postcode, territory_ids
from services.codes import (
    ReportReason,
    SuggestionChannel,
    SuggestionKind,
    SuggestionState,
    VerificationRequestState,
)
from services.models import Service, Suggestion, SuggestionSender, VerificationRequest
from services.stewardship import team_of_bassin

from .errors import AlreadyDecided
from .fields import NEW_SERVICE, change
from .selectors import decidable


@transaction.atomic
def suggest_correction(
    *,
    service: Service,
    changes: Sequence[dict],
    reasons: Sequence[str],
    comment: str,
    language: str,
    email: str = "",
    channel: str = SuggestionChannel.PUBLIC,
    request: VerificationRequest | None = None,
    spam: bool = False,
) -> Suggestion:
    """What somebody says about a listing. `changes` are made by `fields.change`; values have been checked.

    A listing reported as closed for good gets that as a change to decide about. `request`: the question to the
    organisation that this answers; it is then answered with "something changed".
    """
    changes = list(changes)
    kind = SuggestionKind.CORRECTION if changes else SuggestionKind.REPORT
    if ReportReason.CLOSED in reasons and service.lifecycle != "closed_permanently":
        changes.append(change("closed", service.lifecycle, "closed_permanently"))
    suggestion = Suggestion.objects.create(
        service=service,
        steward_id=service.steward_id,
        kind=kind,
        channel=channel,
        reasons=[code for code in ReportReason.values if code in reasons],
        language=language,
        changes=changes,
        comment=comment,
        request=request,
        state=SuggestionState.SPAM if spam else SuggestionState.OPEN,
    )
    if request is not None and request.state == VerificationRequestState.SENT:
        request.state = VerificationRequestState.CHANGED
        request.answered_at = timezone.now()
        request.save(update_fields=["state", "answered_at"])
    return _received(suggestion, email, spam)


@transaction.atomic
def suggest_service(
    *, values: dict[str, str], comment: str, language: str, email: str = "", spam: bool = False
) -> Suggestion:
    """A service that is missing. `values` by the names of fields.NEW_SERVICE; goes to the team of its place."""
    team = team_for(values.get("postcode", ""))
    suggestion = Suggestion.objects.create(
        steward=team,
        kind=SuggestionKind.NEW_SERVICE,
        channel=SuggestionChannel.PUBLIC,
        language=language,
        changes=[
            change(name, "", values[name], language=language) for name in NEW_SERVICE if values.get(name)
        ],
        comment=comment,
        state=SuggestionState.SPAM if spam else SuggestionState.OPEN,
    )
    return _received(suggestion, email, spam)


def _received(suggestion: Suggestion, email: str, spam: bool) -> Suggestion:
    if email and not spam:
        SuggestionSender.objects.create(suggestion=suggestion, email=email)
    note("suggestion.received", suggestion, spam=spam)
    return suggestion


def team_for(text: str) -> Team | None:
    """The team whose territory holds a postcode or a commune's name ("1080", "Molenbeek"), else the common one."""
    [placement] = place(**place_named(text))
    bassin = territory_ids().get(("bassin", placement.bassin_code or ""))
    team = team_of_bassin().get(bassin) if bassin is not None else None
    if team is None:
        return Team.objects.filter(code=COMMON).first()
    return Team.objects.get(pk=team)


def place_named(text: str) -> dict[str, list]:
    """A postcode or a commune's name as geo.placing.place takes it: no point, one postcode, one NIS5."""
    postcode = re.search(r"\b\d{4}\b", text)
    nis5s = communes_of_postcode(postcode[0]) if postcode else []
    if not nis5s and text.strip():
        found = gazetteer.lookup(re.sub(r"\d", "", text).strip())
        nis5s = list(found[0].nis5s) if found else []
    nis5 = nis5s[0] if len(nis5s) == 1 else None
    return {
        "lats": [None],
        "lons": [None],
        "postcodes": [postcode[0] if postcode else None],
        "nis5s": [nis5],
    }


@transaction.atomic
def put_aside(*, suggestion: Suggestion, by) -> None:
    """Mark as unwanted: nothing is answered, who sent it is forgotten at once, the text some days later.

    Raises Suggestion.DoesNotExist when it is not this user's to decide, AlreadyDecided.
    """
    found = decidable(by).select_for_update(of=("self",)).get(pk=suggestion.pk)
    if found.state != SuggestionState.OPEN:
        raise AlreadyDecided("somebody decided about it meanwhile")
    found.state = SuggestionState.SPAM
    found.decided_at, found.decided_by = timezone.now(), by
    found.save(update_fields=["state", "decided_at", "decided_by"])
    SuggestionSender.objects.filter(suggestion=found).delete()
    with acting(by):
        note("suggestion.put_aside", found)


@transaction.atomic
def forget(now: datetime | None = None) -> dict[str, int]:
    """Empty comments some days after the decision, delete unwanted messages, forget senders who were never answered.

    {"senders", "comments", "unwanted": how many}. Runs every hour; a second run finds nothing to do.
    """
    now = now or timezone.now()
    senders = SuggestionSender.objects.filter(
        created_at__lte=now - timedelta(days=settings.SUGGESTION_KEEP_SENDER_DAYS)
    )
    forgotten = list(senders.values_list("suggestion__uuid", flat=True))
    senders.delete()
    before = now - timedelta(days=settings.SUGGESTION_KEEP_COMMENT_DAYS)
    comments = Suggestion.objects.filter(decided_at__lte=before).exclude(comment="").update(comment="")
    unwanted = Suggestion.objects.filter(state=SuggestionState.SPAM, created_at__lte=before)
    count = unwanted.count()
    unwanted.delete()
    for uuid in forgotten:
        record(action="suggestion.sender_forgotten", object_kind="suggestion", object_id=str(uuid))
    return {"senders": len(forgotten), "comments": comments, "unwanted": count}


def note(action: str, suggestion: Suggestion, **detail) -> None:
    """An audit entry about a suggestion, in the caller's transaction: codes and counts, no texts."""
    record(
        action=action,
        object_kind="suggestion",
        object_id=str(suggestion.uuid),
        detail={"kind": str(suggestion.kind), "channel": str(suggestion.channel), **detail},
    )
