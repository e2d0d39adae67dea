"""Where a service's link leads: that somebody asks for help, the file when it is asked for, and three answers.

Opening the page changes and shows nothing, because programs that check mail open every link: the file is shown to a
POST, and each reading is a row.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.client import client_address
from referrals import links, states
from referrals.actions import transmitting
from referrals.actions.transmitting import Answer
from referrals.codes import AgeBand, Mobility, Reason
from referrals.details import named
from referrals.errors import BadValue, Closed, NationalNumber
from referrals.models import TransmittedFile
from sealing.links import LinkExpired, LinkWrong
from search import vocabulary
from services.codes import Language
from services.rules import phone_display

from .throttle import too_many

WRONG = {
    "answer": _("Choose one of the answers."),
    "reason": _("Say why: the agent looks for another way with it."),
    "note": _("The message is too long: 500 characters at most."),
}


# The signed link is the permission: a cookie against forgery would protect nothing, and mail programs' own browsers often
# keep none.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def orientation_answer(request: HttpRequest, token: str) -> HttpResponse:
    """GET: who asks, and what was answered. POST `act=open`: the file; `act=answer`: accept, study or decline."""
    answer = _answer(request, token)
    answer["Referrer-Policy"] = "no-referrer"  # the address opens the file
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    if too_many(f"address {client_address(request)}", limit=settings.ADDRESS_VISITS):
        return _problem(request, "many", 429)
    try:
        file = links.read(token)
    except LinkExpired:
        return _problem(request, "over", 410)
    except LinkWrong:
        return _problem(request, "wrong", 404)
    if too_many(f"link {file.uuid}", limit=settings.LINK_VISITS):  # a reminder's link is another text
        return _problem(request, "many", 429)
    try:
        if request.method == "POST" and request.POST.get("act") == "answer":
            return _take(request, file)
        if request.method == "POST":
            return _show(request, file, content=transmitting.opened(file))
    except Closed:
        return redirect(request.path)  # which says what became of it
    if not transmitting.is_open(file) and file.orientation.state != states.REJECTED:
        return _problem(request, "over", 410)
    return _show(request, file)


def _take(request: HttpRequest, file: TransmittedFile) -> HttpResponse:
    """Write the answer, and say so; what is wrong is said over the file, and nothing that was typed is lost."""
    try:
        transmitting.answer(
            file,
            answer=request.POST.get("answer", ""),
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
        )
    except NationalNumber:
        wrong = {"note": gettext("There is a national number in it. It may not be kept: take it out.")}
    except BadValue as refusal:
        wrong = {refusal.field: str(WRONG.get(refusal.field, WRONG["answer"]))}
    else:
        return redirect(request.path)
    content = transmitting.opened(file)
    return _show(request, file, content=content, wrong=wrong, typed=request.POST, status=422)


def _show(
    request: HttpRequest,
    file: TransmittedFile,
    *,
    content: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None,
    typed=None,
    status: int = 200,
) -> HttpResponse:
    lang = get_language() or settings.LANGUAGE_CODE
    orientation = file.orientation
    context = {
        "file": file,
        "orientation": orientation,
        "service": named(orientation.snapshot["name"], lang),
        "team": orientation.team,
        "sent_on": localtime(file.sent_at),
        "until": localtime(file.expires_at),
        "answered_on": localtime(file.answered_at) if file.answered_at else None,
        "lines": _lines(content, orientation.need.term.code, lang) if content is not None else [],
        "name": " ".join(filter(None, map((content or {}).get, ("first_name", "last_name")))),
        "phone": phone_display((content or {}).get("phone", "")),
        "dial": (content or {}).get("phone", ""),
        "shows": content is not None,
        "may": [
            (one.value, one.label)
            for one in Answer
            if transmitting.LEADS_TO[one] in states.next_states(orientation.state, states.SERVICE)
        ],
        "reasons": [(code, label) for code, label in Reason.choices if code in states.SERVICE_REASONS],
        "wrong": wrong or {},
        "typed": typed or {},
    }
    return render(request, "directory_site/orientation_answer.html", context, status=status)


def _lines(content: dict[str, Any], need: str, lang: str) -> list[tuple[str, str]]:
    """What the agent chose to tell, in words: (label, text)."""
    known = vocabulary.current()
    place = content.get("postcode") or known.territory_name("commune", content.get("nis5", ""), lang)
    spoken = ", ".join(str(Language(code).label) for code in content.get("languages", []))
    told = [
        (gettext("Need"), known.label("need", need, lang)),
        (gettext("What is asked"), content.get("asked", "")),
        (gettext("Lives in"), place),
        (gettext("Languages"), spoken),
        (gettext("Age"), AgeBand(content["age_band"]).label if "age_band" in content else ""),
        (gettext("Mobility"), Mobility(content["mobility"]).label if "mobility" in content else ""),
        (
            gettext("Increased reimbursement"),
            {True: gettext("yes"), False: gettext("no")}.get(content.get("bim"), ""),
        ),
    ]
    return [(str(label), str(text)) for label, text in told if text]


def _problem(request: HttpRequest, problem: str, status: int) -> HttpResponse:
    return render(request, "directory_site/orientation_problem.html", {"problem": problem}, status=status)
