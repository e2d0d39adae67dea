"""A person gets what was said on the phone: by text message, by e-mail, or on a sheet of paper, in their language."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from directory_site.desk.persons.reading import recorded
from outbox.errors import BadMessage, NoGateway
from referrals import access, details, selectors
from referrals.actions.details import send_details
from referrals.codes import AccessAction, Channel
from referrals.errors import BadValue, DoNotContact
from referrals.models import Orientation, Person
from referrals.states import ENTERED_IN_ERROR

from .forms import SendForm


def _orientation(request: HttpRequest, uuid) -> Orientation:
    rows = selectors.orientations(request.user).exclude(state=ENTERED_IN_ERROR)
    found = rows.filter(uuid=uuid).select_related("person", "call", "service").first()
    if found is None:
        raise Http404
    return found


def _language(request: HttpRequest, orientation: Orientation) -> str:
    """The one asked for, else the first of the person's (or of the call's situation) that we speak, else the agent's."""
    known = dict(settings.LANGUAGES)
    spoken = (
        orientation.person.languages
        if orientation.person
        else orientation.call.situation.get("languages", [])
    )
    wanted = [request.POST.get("language"), request.GET.get("language"), *spoken, get_language()]
    return next((code for code in wanted if code in known), settings.LANGUAGE_CODE)


def _in_file(person: Person | None) -> dict[str, str]:
    """{channel: number or address} of the person's file; numbers known to be wrong are left out."""
    if person is None:
        return {}
    found: dict[str, str] = {}
    phone = person.phones.filter(is_bad=False).order_by("pk").first()
    if phone is not None:
        found[Channel.SMS] = phone.number
    identity = getattr(person, "identity", None)
    if identity is not None and identity.email:
        found[Channel.EMAIL] = identity.email
    return found


def _about(orientation: Orientation) -> UUID:
    """The person's, so that it stands among those who opened their file; without one, the orientation's."""
    return orientation.person.uuid if orientation.person else orientation.uuid


@recorded(selectors.USE)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, uuid) -> HttpResponse:
    """The very text that goes out, and the button that sends it."""
    found = _orientation(request, uuid)
    language = _language(request, found)
    with transaction.atomic():
        in_file = _in_file(found.person)
        access.note(
            action=AccessAction.VIEW,
            kind="phone" if in_file else "orientation",
            uuid=_about(found),
            team=found.team_id,
        )
    form = SendForm(request.POST if request.method == "POST" else None, language=language, known=in_file)
    if request.method == "POST" and form.is_valid() and _send(request, found, form, in_file):
        messages.success(
            request, gettext("It is on its way. The number or address is forgotten once it has left.")
        )
        return redirect("desk:call", uuid=found.call.uuid)
    context = {
        "one": found,
        "form": form,
        "language": language,
        "text": details.text(found, language),
        "choices": settings.LANGUAGES,
    }
    status = 422 if form.is_bound else 200
    return render(request, "directory_site/desk/send_person.html", context, status=status)


def _send(request: HttpRequest, found: Orientation, form: SendForm, in_file: dict[str, str]) -> bool:
    values = form.cleaned_data
    recipient = values["recipient"]
    if values.get("from_file"):
        recipient = in_file.get(values["channel"], "")
        if not recipient:
            form.add_error("from_file", gettext("The file has none for this way."))
            return False
    try:
        send_details(
            orientation=found,
            channel=values["channel"],
            recipient=recipient,
            language=values["language"],
            key=values["key"],
            by=request.user,
        )
    except DoNotContact:
        form.add_error(None, gettext("This person does not want to be contacted."))
    except (BadValue, BadMessage):
        form.add_error("recipient", gettext("This is no number or address for this way."))
    except NoGateway:
        form.add_error("channel", gettext("This way is not set up here."))
    return not form.errors


@recorded(selectors.USE)
def sheet(request: HttpRequest, uuid) -> HttpResponse:
    """One sheet to print and hand over or post: large type, the phone in bold, nobody's name."""
    found = _orientation(request, uuid)
    language = _language(request, found)
    snapshot = found.snapshot
    with transaction.atomic():
        access.note(action=AccessAction.PRINT, kind="orientation", uuid=_about(found), team=found.team_id)
    with translation.override(language):
        context = {
            "language": language,
            "name": details.named(snapshot["name"], language),
            "organization": details.named(snapshot["organization"], language),
            "phones": [one["number"] for one in snapshot["phones"] if one["visibility"] == "public"],
            "places": snapshot["places"],
            "hours": details.hours(found),
            "appointment_at": found.appointment_at,
        }
        return render(request, "directory_site/desk/sheet.html", context)
