"""Bulk actions on the list of services: each asks once, works through in steps, and reports what it left and why."""

import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.widgets import AdminDateInput
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from services import bulk, codes, rights
from services.models import Service, TaxonomyTerm

from .selection import listed_pks

SECONDS_A_STEP = 5.0  # well under a web server's patience
NAMED = 10  # services that the question names
SESSION_KEY = "services_bulk"


class _NeedForm(forms.Form):
    need = forms.ModelChoiceField(
        queryset=TaxonomyTerm.objects.filter(taxonomy=codes.Taxonomy.NEED, retired=False).order_by(
            "sort_order", "code"
        ),
        label=gettext_lazy("Need"),
    )


class _AnyNeedForm(forms.Form):
    """Retired ones too: they are what one wants to be rid of."""

    need = forms.ModelChoiceField(
        queryset=TaxonomyTerm.objects.filter(taxonomy=codes.Taxonomy.NEED).order_by("sort_order", "code"),
        label=gettext_lazy("Need"),
    )


class _ClosureForm(forms.Form):
    kind = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in bulk.NOTICE_KINDS],
        label=gettext_lazy("What happens"),
        widget=forms.RadioSelect,
        initial=codes.NoticeKind.CLOSURE,
    )
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=AdminDateInput)
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=AdminDateInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code, label in settings.LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("What people read (%(language)s)") % {"language": label},
                max_length=400,
                required=False,
                widget=forms.TextInput(attrs={"lang": code}),
            )

    def clean(self):
        values = super().clean()
        first, last = values.get("starts_on"), values.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        elif last and last < localdate():
            self.add_error("ends_on", _("These days are over."))
        if not any(values.get(f"text_{code}") for code, _label in settings.LANGUAGES):
            self.add_error(f"text_{settings.LANGUAGES[0][0]}", _("Give a text, in one language at least."))
        return values


class _StateForm(forms.Form):
    lifecycle = forms.ChoiceField(
        choices=[(state.value, state.label) for state in bulk.STATES],
        label=gettext_lazy("New state"),
        widget=forms.RadioSelect,
    )


class _VerifiedForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Verified on"), widget=AdminDateInput, initial=localdate)
    channel = forms.ChoiceField(
        choices=codes.VerificationChannel.choices,
        label=gettext_lazy("How"),
        widget=forms.RadioSelect,
    )

    def clean_day(self):
        if self.cleaned_data["day"] > localdate():
            raise forms.ValidationError(_("This day is yet to come."))
        return self.cleaned_data["day"]


