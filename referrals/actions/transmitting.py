"""Writes about a file that goes to a service: it is sent with the person's consent, read, answered, and emptied.

The service has no account. What it may do hangs on its link; what it does is a row like everybody's.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.actor import acting
from outbox.actions import enqueue
from outbox.models import Message
from referrals import access, consent_words, file_content, holding, letters, references, states, waiting
from referrals.codes import AccessAction, ConsentKind, FollowUpKind, Mode, Reason
from referrals.contact import may_be_contacted
from referrals.details import named
from referrals.errors import BadValue, Closed, ConsentNeeded, DoNotContact, IllegalMove
from referrals.models import FollowUp, Need, Orientation, Person, TransmittedFile
from referrals.texts import checked
from services.codes import SuggestionChannel
from services.models import Service
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS
from services.verification.asking import address_of
from services.verification.letters import language_of

from . import consents, follow_ups, orientations, teaching

KIND = "orientation_file"
TRIES = 8  # a reference that is taken is drawn again


class Answer(models.TextChoices):
    """What a service answers."""

    ACCEPT = "accept", _("We help")
    STUDY = "study", _("We are considering it")
    DECLINE = "decline", _("We cannot help")


LEADS_TO = {Answer.ACCEPT: states.ACCEPTED, Answer.STUDY: states.ON_HOLD, Answer.DECLINE: states.REJECTED}


def mailbox(service: Service) -> str:
    """Where a service reads its mail, its organisation's if it has none of its own. Raises BadValue("service")."""
    address = address_of(service)
    try:
        validate_email(address)
    except ValidationError:
        raise BadValue("service", "no e-mail address is known") from None
    return address


@transaction.atomic
def transmit(
    *,
    need: Need,
    service: Service,
    typed: Mapping[str, str | None],
    told: Collection[str],
    agreed: bool,
    by,
    key: UUID,
) -> TransmittedFile:
    """Note the consent, give the orientation, keep the file sealed, and queue the mail with its link: all or nothing.

    `typed`, `told`: of file_content.made, about the call's situation. `agreed`: the person said yes to the words of
    consent_words.VERSION. `key`: of the page; the same key gives the file that was sent.
    Raises ConsentNeeded, BadValue ("service": no mailbox, or a file is under way there; "person": nobody is known),
    NationalNumber, DoNotContact, NotListed, Closed, outbox.errors.NoGateway.
    """
    # In the order of referrals.holding: the consent below holds the person.
    need = holding.held(Need.objects.filter(pk=need.pk).select_related("call", "person")).first() or _gone()
    if need.person is None:
        raise BadValue("person", "nobody is known")
    if Person.objects.filter(pk=need.person_id, do_not_contact=True).exists():
        raise DoNotContact
    if not agreed:
        raise ConsentNeeded("the person has to agree first")
    address = mailbox(service)
    content = file_content.made(typed, need.call.situation, told)
    is_there = Orientation.objects.filter(
        need=need,
        service_uuid=service.uuid,
        mode=Mode.FILE_TRANSMITTED,
        state__in=states.UNDER_WAY,
    ).exists()
    consents.give(
        person=need.person,
        kind=ConsentKind.TRANSMIT,
        by=by,
        script_version=consent_words.VERSION,
        service_uuid=service.uuid,
    )
    made = orientations.give(need=need, service=service, mode=Mode.FILE_TRANSMITTED, by=by, key=key)
    if (sent := TransmittedFile.objects.filter(orientation=made).first()) is not None:
        return sent
    if is_there:
        raise BadValue("service", "a file for this need is under way there")
    now = timezone.now()
    file = _kept(
        orientation=made,
        content=content,
        language=language_of([service]),
        expires_at=now + timedelta(days=consent_words.FILE_DAYS),
    )
    mail(file, address=address, step="first")
    with acting(by):
        access.note(action=AccessAction.SEND, kind="file", uuid=need.person.uuid, team=made.team_id)
    return file


def _gone() -> Need:
    raise Closed("the need was taken back")


def _kept(**values) -> TransmittedFile:
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return TransmittedFile.objects.create(reference=references.new(), **values)
        except IntegrityError:
            continue
    raise RuntimeError("no free reference was found")


def mail(file: TransmittedFile, *, address: str, step: str) -> Message:
    """Queue the mail with the link, once for each step ("first", "reminder"); in the caller's transaction."""
    letter = letters.of(file, recipient=address, reminder=step != "first")
    return enqueue(
        kind=KIND,
        channel="email",
        recipient=address,
        subject=letter.subject,
        body=letter.body,
        html=letter.html,
        language=file.language,
        idempotency_key=f"{KIND}:{file.uuid}:{step}",
        about_kind="orientation",
        about_id=file.orientation.uuid,
    )


