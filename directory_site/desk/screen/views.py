"""The screen: begin a call, open one, search in it. What is done in a call is in `acts`."""

import logging
from uuid import uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from directory_site.desk.door import desk_view
from directory_site.desk.persons.reading import recorded
from referrals import access, selectors, situation
from referrals.codes import AccessAction
from referrals.errors import BadValue
from referrals.models import Call
from search.engine import EngineError

from . import finding, forms, pages, reporting

log = logging.getLogger(__name__)
BY_SCRIPT = "X-Desk"  # the header with which the page's script asks for parts instead of pages


def find_call(request: HttpRequest, uuid) -> Call:
    """The call within the user's teams; Http404 else."""
    found = selectors.calls(request.user).select_related("person", "team").filter(uuid=uuid).first()
    if found is None:
        raise Http404("no such call")
    return found


@require_safe
@recorded(selectors.USE)
def call(request: HttpRequest, uuid) -> HttpResponse:
    """The one screen of a call; who opened it is noted."""
    return show(request, find_call(request, uuid))


def show(request: HttpRequest, call: Call, *, status: int = 200, **more) -> HttpResponse:
    """The whole screen, with what the page without script adds. Inside `atomic`."""
    access.note(action=AccessAction.VIEW, kind="call", uuid=call.uuid, team=call.team_id)
    context = pages.whole(request, call, **more) | {"key": uuid4()}
    return render(request, "directory_site/desk/screen.html", context, status=status)


@require_POST
@desk_view()
def search(request: HttpRequest, uuid) -> HttpResponse:
    """The results for what is typed and the situation as the page has it now; for the script only that part.

    By POST: words said on the phone may hold a name, and addresses are logged. Nothing of it is kept or logged.
    """
    found = find_call(request, uuid)
    context: dict = {"call": found, "is_open": found.ended_at is None, "words": request.POST.get("q", "")}
    try:
        context["results"] = _results(request, found)
    except EngineError as error:
        log.error("search is not available: %s", type(error).__name__)
        context["unavailable"] = True
    if BY_SCRIPT in request.headers:
        context |= {
            "reasons": reporting.REASONS,
            "key": uuid4(),
        }
        return render(request, "directory_site/desk/screen_results.html", context)
    with transaction.atomic():
        return show(request, found, **{name: context[name] for name in context if name not in ("call",)})


def _results(request: HttpRequest, call: Call) -> finding.Results:
    lang = pages.language()
    if "kept" in request.POST:  # the page without script: as the call was kept
        codes = [need.term.code for need in call.needs.select_related("term")[:1]]
        typed, place = call.situation, forms.place_text(call.situation, lang)
    else:
        codes, place = request.POST.getlist("need_code"), request.POST.get("place", "")
        typed = forms.situation_typed(request.POST)
    try:
        kept = situation.clean(typed)
    except BadValue:  # a part that is not known says nothing about the others; keeping it says what is wrong
        kept = {}
    return finding.search(
        request.POST.get("q", ""),
        kept,
        lang=lang,
        place=place,
        needs=codes,
        without=request.POST.getlist("without"),
        professional=True,  # whoever passed the door is one
    )
