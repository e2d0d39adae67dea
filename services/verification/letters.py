"""The e-mails about verifications: to an organisation with its links, and once a week to a team about who is silent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from accounts.models import Team
from services.models import Organization, Service, VerificationRequest

from . import links, rules, screen

IN_A_DIGEST = 20


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str
    html: str
    language: str


def language_of(services: Sequence[Service]) -> str:
    """The first listing's own language, else its team's, else the site's."""
    known = dict(settings.LANGUAGES)
    for service in services:
        if service.source_language in known:
            return service.source_language
        if service.steward and service.steward.language in known:
            return service.steward.language
    return settings.LANGUAGE_CODE


def question(
    *, organization: Organization, requests: Sequence[VerificationRequest], recipient: str, reminder: bool
) -> Letter:
    """ "Is this still correct?" about some listings of one organisation. Says only what everybody can read, and never
    the recipient's own address, which stays sealed in the outbox."""
    language = language_of([request.service for request in requests])
    with translation.override(language):
        asked = [_asked(request) for request in requests]
        context = {
            "organization": str(organization),
            "asked": asked,
            "reminder": reminder,
            "days": rules.LINK_DAYS,
            "site": str(settings.WAGTAIL_SITE_NAME),
            "language": language,
        }
        if len(asked) == 1:
            subject = gettext("Is what we say about “%(name)s” still correct?") % {"name": asked[0]["name"]}
        else:
            said = gettext("Is what we say about your %(count)d services still correct?")
            subject = said % {"count": len(asked)}
        if reminder:
            subject = gettext("Reminder: %(subject)s") % {"subject": subject}
        body = render_to_string("services/mail/still_correct.txt", context)
        html = render_to_string("services/mail/still_correct.html", context)
    hide = re.compile(re.escape(recipient), re.IGNORECASE)
    here = "(@)"
    return Letter(hide.sub(here, _one_line(subject)), hide.sub(here, body), hide.sub(here, html), language)


def _asked(request: VerificationRequest) -> dict:
    token = links.token(request)
    service = request.service
    shown = [(line.label, line.texts) for line in screen.lines(service, public=True) if line.texts]
    if service.website:
        shown.append((gettext("Website"), [service.website]))
    return {
        "name": str(service),
        "shown": shown,
        "correct_url": absolute(reverse("confirm_listing", kwargs={"token": token})),
        "changed_url": absolute(reverse("suggest_for_request", kwargs={"token": token})),
    }


def digest(*, team: Team, requests: Sequence[VerificationRequest]) -> Letter:
    """To the team's mailbox: these organisations were asked twice and did not answer."""
    with translation.override(team.language):
        count = len(requests)
        subject = ngettext(
            "%(count)d organisation has not answered: please call",
            "%(count)d organisations have not answered: please call",
            count,
        ) % {"count": count}
        rows = [
            {
                "name": str(request.service),
                "url": absolute(
                    reverse("wagtailsnippets_services_service:verify", args=[request.service_id])
                ),
            }
            for request in requests[:IN_A_DIGEST]
        ]
        context = {
            "team": str(team),
            "count": count,
            "rows": rows,
            "more": max(0, count - IN_A_DIGEST),
            "list_url": absolute(reverse("to_verify:index")),
            "language": team.language,
        }
        body = render_to_string("services/mail/silent.txt", context)
        html = render_to_string("services/mail/silent.html", context)
    return Letter(_one_line(subject), body, html, team.language)


def absolute(path: str) -> str:
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"


def _one_line(subject: str) -> str:
    return " ".join(subject.split())[:200]
