"""The e-mails to a service that has a file to read: a link and a reference, and nothing about anybody."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from . import links
from .details import named
from .models import TransmittedFile


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str
    html: str


def of(file: TransmittedFile, *, recipient: str, reminder: bool = False) -> Letter:
    """In the file's language. The recipient's address stays sealed in the outbox: where a name repeats it, it is left out."""
    orientation = file.orientation
    with translation.override(file.language):
        path = reverse("orientation_answer", kwargs={"token": links.token(file)})
        context = {
            "reference": file.reference,
            "service": named(orientation.snapshot["name"], file.language),
            "team": str(orientation.team),
            "team_email": orientation.team.email,
            "until": date_format(localtime(file.expires_at), "j F Y"),
            "url": f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}",
            "reminder": reminder,
            "considering": file.answered_at is not None,
            "site": str(settings.WAGTAIL_SITE_NAME),
            "language": file.language,
        }
        said = (
            gettext("Reminder: a request for help is waiting for your answer (%(reference)s)")
            if reminder
            else gettext("A request for help for you (%(reference)s)")
        )
        subject = said % {"reference": file.reference}
        body = render_to_string("referrals/mail/file.txt", context)
        html = render_to_string("referrals/mail/file.html", context)
    hide = re.compile(re.escape(recipient), re.IGNORECASE)
    return Letter(hide.sub("(@)", subject), hide.sub("(@)", body), hide.sub("(@)", html))
