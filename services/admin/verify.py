"""The verification screen: the number to dial, what we say now, and what the call found, on one page."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from services import rights
from services.codes import Lifecycle
from services.models import Service
from services.selectors import rhythm_of
from services.verification import actions, corrections, rules, screen, selectors

from .suggestion_words import waiting_words
from .tabs import anchor
from .verify_form import LifecycleForm, VerifyForm

_WHAT_BECAME = {
    "published": _("The corrections are published."),
    "draft": _("The corrections are kept in the draft; publish it when it is ready."),
    "review": _("The corrections are in the draft that waits for review."),
}


class VerifyView(WagtailAdminTemplateMixin, TemplateView):
    """The gate has asked for `services.verify_service` over this listing (services.admin.gate)."""

    template_name = "services/admin/verify.html"
    page_title = _("Verify")
    header_icon = "mobile-alt"
    _show_breadcrumbs = True

    @cached_property
    def service(self) -> Service:
        found = Service.objects.select_related("organization", "steward").prefetch_related(
            "phones",
            "schedules",
            "notices",
            "audiences__term",
            "cost_options",
            "organization__phones",
            "service_at_locations__location__commune",
            "service_at_locations__phones",
            "service_at_locations__schedules",
            "service_at_locations__notices",
        )
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_page_subtitle(self):
        return str(self.service)

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("to_verify:index"), "label": gettext("To verify")},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs):
        service = self.service
        found = selectors.results(service)
        form = kwargs.pop("form", None) or VerifyForm(service=service)
        return super().get_context_data(
            service=service,
            form=form,
            rows=[(row, anchor(row.line.field)) for row in form.rows()],
            numbers=screen.numbers(service),
            state=screen.state_now(service),
            rhythm=rhythm_of(service),
            waiting=waiting_words(service, self.request.user),
            history=selectors.history(service, 3),
            may_publish=rights.may(self.request.user, "publish", service),
            edit_url=reverse("wagtailsnippets_services_service:edit", args=[service.pk]),
            next_url=self._next_url(),
            propose_suspension=service.lifecycle == Lifecycle.PUBLISHED and rules.should_suspend(found),
            propose_closing=service.lifecycle != Lifecycle.CLOSED_PERMANENTLY and rules.is_closed(found),
            lifecycle_form=kwargs.pop("lifecycle_form", None) or LifecycleForm(service=service),
            **kwargs,
        )

    def _next_url(self) -> str:
        pk = selectors.next_to_verify(self.request.user, after=self.service)
        return reverse("to_verify:index") if pk is None else _url(pk)

    def post(self, request, *args, **kwargs):
        if "lifecycle" in request.POST:
            return self._set_lifecycle()
        form = VerifyForm(request.POST, service=self.service)
        if form.is_valid() and form.corrections() and corrections.is_locked(self.service, request.user):
            form.add_error(
                None,
                _(
                    "Somebody has locked this listing: untick “Not right”, and write in the note what is wrong."
                ),
            )
        if not form.is_valid():
            messages.error(request, gettext("Nothing was saved yet: see what is marked."))
            return self.render_to_response(self.get_context_data(form=form))
        with transaction.atomic():
            outcome = corrections.correct(
                service=self.service, corrections=form.corrections(), by=request.user
            )
            made = actions.record(
                service=self.service,
                channel=form.cleaned_data["channel"],
                result=form.cleaned_data["result"],
                fields=form.confirmed(),
                shown=form.shown(),
                note=form.cleaned_data["note"].strip(),
                by=request.user,
            )
        said = gettext("“%(name)s”: %(result)s.") % {
            "name": self.service, "result": made.get_result_display()
        }  # fmt: skip
        messages.success(request, " ".join([said, str(_WHAT_BECAME.get(outcome, ""))]).strip())
        return redirect(self._after(made.result))

    def _after(self, result: str) -> str:
        """To the next one; but where there is something to decide about this one, back to it first."""
        found = selectors.results(self.service)
        if rules.is_closed(found) or (
            rules.should_suspend(found) and self.service.lifecycle == Lifecycle.PUBLISHED
        ):
            return _url(self.service.pk)
        if "and_next" in self.request.POST:
            return self._next_url()
        return reverse("to_verify:index")

    def _set_lifecycle(self):
        if not rights.may(self.request.user, "publish", self.service):
            raise PermissionDenied
        if corrections.is_locked(self.service, self.request.user):
            messages.error(self.request, gettext("Somebody has locked this listing. Nothing was changed."))
            return redirect(_url(self.service.pk))
        form = LifecycleForm(self.request.POST, service=self.service)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(lifecycle_form=form))
        lifecycle = form.cleaned_data["lifecycle"]
        outcome = corrections.set_lifecycle(
            service=self.service,
            lifecycle=lifecycle,
            replaced_by=form.cleaned_data["replaced_by"]
            if lifecycle == Lifecycle.CLOSED_PERMANENTLY
            else None,
            by=self.request.user,
        )
        said = gettext("“%(name)s”: %(result)s.") % {
            "name": self.service, "result": Lifecycle(lifecycle).label
        }  # fmt: skip
        became = _WHAT_BECAME[outcome] if outcome in ("draft", "review") else ""
        messages.success(self.request, f"{said} {became}".strip())
        return redirect(self._next_url())


def _url(pk: int) -> str:
    return reverse("wagtailsnippets_services_service:verify", args=[pk])
