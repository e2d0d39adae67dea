"""My day: what is due, overdue first, and what became of each."""

from collections import Counter
from datetime import datetime, timedelta

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST

from directory_site.desk.door import desk_view
from directory_site.desk.persons.reading import recorded
from directory_site.desk.screen import reporting
from referrals import access, selectors
from referrals.actions import follow_ups, recording
from referrals.codes import AccessAction, FollowUpKind
from referrals.errors import BadValue, Closed, IllegalMove, Outdated
from referrals.models import FollowUp, TransmittedFile
from services.codes import SuggestionState
from services.models import Service
from services.reports.selectors import of_agent
from services.rules import phone_display

from .forms import DateForm, RecordForm

AHEAD = timedelta(days=7)
ANSWERS_SHOWN = timedelta(days=14)
REMINDED_WITHIN = timedelta(hours=2)  # of its moment, by a job that runs every hour
MOST = 200  # rows; the oldest first, so that what is late is never cut off


@desk_view()
def day(request: HttpRequest) -> HttpResponse:
    """Own follow-ups that are late, of today and of the coming week; `?who=team`: those of the whole team."""
    now = timezone.now()
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    of_team = request.GET.get("who") == "team"
    rows = selectors.pending(selectors.follow_ups(request.user)).exclude(kind=FollowUpKind.EXPIRY)
    # A service is reminded by mail, by the machine (actions.reminders): what stays pending is to be called.
    rows = rows.exclude(kind=FollowUpKind.SERVICE, due_at__gt=now - REMINDED_WITHIN)
    if not of_team:
        rows = rows.filter(assignee=request.user)
    rows = rows.filter(due_at__lt=start + AHEAD).order_by("due_at", "pk")
    tomorrow = start + timedelta(days=1)
    with transaction.atomic():
        counts = rows.aggregate(
            overdue=Count("pk", filter=Q(due_at__lt=start)),
            today=Count("pk", filter=Q(due_at__gte=start, due_at__lt=tomorrow)),
            later=Count("pk", filter=Q(due_at__gte=tomorrow)),
        )
        total = sum(counts.values())
        shown = list(
            rows.select_related("person", "need__term", "orientation", "declined", "assignee")[:MOST]
        )
        for team, count in Counter(one.team_id for one in shown).items():
            access.note(action=AccessAction.LIST, kind="follow_up", count=count, team=team)
    groups = [
        (gettext("Overdue"), counts["overdue"], [one for one in shown if one.due_at < start]),
        (gettext("Today"), counts["today"], [one for one in shown if start <= one.due_at < tomorrow]),
        (gettext("Later this week"), counts["later"], [one for one in shown if one.due_at >= tomorrow]),
    ]
    context = {
        "groups": [(title, count, [(one, _given(one)) for one in rows]) for title, count, rows in groups],
        "total": total,
        "cut": total - len(shown),
        "of_team": of_team,
        "left_behind": selectors.left_behind(request.user).count(),
        "answered": [] if of_team else _answered(request, start),
    }
    return render(request, "directory_site/desk/day.html", context)


def _answered(request: HttpRequest, today: datetime) -> list[tuple[str, str, str, str]]:
    """What became lately of what this agent reported about listings: (listing, what, state, answer)."""
    rows = [
        one for one in of_agent(request.user) if one.decided_at and one.decided_at > today - ANSWERS_SHOWN
    ]
    names = Service.objects.in_bulk([one.service for one in rows])
    return [
        (
            str(names.get(one.service, "–")),
            str(reporting.REASONS[one.reason]),
            str(SuggestionState(one.state).label),
            one.answer,
        )
        for one in rows
    ]


def _given(one: FollowUp) -> str:
    """The service's name as it was given, in the reader's language if it has one."""
    about = one.orientation or one.declined
    names = about.snapshot.get("name", {}) if about is not None else {}
    return names.get(get_language() or "") or next(iter(names.values()), "")


def _found(request: HttpRequest, uuid, *, also_expiry: bool = False) -> FollowUp:
    """Within the user's teams; the machine's own are nobody's to record, only to put off. Http404 else."""
    rows = selectors.follow_ups(request.user)
    if not also_expiry:
        rows = rows.exclude(kind=FollowUpKind.EXPIRY)
    about = ("person", "need__term", "orientation", "declined__need__term", "assignee")
    found = rows.select_related(*about).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


