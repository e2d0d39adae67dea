"""Writes that the details of a service are sent to the person: one message, whose recipient is forgotten once sent."""

from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit.actor import acting
from outbox.actions import enqueue
from outbox.models import Message
from referrals import access, details, holding
from referrals.codes import AccessAction, Channel
from referrals.contact import may_be_contacted
from referrals.errors import BadValue, DoNotContact
from referrals.models import Orientation
from referrals.own_data import KIND
from services.rules import phone_e164


@transaction.atomic
def send_details(
    *, orientation: Orientation, channel: str, recipient: str, language: str, key: UUID, by
) -> Message:
    """Queue the service's details (referrals.details.text) for the person, by SMS or e-mail.

    `key`: of the page, for this act; the same key gives the message that is there already. The recipient stands in
    the outbox only, sealed. Raises DoNotContact, BadValue naming the field, outbox.errors.BadMessage and NoGateway.
    """
    if channel not in (Channel.SMS, Channel.EMAIL):
        raise BadValue("channel", "sms or email")
    if orientation.person_id is not None:
        person = holding.person(orientation.person_id)
        if person is None or not may_be_contacted(person):
            raise DoNotContact
    to = recipient.strip()
    if channel == Channel.SMS:
        to = phone_e164(to) or ""
        if not to:
            raise BadValue("recipient", "no phone number")
    idempotency_key = f"{KIND}:{orientation.uuid}:{key}"
    if (there := Message.objects.filter(idempotency_key=idempotency_key).first()) is not None:
        return there
    with translation.override(language):
        subject = _("The service that we spoke about") if channel == Channel.EMAIL else ""
    message = enqueue(
        kind=KIND,
        channel=channel,
        recipient=to,
        subject=subject,
        body=details.text(orientation, language),
        language=language,
        idempotency_key=idempotency_key,
        about_kind="orientation",
        about_id=orientation.uuid,
    )
    with acting(by):
        # About the person, so that it stands in their own list; the outbox's audit names the orientation.
        about = orientation.person.uuid if orientation.person is not None else orientation.uuid
        access.note(action=AccessAction.SEND, kind="orientation", uuid=about, team=orientation.team_id)
    return message
