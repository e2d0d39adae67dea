"""How an act in a call is answered: one transaction, the panels that changed, or in words why it was not done.

To the page's script JSON: {"said", "version"?, "panels"?: {name: HTML}, "field"?, "focus"?}; 409 another page wrote
meanwhile, 422 refused, 429 too often: then nothing is written but what the answer says, and what was typed stays in the page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from directory_site.desk.door import desk_view
from directory_site.desk.persons.wording import sentence
from referrals.actions.limits import TooMany
from referrals.errors import (
    BadValue,
    Closed,
    ConsentNeeded,
    DoNotContact,
    IllegalMove,
    NationalNumber,
    NotListed,
    Outdated,
)
from referrals.models import Call

from .views import BY_SCRIPT, find_call, show

WRONG = {
    "place": _("This place is not known: type a postcode or the name of a commune."),
    "note": _("The note is too long: 500 characters at most."),
    "phone": _("This is no phone number and no reference."),
    "need": _("No need of the list is called so."),
    "person": _("A file about somebody else was sent in this call: take it back first."),
    "at": _("This date cannot be read, or lies in the past."),
}


class Refused(Exception):
    """An act that is not done: what is said, and the field that it is about."""

    def __init__(self, said: str, *, field: str = "", status: int = 422, **more: Any) -> None:
        super().__init__(said)
        self.said, self.field, self.status, self.more = said, field, status, more


def in_words(error: Exception) -> Refused:
    """What a person reads of a refusal; the typed text is never repeated."""
    match error:
        case Refused():
            return error
        case Outdated():
            said = gettext("This call was changed in another window. What you typed is still here.")
            return Refused(said, status=409, version=error.version)
        case NationalNumber():
            said = gettext("There is a national number in it. It may not be kept: take it out.")
            return Refused(said, field=error.field)
        case TooMany():
            return Refused(sentence(error), field="who", status=429)
        case Closed():
            return Refused(gettext("It is closed already: nothing was changed."))
        case DoNotContact():
            return Refused(gettext("This person does not want to be called back."), field="at")
        case NotListed():
            return Refused(gettext("This service is closed or is not listed any more."))
        case ConsentNeeded():
            return Refused(gettext("A file is only sent with the person's agreement."))
        case IllegalMove():
            return Refused(gettext("This cannot be changed any more."))
        case BadValue():
            return Refused(
                str(WRONG.get(error.field, _("One of the values is not known."))), field=error.field
            )
    raise error


Act = Callable[[HttpRequest, Call], dict[str, Any]]


def act(view: Act) -> Callable[..., HttpResponse]:
    """A POST about one call, in one transaction; what `referrals` refuses is said in words."""

    @require_POST
    @desk_view()
    @wraps(view)
    def acted(request: HttpRequest, uuid) -> HttpResponse:
        call = find_call(request, uuid)
        by_script = BY_SCRIPT in request.headers
        try:
            with transaction.atomic():
                answer = view(request, call)
        except (Refused, *_REFUSALS) as error:
            refused = in_words(error)
            body = {"said": refused.said, "field": refused.field, **refused.more}
            if by_script:
                return JsonResponse(body, status=refused.status)
            with transaction.atomic():
                return show(request, call, status=refused.status, said=refused.said, typed=request.POST)
        status = answer.pop("status", 200)
        if by_script:
            return JsonResponse(answer, status=status)
        if answer.get("choices") is not None or answer.get("offer") or status != 200:
            with transaction.atomic():
                return show(request, call, status=status, said=answer["said"], typed=request.POST)
        return redirect(answer.get("go") or reverse("desk:call", args=[call.uuid]))

    return acted


_REFUSALS = (
    Outdated, NationalNumber, TooMany, Closed, DoNotContact, NotListed, ConsentNeeded, IllegalMove, BadValue
)  # fmt: skip
