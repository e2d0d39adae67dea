"""The pages: report a mistake, suggest a service, answer the directory's question, and see what became of it."""

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from sealing.links import LinkExpired, LinkWrong
from services.codes import SuggestionChannel, SuggestionKind, SuggestionState
from services.models import Service, Suggestion
from services.suggestions.actions import suggest_correction, suggest_service
from services.suggestions.challenge import new_sheet
from services.suggestions.screening import PROOF_BITS
from services.suggestions.words import reference
from services.verification import links

from ..addresses import listing_url
from ..presenters.texts import said_of, texts_of
from ..views import find_listing
from .forms import CorrectionForm, NewServiceForm
from .guard import LONGEST_BODY, sheet_again, taken

JUST_NOW = 900  # seconds during which the page of a suggestion says thank you


def _too_long(request: HttpRequest) -> HttpResponse | None:
    """Before anything is read of it."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = LONGEST_BODY + 1
    if length <= LONGEST_BODY:
        return None
    return render(request, "directory_site/suggest_too_long.html", status=413)


# No cookie is set for a form that nobody signs in for: what CSRF tokens keep off (somebody else's session used) is not
# there, and the signed sheet keeps off what machines send.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest, uuid) -> HttpResponse:
    """Report a mistake on a listing; 404 for what the reader may not see."""
    service = find_listing(request, uuid)
    return _correction(request, service, "directory_site/suggest.html")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suggest_for_request(request: HttpRequest, token: str) -> HttpResponse:
    """The same form behind an organisation's signed link: it is known, and needs no proof that it is no machine."""
    try:
        asked = links.read(token)
    except LinkExpired:
        return render(request, "directory_site/suggest_link_over.html", status=410)
    except LinkWrong:
        return render(request, "directory_site/suggest_link_over.html", {"wrong": True}, status=404)
    return _correction(request, asked.service, "directory_site/suggest.html", of=asked)


def _correction(request: HttpRequest, service: Service, template: str, of=None) -> HttpResponse:
    if request.method == "POST" and (refused := _too_long(request)):
        return refused
    language = get_language() or settings.LANGUAGE_CODE
    form = CorrectionForm(request.POST or None, service=service, language=language)
    sheet = None
    if request.method == "POST":
        valid = form.is_valid()
        if valid and of is None:
            said = form.cleaned_data.get("comment", "")
            valid, sheet = taken(request, form, said or f"{form.changes} {form.cleaned_data['reasons']}")
        if valid:
            suggestion = suggest_correction(
                service=service,
                changes=form.changes,
                reasons=form.cleaned_data["reasons"],
                comment=form.cleaned_data["comment"],
                email=form.cleaned_data["reply_to"],
                language=language,
                channel=SuggestionChannel.PUBLIC if of is None else SuggestionChannel.ORGANISATION,
                request=of,
                spam=of is None and bool(form.cleaned_data.get("trap")),
            )
            return redirect("suggestion", uuid=suggestion.uuid)
    names = texts_of(service, "name")
    context = {
        "form": form,
        "name": said_of(service, "name"),
        "back": listing_url(service.uuid, names, language),
        "of_organisation": of is not None,
        **_asked(form, sheet, of),
    }
    return _shown(request, template, context, form)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suggest_new(request: HttpRequest) -> HttpResponse:
    """Suggest a service that is missing."""
    if request.method == "POST" and (refused := _too_long(request)):
        return refused
    language = get_language() or settings.LANGUAGE_CODE
    form = NewServiceForm(request.POST or None)
    sheet = None
    if request.method == "POST" and form.is_valid():
        values = form.values()
        valid, sheet = taken(request, form, " ".join(values.values()) + form.cleaned_data["comment"])
        if valid:
            suggestion = suggest_service(
                values=values,
                comment=form.cleaned_data["comment"],
                email=form.cleaned_data["reply_to"],
                language=language,
                spam=bool(form.cleaned_data.get("trap")),
            )
            return redirect("suggestion", uuid=suggestion.uuid)
    return _shown(request, "directory_site/suggest_new.html", {"form": form, **_asked(form, sheet)}, form)


def _asked(form, sheet, of=None) -> dict:
    """What the foot of both forms needs: the sheet, and whether its question is shown at once."""
    if of is not None:
        return {"sheet": None}
    if sheet is None:
        sheet = sheet_again(form.data.get("sheet", "")[:300]) if form.is_bound else new_sheet()
    return {"sheet": sheet, "bits": PROOF_BITS, "question_needed": "answer" in form.errors}


def _shown(request: HttpRequest, template: str, context: dict, form) -> HttpResponse:
    if not form.is_bound:
        return render(request, template, context)
    codes = {error.code for error in form.non_field_errors().as_data()}
    return render(request, template, context, status=429 if "too_many" in codes else 422)


@never_cache
@require_safe
def suggestion(request: HttpRequest, uuid) -> HttpResponse:
    """What became of a suggestion, for whoever knows its address: the state and the answer, nothing that was sent."""
    try:
        # What agents report is answered on their desk.
        outside = Suggestion.objects.exclude(channel=SuggestionChannel.AGENT)
        found = outside.select_related("service").get(uuid=uuid)
    except ObjectDoesNotExist as error:
        raise Http404("no such suggestion") from error
    service = found.service
    shown = service is not None and service.live and service.visibility == "public"
    language = get_language() or settings.LANGUAGE_CODE
    waits = found.state in (SuggestionState.OPEN, SuggestionState.SPAM)
    context = {
        "suggestion": found,
        "reference": reference(found.uuid),
        "just_sent": waits and (timezone.now() - found.created_at).total_seconds() < JUST_NOW,
        "waits": waits,
        "new": found.kind == SuggestionKind.NEW_SERVICE,
        "name": said_of(service, "name") if shown else None,
        "back": listing_url(service.uuid, texts_of(service, "name"), language) if service and shown else "",
        "by_mail": hasattr(found, "sender"),
        "answer_lang": found.language if found.language != language else "",
    }
    return render(request, "directory_site/suggestion.html", context)
