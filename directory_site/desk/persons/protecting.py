"""For the data-protection officer: who opened what, a person's own data, and forgetting on request."""

import csv
import json
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.timezone import localtime, make_aware
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from referrals import access, own_data, references, selectors
from referrals.actions import forgetting, openings
from referrals.codes import AccessAction
from referrals.errors import ReferralError
from referrals.models import AccessRow, Opening, Person
from services.transfer.csv_cells import guarded

from .reading import TEMPLATES, recorded, shown, team_of
from .wording import sentence, why

PAGE = 100
MOST_ROWS = 100_000  # of a file


@recorded(selectors.ACCESS)
@require_http_methods(["GET", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Rows by date, agent, action and reference. The filter is posted: a reference stands in no address."""
    asked = request.POST if request.method == "POST" else {}
    rows = _filtered(request, asked)
    if asked.get("file"):
        return _file(request, rows)
    page = Paginator(rows, PAGE).get_page(asked.get("page"))
    _note_list(request, len(page.object_list), AccessAction.LIST)
    teams = selectors.teams_holding(request.user, selectors.ACCESS)
    uuids = {row.object_uuid for row in page if row.object_uuid}
    known = dict(Person.objects.filter(uuid__in=uuids).values_list("uuid", "reference"))
    # What was typed stands in the opening, as long as the file is there.
    rows_of = Opening.objects.filter(person__uuid__in=uuids).select_related("person")
    typed = {(one.user_id, one.person.uuid): one.reason for one in rows_of.defer("person__contact_safety")}
    context = {
        "page": page,
        "lines": [
            (row, known.get(row.object_uuid, ""), why(row.reason), typed.get(_opener(row))) for row in page
        ],
        "asked": asked,
        "actions": AccessAction.choices,
        "many": _many(rows),
        "limit": settings.MANY_FILES_A_DAY,
        "openings": Opening.objects.filter(team__in=teams).count()
        + Opening.objects.filter(person__team__in=teams).exclude(team__in=teams).count(),
    }
    return render(request, f"{TEMPLATES}access.html", context)


def _opener(row: AccessRow) -> tuple:
    return (row.actor_id, row.object_uuid) if row.reason == access.OPENED else ()


def _filtered(request: HttpRequest, asked) -> QuerySet[AccessRow]:
    rows = selectors.access_rows(request.user)
    if since := _day(asked.get("since")):
        rows = rows.filter(at__gte=make_aware(datetime.combine(since, time())))
    if until := _day(asked.get("until")):
        rows = rows.filter(at__lt=make_aware(datetime.combine(until + timedelta(days=1), time())))
    if agent := asked.get("agent", "").strip():
        rows = rows.filter(actor_label=agent)
    if (action := asked.get("action", "")) in AccessAction.values:
        rows = rows.filter(action=action)
    if asked.get("across"):
        rows = rows.exclude(reason="").filter(action=AccessAction.VIEW)
    if text := asked.get("reference", "").strip():
        one = Person.objects.filter(reference=references.parse(text) or "")
        rows = rows.filter(object_uuid__in=one.values("uuid"))
    return rows


def _day(text: str | None) -> date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


def _many(rows: QuerySet[AccessRow]) -> QuerySet:
    """Who opened more files than usual in a day: (day, actor_label, files), the most first."""
    return (
        rows.filter(action=AccessAction.VIEW, object_kind="person")
        .order_by()
        .annotate(day=TruncDate("at"))
        .values("day", "actor_label")
        .annotate(files=Count("object_uuid", distinct=True))
        .filter(files__gt=settings.MANY_FILES_A_DAY)
        .order_by("-files")[:50]
    )


def _note_list(request: HttpRequest, count: int, action: str) -> None:
    access.note(action=action, kind="access", count=count, team=team_of(request, selectors.ACCESS).pk)


def _file(request: HttpRequest, rows: QuerySet[AccessRow]) -> HttpResponse:
    found = list(rows[:MOST_ROWS])
    _note_list(request, len(found), AccessAction.EXPORT)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="access.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerow(["at", "agent", "action", "kind", "uuid", "count", "team", "reason"])
    for row in found:
        writer.writerow(
            guarded(str(value))
            for value in (
                localtime(row.at).isoformat(timespec="seconds"),
                row.actor_label,
                row.action,
                row.object_kind,
                row.object_uuid or "",
                row.count,
                row.team_id or "",
                row.reason,
            )
        )
    return answer


@recorded(selectors.ERASE)
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """The file of somebody who asks for their data."""
    context: dict = {"query": request.POST.get("query", "").strip(), "asked": request.method == "POST"}
    status = 200
    if request.method == "POST":
        try:
            found = openings.look_up(
                text=context["query"],
                by=request.user,
                team=team_of(request, selectors.ERASE),
                permission=selectors.ERASE,
            )
            if len(found) == 1:
                return redirect("desk:person_data", uuid=found[0].uuid)
            context["found"] = found
        except ReferralError as error:
            context["error"], status = sentence(error), 429 if isinstance(error, openings.TooMany) else 422
    return render(request, f"{TEMPLATES}find_data.html", context, status=status)


@recorded(selectors.ERASE)
@require_GET
def data(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What can be done for a person who asks: their data, who opened them, forgetting. Shows nothing of it yet."""
    return render(
        request, f"{TEMPLATES}data.html", {"person": shown(request, uuid, permission=selectors.ERASE)}
    )


@recorded(selectors.ERASE)
@require_GET
def export(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All that is kept, to read; ?format=json for machines."""
    person = shown(request, uuid, permission=selectors.ERASE, action=AccessAction.EXPORT)
    tables = own_data.of(person)
    if request.GET.get("format") == "json":
        text = json.dumps({"reference": person.reference, "tables": tables}, ensure_ascii=False, indent=1)
        answer = HttpResponse(text, content_type="application/json; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="data.json"'
        return answer
    return render(request, f"{TEMPLATES}export.html", {"person": person, "tables": tables})


@recorded(selectors.ACCESS)
@require_GET
def own(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who opened this person's file."""
    person = shown(request, uuid, permission=selectors.ACCESS)
    page = Paginator(own_data.accesses(person), PAGE).get_page(request.GET.get("page"))
    lines = [(row, why(row.reason)) for row in page]
    return render(request, f"{TEMPLATES}own_access.html", {"person": person, "page": page, "lines": lines})


@recorded(selectors.ERASE)
@require_POST
def erase(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Forget now; asked for with the reference typed again."""
    person = shown(request, uuid, permission=selectors.ERASE)
    if references.parse(request.POST.get("reference", "")) != person.reference:
        return render(request, f"{TEMPLATES}data.html", {"person": person, "wrong": True}, status=422)
    forgetting.erase(person=person, by=request.user)
    return render(request, f"{TEMPLATES}erased.html", {})
