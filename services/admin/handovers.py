"""Offering listings to another team from the list, and deciding about what was offered."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from accounts.models import Team
from services import handing_over, rights
from services.handing_over import PERMISSION, HandoverRefused
from services.models import Handover, Service
from services.stewardship import assign

from .selection import ListingSelection

SHOWN = 200  # listings of one offer on its page

REFUSALS = {
    "same_team": gettext_lazy("These listings are already that team's."),
    "nothing": gettext_lazy("These listings have been offered already; the other team has to decide."),
    "not_yours": gettext_lazy("You may hand over only what your own team is in charge of."),
    "not_for_you": gettext_lazy("Only the team it was offered to can decide."),
    "decided": gettext_lazy("Somebody has decided already."),
}


class HandOverForm(forms.Form):
    to_team = forms.ModelChoiceField(
        queryset=Team.objects.order_by("name"), label=gettext_lazy("To the team")
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class HandOverAction(ListingSelection, SnippetBulkAction):
    """At once between two teams in which the user decides; otherwise the other team is asked."""

    display_name = gettext_lazy("Hand over")
    action_type = "hand_over"
    aria_label = gettext_lazy("Hand the selected listings over to another team")
    template_name = "services/admin/hand_over.html"
    action_priority = 60
    models = [Service]
    form_class = HandOverForm

    def check_perm(self, obj):
        return rights.holds(self.request.user, PERMISSION, obj)

    @classmethod
    def execute_action(cls, objects, self=None, **kwargs):
        values, user = self.cleaned_form.cleaned_data, self.request.user
        team = values["to_team"]
        teams = rights.teams_where(user, PERMISSION)
        if teams is None or team.pk in teams:
            moved = assign(Service.objects.filter(pk__in=[obj.pk for obj in objects]), team)
            self.told = ngettext(
                "%(count)s listing is now in charge of %(team)s.",
                "%(count)s listings are now in charge of %(team)s.",
                moved,
            ) % {"count": moved, "team": team}
            return moved, 0
        handing_over.offer(services=objects, to_team=team, by=user, reason=values["reason"])
        self.told = _("Offered to %(team)s, which decides.") % {"team": team}
        return len(objects), 0

    def get_success_message(self, num_parent_objects, num_child_objects):
        return self.told

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except HandoverRefused as refusal:
            messages.error(self.request, str(REFUSALS[refusal.code]))
            return redirect(self.next_url)


class _Page(WagtailAdminTemplateMixin, TemplateView):
    header_icon = "resubmit"
    _show_breadcrumbs = True

    def dispatch(self, request, *args, **kwargs):
        if not rights.holds_anywhere(request.user, PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class HandoversView(_Page):
    page_title = gettext_lazy("Hand-overs")
    template_name = "services/admin/handovers.html"

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        from django.db.models import Count

        found = list(handing_over.concerning(self.request.user).annotate(count=Count("services"))[:SHOWN])
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "to_decide": [one for one in found if handing_over.decides(user, one)],
            "others": [one for one in found if not handing_over.decides(user, one)],
        }


class HandoverView(_Page):
    """One offer: its listings, and accept, decline or withdraw."""

    template_name = "services/admin/handover.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.handover = handing_over.concerning(request.user).filter(uuid=kwargs["uuid"]).first()

    def dispatch(self, request, *args, **kwargs):
        if self.handover is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return str(self.handover)

    def get_breadcrumbs_items(self):
        listed = {"url": reverse("handovers"), "label": _("Hand-overs")}
        return [*self.breadcrumbs_items, listed, {"url": "", "label": str(self.handover)}]

    def get_context_data(self, **kwargs):
        listings = self.handover.services.select_related("organization", "steward").order_by("pk")
        return super().get_context_data(**kwargs) | {
            "handover": self.handover,
            "listings": listings[:SHOWN],
            "count": listings.count(),
            "decides": handing_over.decides(self.request.user, self.handover),
            "withdraws": handing_over.withdraws(self.request.user, self.handover),
        }

    def post(self, request, *args, **kwargs):
        answer = request.POST.get("answer", "").strip()[:400]
        try:
            if "accept" in request.POST:
                done = handing_over.accept(self.handover, by=request.user, answer=answer)
                messages.success(request, self._accepted(done))
            elif "decline" in request.POST:
                handing_over.decline(self.handover, by=request.user, answer=answer)
                messages.success(request, _("Declined; the listings stay where they are."))
            elif "withdraw" in request.POST:
                handing_over.withdraw(self.handover, by=request.user)
                messages.success(request, _("The offer is withdrawn."))
        except HandoverRefused as refusal:
            messages.error(request, str(REFUSALS[refusal.code]))
        return redirect("handovers")

    def _accepted(self, done: handing_over.Accepted) -> str:
        told = ngettext(
            "%(count)s listing is now in charge of %(team)s.",
            "%(count)s listings are now in charge of %(team)s.",
            done.moved,
        ) % {"count": done.moved, "team": self.handover.to_team}
        if done.left:
            names = ", ".join(f"« {service} »" for service in done.left[:3])
            told += " " + _("Left out, because they had changed hands meanwhile: %(names)s.") % {
                "names": names
            }
        return told


def urls() -> list:
    return [
        path("handovers/", HandoversView.as_view(), name="handovers"),
        path("handovers/<uuid:uuid>/", HandoverView.as_view(), name="handover"),
    ]


def waiting(user) -> int:
    """How many offers wait for this user's decision."""
    teams = rights.teams_where(user, PERMISSION)
    found = Handover.objects.filter(state="offered")
    return (found if teams is None else found.filter(to_team__in=teams)).count()