def is_open(file: TransmittedFile) -> bool:
    """Whether the service may still read it."""
    return (
        file.content is not None
        and file.expires_at > timezone.now()
        and file.orientation.state in states.UNDER_WAY
    )


def _as_the_service(file: TransmittedFile):
    name = named(file.orientation.snapshot["name"], file.language)
    return acting(f"service: {name}"[:150])


@transaction.atomic
def opened(file: TransmittedFile) -> dict:
    """The content, for the service that asks for it; with the row that says so. Raises Closed when it is over."""
    found = _held(file)
    if not is_open(found) or found.content is None:
        raise Closed("the file is no longer there")
    if found.opened_at is None:
        found.opened_at = timezone.now()
        found.save(update_fields=["opened_at"])
    person = found.orientation.person
    with _as_the_service(found):
        access.note(
            action=AccessAction.VIEW,
            kind="file",
            uuid=person.uuid if person else None,
            team=found.orientation.team_id,
        )
    return file_content.read(found.content)


def _held(file: TransmittedFile) -> TransmittedFile:
    """It and its orientation as they are now, in the order of referrals.holding. Raises Closed when it was erased."""
    holding.hold(Need.objects.filter(pk=file.orientation.need_id))
    holding.hold(Orientation.objects.filter(pk=file.orientation_id))
    found = (
        holding.held(TransmittedFile.objects.all())
        .select_related("orientation__person", "orientation__team", "orientation__service")
        .defer("orientation__person__contact_safety")
        .filter(pk=file.pk)
        .first()
    )
    if found is None:
        raise Closed("the file was erased")
    return found


@transaction.atomic
def answer(
    file: TransmittedFile, *, answer: str, reason: str = "", note: str | None = None
) -> TransmittedFile:
    """What the service answers. The same answer twice is one; after "considering" another may follow.

    `reason`: of states.SERVICE_REASONS, required to decline. `note`: for the agent, sealed. A declined file is emptied,
    and the agent is told (a call-back to the person, today or on the next working day); closed_or_wrong_data is a
    report on the listing. Raises Closed (it is over), BadValue ("answer", "reason", "note"), NationalNumber.
    """
    if answer not in Answer.values:
        raise BadValue("answer", f"one of {', '.join(Answer.values)}")
    if reason and reason not in states.SERVICE_REASONS:
        raise BadValue("reason", "not one that a service gives")
    if answer == Answer.DECLINE and not reason:
        raise BadValue("reason", "say why")
    text = checked("note", note)
    found = _held(file)
    orientation, to = found.orientation, LEADS_TO[Answer(answer)]
    if orientation.state == to and found.answered_at is not None:
        return found
    if not is_open(found):
        raise Closed("it is over")
    with _as_the_service(found):
        try:
            orientations.move(
                orientation=orientation,
                to=to,
                by_kind=states.SERVICE,
                reason=reason if answer != Answer.ACCEPT else "",
            )
        except IllegalMove:
            raise Closed("the orientation has gone on") from None
        found.refresh_from_db()  # moving it on may have emptied it
        found.answered_at, found.answer_note = timezone.now(), text
        found.save(update_fields=["answered_at", "answer_note"])
        if answer == Answer.DECLINE:
            _tell_agent(found)
            if reason == Reason.CLOSED_OR_WRONG_DATA and orientation.service is not None:
                teaching.suspect(
                    orientation.service,
                    said=lambda: gettext(
                        "The service answered a request for help: closed, or our details are wrong."
                    ),
                    language=found.language,
                    channel=SuggestionChannel.ORGANISATION,
                )
    return found


def _tell_agent(file: TransmittedFile) -> None:
    """The person is told, and another way is looked for. Who objects is not called."""
    orientation, now = file.orientation, timezone.now()
    person = holding.person(orientation.person_id)
    if person is None or not may_be_contacted(person):
        return
    day = waiting.working_day(localdate(now), lambda one: one in BELGIAN_HOLIDAYS)
    FollowUp.objects.create(
        team_id=orientation.team_id,
        kind=FollowUpKind.CALL_BACK,
        person=person,
        declined=orientation,
        assignee_id=orientation.assignee_id,
        due_at=now if day == localdate(now) else follow_ups.moment(day),
    )
