"""A file goes to a service: the words that are read out, what is told, and the button that sends it with a consent."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from directory_site.desk.persons.reading import recorded
from outbox.errors import OutboxError
from referrals import access, consent_words, selectors
from referrals.actions import transmitting
from referrals.codes import AccessAction, ConsentKind
from referrals.errors import (
    BadValue,
    Closed,
    ConsentNeeded,
    DoNotContact,
    NationalNumber,
    NotListed,
    ReferralError,
)
from referrals.models import Need, PersonIdentity
from search import vocabulary
from services.models import Service
from services.rules import phone_display

from .forms import FileForm

WRONG = {
    "phone": _("This is no phone number: the service must be able to call."),
    "last_name": _("The service must know whom to ask for."),
    "person": _("Say first who is calling: a file is about somebody."),
}


@recorded(selectors.USE)
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, need: UUID, service: UUID) -> HttpResponse:
    """Everything that goes out stands on this page; what is known of the person is filled in, which is a reading of it."""
    rows = selectors.needs(request.user).select_related("call", "person", "term")
    wanted = rows.filter(uuid=need).first()
    listing = Service.objects.select_related("organization").filter(uuid=service, live=True).first()
    if wanted is None or listing is None:
        raise Http404
    form = FileForm(
        request.POST if request.method == "POST" else None,
        situation=wanted.call.situation,
        known=_known(wanted) if request.method != "POST" else {},
    )
    if request.method == "POST" and form.is_valid() and _send(request, wanted, listing, form):
        words = gettext("The request is on its way to %(service)s. The answer comes to “My day”.")
        messages.success(request, words % {"service": listing})
        return redirect("desk:call", uuid=wanted.call.uuid)
    if form.is_bound or wanted.person is None:  # else _known has noted it
        about = wanted.person.uuid if wanted.person else wanted.call.uuid
        access.note(action=AccessAction.VIEW, kind="need", uuid=about, team=wanted.team_id)
    lang = get_language() or settings.LANGUAGE_CODE
    try:
        mailbox = transmitting.mailbox(listing)
    except BadValue:
        mailbox = ""
    context = {
        "need": wanted,
        "need_name": vocabulary.current().label("need", wanted.term.code, lang),
        "person": wanted.person,
        "service": listing,
        "mailbox": mailbox,
        "days": consent_words.FILE_DAYS,
        "words": consent_words.words(ConsentKind.TRANSMIT),
        "form": form,
    }
    return render(
        request, "directory_site/desk/send_file.html", context, status=422 if form.is_bound else 200
    )


@transaction.atomic
def _known(need: Need) -> dict[str, str]:
    """Name and number of the person's file, with the row that says that they were read."""
    person = need.person
    if person is None:
        return {}
    access.note(action=AccessAction.VIEW, kind="identity", uuid=person.uuid, team=need.team_id)
    identity = PersonIdentity.objects.filter(person=person).first() or PersonIdentity()
    phone = person.phones.filter(is_bad=False).order_by("pk").first()
    return {
        "first_name": identity.first_name or "",
        "last_name": identity.last_name or "",
        "phone": phone_display(phone.number) if phone else "",
    }


def _send(request: HttpRequest, need: Need, service: Service, form: FileForm) -> bool:
    values = form.cleaned_data
    try:
        transmitting.transmit(
            need=need,
            service=service,
            typed=values,
            told=values["told"],
            agreed=values["agreed"],
            by=request.user,
            key=values["key"],
        )
    except (ReferralError, OutboxError) as refusal:
        field, said = _in_words(refusal)
        form.add_error(field if field in form.fields else None, said)
    return not form.errors


def _in_words(refusal: Exception) -> tuple[str, str]:
    """(field, sentence); what was typed is not repeated."""
    match refusal:
        case NationalNumber():
            return refusal.field, gettext(
                "There is a national number in it. It may not be kept: take it out."
            )
        case ConsentNeeded():
            return "agreed", gettext("A file is only sent with the person's agreement.")
        case DoNotContact():
            return "", gettext("This person does not want to be contacted.")
        case NotListed():
            return "", gettext("This service is closed or is not listed any more.")
        case Closed():
            return "", gettext("It is closed already: nothing was changed.")
        case BadValue(field="service"):
            said = gettext(
                "No request can be sent there: no e-mail address is known, or one is under way already."
            )
            return "", said
        case BadValue():
            return refusal.field, str(WRONG.get(refusal.field, gettext("This cannot be kept as it is.")))
    return "", gettext("Mail is not set up here: nothing was sent.")