class ServiceBulkAction(SnippetBulkAction):
    """Asks, then works in steps of some seconds; where it stands is kept in the session between them.

    The selection is fixed when the work begins, so that what no longer fits the filter is not lost halfway.
    """

    models = [Service]
    template_name = "services/admin/bulk_question.html"

    def dispatch(self, request, *args, **kwargs):
        if not self.permission_policy.user_has_permission(request.user, "change"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def edit(self, values: dict) -> bulk.Edit:
        raise NotImplementedError

    def question(self, count: int) -> str:
        raise NotImplementedError

    def selected(self) -> list[int]:
        ids = self.request.GET.getlist("id")
        if "all" in ids:
            return listed_pks(self.model, self.request)
        asked = Service.objects.filter(pk__in={int(pk) for pk in ids if pk.isdecimal()})
        return list(rights.visible(asked, self.request.user).order_by("pk").values_list("pk", flat=True))

    def get_actionable_objects(self):
        """The first few only: a question about thousands names some."""
        shown = Service.objects.filter(pk__in=self.selected()[:NAMED])
        return list(shown), {"items_with_no_access": []}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        count = len(self.selected())
        return context | {
            "count": count,
            "more": max(0, count - NAMED),
            "question": self.question(count),
            "action": self.display_name,
        }

    def get(self, request, *args, **kwargs):
        if not self.selected():
            return redirect(self.next_url)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if "run" in request.POST:
            return self._go_on(request.POST["run"])
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        run = str(uuid.uuid4())
        self._keep(
            {
                "run": run,
                "action": self.action_type,
                "left": self.selected(),
                "total": len(self.selected()),
                "values": {name: self.request.POST.getlist(name) for name in form.fields},
                "done": 0,
                "skipped": 0,
                "named": [],
            }
        )
        return self._go_on(run)

    def _keep(self, state: dict) -> None:
        self.request.session[SESSION_KEY] = state

    def _go_on(self, run: str) -> HttpResponse:
        state = self.request.session.get(SESSION_KEY) or {}
        if state.get("run") != run or state.get("action") != self.action_type:
            return redirect(self.next_url)  # another window began something else, or this one is done
        form = self.form_class(
            {name: values[0] if values else "" for name, values in state["values"].items()}
        )
        if not form.is_valid():
            return self.form_invalid(form)
        outcome = bulk.Outcome(state["done"], state["skipped"], state["named"])
        policy, user = self.permission_policy, self.request.user
        left = bulk.change_for_a_while(
            state["left"],
            self.edit(form.cleaned_data),
            by=user,
            may_change=lambda service: policy.user_has_permission_for_instance(user, "change", service),
            may_publish=lambda service: policy.user_has_permission_for_instance(user, "publish", service),
            seconds=SECONDS_A_STEP,
            outcome=outcome,
        )
        state |= {
            "left": list(left),
            "done": outcome.done,
            "skipped": outcome.skipped,
            "named": outcome.named,
        }
        self._keep(state)
        if not left:
            del self.request.session[SESSION_KEY]
        return render(self.request, "services/admin/bulk_report.html", self._report(state))

    def _report(self, state: dict) -> dict:
        edit_url = Service.snippet_viewset.get_url_name("edit")
        return {
            "state": state,
            "action": self.display_name,
            "worked": state["total"] - len(state["left"]),
            "finished": not state["left"],
            "done_said": ngettext(
                "%(count)s service was changed.", "%(count)s services were changed.", state["done"]
            )
            % {"count": state["done"]},
            "skipped_said": ngettext(
                "%(count)s service was left as it was:",
                "%(count)s services were left as they were:",
                state["skipped"],
            )
            % {"count": state["skipped"]},
            "named": [
                {"url": reverse(edit_url, args=[pk]), "name": name, "reason": reason}
                for pk, name, reason in state["named"]
            ],
            "unnamed": state["skipped"] - len(state["named"]),
            "next": self.next_url,
            "submit_url": f"{self.request.path}?{self.request.META['QUERY_STRING']}",
            "header_icon": Service.snippet_viewset.icon,
        }


class AddNeed(ServiceBulkAction):
    display_name = gettext_lazy("Add a need")
    aria_label = gettext_lazy("Add a need to the selected services")
    action_type = "add_need"
    action_priority = 40
    form_class = _NeedForm

    def edit(self, values):
        return bulk.AddNeed(values["need"])

    def question(self, count):
        return ngettext(
            "Which need does this service answer too?",
            "Which need do these %(count)s services answer too?",
            count,
        ) % {"count": count}


class RemoveNeed(ServiceBulkAction):
    display_name = gettext_lazy("Remove a need")
    aria_label = gettext_lazy("Remove a need from the selected services")
    action_type = "remove_need"
    action_priority = 50
    form_class = _AnyNeedForm

    def edit(self, values):
        return bulk.RemoveNeed(values["need"])

    def question(self, count):
        return ngettext(
            "Which need does this service no longer answer?",
            "Which need do these %(count)s services no longer answer?",
            count,
        ) % {"count": count}


class CloseForAWhile(ServiceBulkAction):
    display_name = gettext_lazy("Holidays")
    aria_label = gettext_lazy("Closed or other hours for some days, for the selected services")
    action_type = "holidays"
    action_priority = 10
    form_class = _ClosureForm

    def edit(self, values):
        texts = {code: values[f"text_{code}"] for code, _label in settings.LANGUAGES}
        return bulk.CloseForAWhile(values["kind"], values["starts_on"], values["ends_on"], texts)

    def question(self, count):
        return ngettext(
            "When is this service closed, or open at other hours?",
            "When are these %(count)s services closed, or open at other hours?",
            count,
        ) % {"count": count}


class SetState(ServiceBulkAction):
    display_name = gettext_lazy("Close or reopen")
    aria_label = gettext_lazy("Close or reopen the selected services")
    action_type = "state"
    action_priority = 20
    form_class = _StateForm

    def edit(self, values):
        return bulk.SetState(values["lifecycle"])

    def question(self, count):
        return ngettext(
            "In which state is this service now?", "In which state are these %(count)s services now?", count
        ) % {"count": count}


class Verify(ServiceBulkAction):
    display_name = gettext_lazy("Mark as verified")
    aria_label = gettext_lazy("Mark the selected services as verified")
    action_type = "verified"
    action_priority = 5
    form_class = _VerifiedForm

    def edit(self, values):
        return bulk.Verified(values["day"], values["channel"])

    def question(self, count):
        return ngettext(
            "When and how was everything that this service says verified?",
            "When and how was everything that these %(count)s services say verified?",
            count,
        ) % {"count": count}


ACTIONS = (Verify, CloseForAWhile, SetState, AddNeed, RemoveNeed)
