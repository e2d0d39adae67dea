"""When an agent leaves or is ill: what is pending goes to a colleague of the same team, all at once."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Case, Count, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import Team, User
from accounts.selectors import members_holding
from directory_site.desk.door import desk_view
from referrals import selectors
from referrals.actions import follow_ups
from referrals.codes import FollowUpKind
from referrals.models import FollowUp, Orientation
from referrals.states import UNDER_WAY


class ReassignForm(forms.Form):
    """`of` and `to` are members of one team; `of` may have left, `to` must be able to use the desk."""

    of = forms.ModelChoiceField(User.objects.none(), label=_("From"))
    to = forms.ModelChoiceField(User.objects.none(), label=_("To"))

    def __init__(self, *args, team: Team, **kwargs):
        super().__init__(*args, **kwargs)
        loaded = Q(pk__in=pending(team).values("assignee"))
        # Also who has something under way of which nothing is due by hand.
        loaded |= Q(pk__in=Orientation.objects.filter(team=team, state__in=UNDER_WAY).values("assignee"))
        self.fields["of"].queryset = User.objects.filter(loaded).order_by("username")
        able = [user.pk for user in members_holding(selectors.USE, team)]
        self.fields["to"].queryset = User.objects.filter(pk__in=able).order_by("username")

    def clean(self):
        values = super().clean()
        if values.get("of") and values.get("of") == values.get("to"):
            self.add_error("to", _("This is the same agent."))
        return values


def pending(team: Team):
    return selectors.pending(FollowUp.objects.filter(team=team))


@desk_view(selectors.COORDINATE)
@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request: HttpRequest) -> HttpResponse:
    """A form for each team that this coordinator coordinates, with what is pending by agent."""
    teams = Team.objects.filter(pk__in=selectors.teams_holding(request.user, selectors.COORDINATE)).order_by(
        "name"
    )
    shown = []
    for team in teams:
        sent = request.method == "POST" and request.POST.get("team") == team.code
        form = ReassignForm(request.POST if sent else None, team=team)
        if sent and form.is_valid():
            with transaction.atomic():
                count = follow_ups.hand_over(
                    team=team, of=form.cleaned_data["of"], to=form.cleaned_data["to"], by=request.user
                )
            said = ngettext(
                "%(count)d thing to do was handed over.", "%(count)d things to do were handed over.", count
            )
            messages.success(request, said % {"count": count})
            return redirect("desk:reassign")
        able = [one.pk for one in members_holding(selectors.USE, team)]
        loads = (
            pending(team)
            .annotate(is_able=Case(When(assignee__in=able, then=True), default=False))
            .values("assignee__username", "assignee__is_active", "is_able")
            .annotate(found=Count("pk", filter=~Q(kind=FollowUpKind.EXPIRY)))  # those are the machine's
            .order_by("is_able", "-found", "assignee__username")
        )
        shown.append((team, form, list(loads)))
    status = 422 if request.method == "POST" else 200
    context = {"teams": shown, "title": gettext("Hand work over")}
    return render(request, "directory_site/desk/reassign.html", context, status=status)
