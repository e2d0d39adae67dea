"""The figures: who has how much to do (for coordinators), which needs, what became of them, what stood in the way."""

import csv

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET

from accounts.models import Team
from directory_site.desk.door import desk_view
from referrals import access, figures, selectors
from referrals.codes import AccessAction
from services.transfer.csv_cells import guarded

from . import tables
from .forms import PeriodForm

# Excel in French or Dutch splits at ";" and shows accents only after a byte-order mark.
SEPARATOR, MARK = ";", "\ufeff"
HIDDEN = "–"  # not "≤7": a cell may be the sum of several counts that are not told


def _asked(request: HttpRequest) -> tuple[tables.Asked, PeriodForm]:
    lang = get_language() or settings.LANGUAGE_CODE
    places = tables.bassins(lang)
    form = PeriodForm(request.GET, bassins=places)
    first, last = form.period()
    if form.is_valid():  # the fields say what is shown, also when nothing was asked for
        form = PeriodForm({**form.cleaned_data, "first": first, "last": last}, bassins=places)
    bassin = form.cleaned_data.get("bassin", "") if form.is_valid() else ""
    teams = selectors.teams_holding(request.user, selectors.FIGURES)
    return tables.Asked(teams, first, last, bassin, lang), form


@desk_view(selectors.FIGURES)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Everything on one page; the work of agents for those who coordinate their team, exact, and in no file."""
    asked, form = _asked(request)
    coordinated = Team.objects.filter(pk__in=selectors.teams_holding(request.user, selectors.COORDINATE))
    context = {
        "form": form,
        "asked": asked,
        "first": tables.month_words(asked.first),
        "last": tables.month_words(asked.last),
        "work": [
            (team, figures.workload(team, asked.first, asked.last, timezone.now())) for team in coordinated
        ],
        "tables": [tables.shown(code, asked) for code in tables.KINDS],
        "bar_height": tables.BAR_HEIGHT,
    }
    return render(
        request, "directory_site/desk/figures.html", context, status=200 if form.is_valid() else 422
    )


@desk_view(selectors.FIGURES)
@require_GET
def file(request: HttpRequest, code: str) -> HttpResponse:
    """One table as CSV, as protected as on the page; that it was taken is a row."""
    if code not in tables.KINDS:
        raise Http404
    asked, _form = _asked(request)
    found = tables.shown(code, asked)
    with transaction.atomic():
        for team in sorted(asked.teams):
            access.note(action=AccessAction.EXPORT, kind="figures", count=len(found.rows), team=team)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{code}-{asked.first}-{asked.last}.csv"'
    answer.write(MARK)
    writer = csv.writer(answer, delimiter=SEPARATOR)
    writer.writerow([guarded(text) for text in (found.of, *found.columns, gettext("Total"))])
    for words, cells, total, _share in found.rows:
        writer.writerow([guarded(words), *map(_told, cells), _told(total)])
    writer.writerow([gettext("Total"), *map(_told, found.sums), _told(found.total)])
    return answer


def _told(count: int | None) -> int | str:
    return HIDDEN if count is None else count
