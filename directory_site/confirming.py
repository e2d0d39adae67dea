"""Where an organisation's signed link leads: what we say about it, one button that says it is right, a way to say it is not.

Opening the page changes nothing, because programs that check mail open every link; only the button's POST does.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.client import client_address
from sealing.links import LinkExpired, LinkWrong
from services.codes import VerificationRequestState
from services.rules import is_listed
from services.verification import actions, links, screen

from .addresses import listing_url
from .presenters.texts import said_of, texts_of
from .presenters.words import day_text
from .throttle import too_many


# The signed link is the permission, and it is for one answer: a cookie against forgery would protect nothing, and mail
# programs' own browsers often keep none.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_listing(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what is published; POST: it is still correct. A second visit says what was answered."""
    if too_many(f"address {client_address(request)}", limit=settings.ADDRESS_VISITS):
        return _problem(request, "many", 429)
    try:
        asked = links.read(token)
    except LinkExpired:
        return _problem(request, "expired", 410)
    except LinkWrong:
        return _problem(request, "wrong", 404)
    if too_many(f"link {asked.uuid}", limit=settings.LINK_VISITS):  # a reminder's link is another text
        return _problem(request, "many", 429)
    service = asked.service
    if not is_listed(live=service.live, lifecycle=service.lifecycle):
        return _problem(request, "expired", 410)
    if request.method == "POST":
        try:
            actions.still_correct(request=asked)
        except actions.AlreadyAnswered:
            pass  # in another window, or a second click: the page says what was answered
        return redirect(request.path)
    context = {
        "name": said_of(service, "name"),
        "organization": said_of(service.organization, "name"),
        "url": listing_url(service.uuid, texts_of(service, "name"), get_language() or settings.LANGUAGE_CODE),
        "lines": [(line.label, line.texts) for line in screen.lines(service, public=True) if line.texts],
        "email": service.email or service.organization.email,
        "website": service.website or service.organization.website,
        "token": token,
    }
    if asked.state != VerificationRequestState.SENT:
        answered_on = localdate(asked.answered_at) if asked.answered_at else None
        context |= {
            "answered": asked.state,
            "answered_on": day_text(answered_on) if answered_on else "",
        }
    return render(request, "directory_site/confirm.html", context)


def _problem(request: HttpRequest, problem: str, status: int) -> HttpResponse:
    return render(request, "directory_site/confirm_problem.html", {"problem": problem}, status=status)