@recorded(selectors.USE)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, uuid) -> HttpResponse:
    """One of them: what was given, and the form for what became of it."""
    found = _found(request, uuid)
    form = RecordForm(request.POST if request.method == "POST" else None, follow_up=found)
    if request.method == "POST" and form.is_valid():
        refused = _record(request, found, form)
        if not refused:
            messages.success(request, gettext("Recorded."))
            return redirect("desk:day")
        found = _found(request, uuid)
        form.look_again(found)
    return _show(request, found, form=form, status=200 if request.method != "POST" else 422)


@recorded(selectors.USE)
@require_POST
def number(request: HttpRequest, uuid) -> HttpResponse:
    """The person's numbers, because somebody is about to call: a row of its own."""
    return _show(request, _found(request, uuid), numbers=True)


@recorded(selectors.USE)
@require_POST
def another_date(request: HttpRequest, uuid) -> HttpResponse:
    """Put it off, or bring it forward; nothing is recorded by it."""
    found = _found(request, uuid, also_expiry=True)
    form = DateForm(request.POST, follow_up=found)
    if form.is_valid():
        try:
            moved = follow_ups.move_to(
                follow_up=found,
                at=form.cleaned_data["due_at"],
                by=request.user,
                version=form.cleaned_data["version"],
            )
        except Outdated:
            form.add_error(None, gettext("Somebody else has written here meanwhile. Look again."))
        except Closed:
            form.add_error(None, gettext("This was done or cancelled meanwhile."))
        else:
            day = date_format(timezone.localtime(moved.due_at), "l j F H:i")
            messages.success(request, gettext("Now due on %(day)s.") % {"day": day})
            return _after(moved)
        found = _found(request, uuid, also_expiry=True)
        form.look_again(found)
    if found.kind == FollowUpKind.EXPIRY:
        for said in (said for several in form.errors.values() for said in several):
            messages.error(request, said)
        return _after(found)
    return _show(request, found, date_form=form, status=422)


def _after(found: FollowUp) -> HttpResponse:
    if found.kind == FollowUpKind.EXPIRY and found.orientation is not None:
        return redirect("desk:orientation", uuid=found.orientation.uuid)
    return redirect("desk:day")


def _show(
    request: HttpRequest,
    found: FollowUp,
    *,
    form: RecordForm | None = None,
    date_form: DateForm | None = None,
    numbers: bool = False,
    status: int = 200,
) -> HttpResponse:
    with transaction.atomic():
        person = found.person
        access.note(
            action=AccessAction.VIEW,
            kind="follow_up",
            uuid=person.uuid if person else None,
            team=found.team_id,
        )
        phones = []
        if numbers and person is not None:
            access.note(action=AccessAction.VIEW, kind="phone", uuid=person.uuid, team=found.team_id)
            phones = [
                (one.number, phone_display(one.number))
                for one in person.phones.filter(is_bad=False).order_by("pk")
            ]
        events = list(found.orientation.events.all()) if found.orientation is not None else []
        about = found.orientation or found.declined
        file = TransmittedFile.objects.defer("content").filter(orientation=about).first() if about else None
    context = {
        "one": found,
        "given": _given(found),
        "form": form or RecordForm(follow_up=found),
        "date_form": date_form or DateForm(follow_up=found),
        "shows_numbers": numbers,
        "phones": phones,
        "events": events,
        "file": file,
    }
    return render(request, "directory_site/desk/follow_up.html", context, status=status)


def _record(request: HttpRequest, found: FollowUp, form: RecordForm) -> bool:
    """Write it; True when it was refused, which the form then says. Nothing that was typed is lost."""
    values = form.cleaned_data
    try:
        recording.record(
            follow_up=found,
            by=request.user,
            result=values["result"],
            version=values["version"],
            reason=values.get("reason", ""),
            barriers=values.get("barriers", ()),
            on=values["on"],
            again_at=values["again_at"],
        )
    except BadValue as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, gettext("This is not possible: look at the date and at the answer."))
    except IllegalMove:
        form.add_error("result", gettext("The orientation cannot go there from where it is now."))
    except Outdated:
        form.add_error(
            None, gettext("Somebody else has written here meanwhile. Look again before you record it.")
        )
    except Closed:
        form.add_error(None, gettext("This was done or cancelled meanwhile."))
    return bool(form.errors)
