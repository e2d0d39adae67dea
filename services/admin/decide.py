"""One suggestion before its team: what it says beside what the listing says, and one button that decides about all of it."""

import re

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from outbox.errors import BadMessage
from services import duplicates, rights
from services.codes import ReportReason, SuggestionKind, SuggestionState
from services.errors import CatalogueError
from services.models import Service, Suggestion
from services.rules import is_listed
from services.suggestions import errors
from services.suggestions.actions import place_named, put_aside
from services.suggestions.deciding import Decided, decide, version_to_change, waiting_draft
from services.suggestions.drafting import make_draft, refuse_service
from services.suggestions.selectors import decidable
from services.suggestions.words import label_of, reference

from .asking import as_shown
from .decide_form import DecisionForm, NewServiceDecisionForm, lines_of
from .suggestion_words import others_say, subject_of


class DecideView(WagtailAdminTemplateMixin, TemplateView):
    """404 for whom it is not to decide."""

    template_name = "services/admin/suggestion.html"
    header_icon = "mail"
    page_title = gettext_lazy("Suggestion")

    @cached_property
    def suggestion(self) -> Suggestion:
        found = (
            decidable(self.request.user)
            .select_related("service__steward", "service__organization", "steward", "decided_by", "sender")
            .filter(uuid=self.kwargs["uuid"])
            .first()
        )
        if found is None:
            raise Http404
        return found

    @property
    def is_new(self) -> bool:
        return self.suggestion.kind == SuggestionKind.NEW_SERVICE

    @cached_property
    def version(self) -> Service | None:
        service = self.suggestion.service
        return None if service is None or self.is_new else version_to_change(service)

    @cached_property
    def draft(self):
        """(whether a draft of a published listing waits, who wrote it)."""
        if self.suggestion.service is None or self.is_new:
            return False, None
        return waiting_draft(self.suggestion.service)

    def get_form(self, data=None):
        if self.is_new:
            return NewServiceDecisionForm(data, suggestion=self.suggestion)
        return DecisionForm(data, suggestion=self.suggestion, version=self.version, waiting=self.draft[0])

    def get_page_subtitle(self):
        return subject_of(self.suggestion)

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("suggestions:index"), "label": _("Suggestions")},
            {"url": "", "label": _("Suggestion"), "sublabel": subject_of(self.suggestion)},
        ]

    def get_context_data(self, **kwargs):
        suggestion = self.suggestion
        service = suggestion.service
        is_open = suggestion.state == SuggestionState.OPEN
        form = kwargs.pop("form", None) or (self.get_form() if is_open else None)
        waiting, author = self.draft
        return super().get_context_data(
            suggestion=suggestion,
            reference=reference(suggestion.uuid),
            service=service,
            team=service.steward if service is not None else suggestion.steward,
            is_open=is_open,
            is_new=self.is_new,
            form=form,
            lines=form.lines if form is not None else lines_of(suggestion, self.version),
            draft_waits=waiting,
            draft_author=get_user_display_name(author) if author else "",
            has_sender=hasattr(suggestion, "sender"),
            reasons=[str(label) for code, label in ReportReason.choices if code in suggestion.reasons],
            edit_url=self._edit_url(),
            public_url=reverse("listing", kwargs={"uuid": service.uuid})
            if service is not None and is_listed(live=service.live, lifecycle=service.lifecycle)
            else "",
            list_url=reverse("suggestions:index"),
            others=others_say(suggestion) if is_open else [],
            found=self._known() if self.is_new and is_open else (),
            **kwargs,
        )

    def _known(self) -> list[dict]:
        """Listings that the suggested service may be already, as looks_like.html shows them."""
        values = {change["field"]: change["after"] for change in self.suggestion.changes}
        return as_shown(
            duplicates.candidates(
                values.get("name", ""),
                place_named(values.get("postcode", ""))["postcodes"][0] or "",
                re.split(r"[\n;,]| / ", values.get("phones", "")),
                organization=values.get("organization", ""),
                among=rights.visible(Service.objects.all(), self.request.user),
            )
        )

    def _edit_url(self) -> str:
        service = self.suggestion.service
        if service is None or not rights.may(self.request.user, "change", service):
            return ""
        return reverse(Service.snippet_viewset.get_url_name("edit"), args=[service.pk])

    def post(self, request, *args, **kwargs):
        if "unwanted" in request.POST:
            try:
                put_aside(suggestion=self.suggestion, by=request.user)
            except errors.AlreadyDecided:
                return self._again(_("Somebody decided about it meanwhile."))
            messages.success(request, _("Put aside as unwanted. It is deleted after some weeks."))
            return redirect("suggestions:index")
        form = self.get_form(request.POST)
        if not form.is_valid():
            messages.error(request, _("Nothing is decided yet: see below what is missing."))
            return self.render_to_response(self.get_context_data(form=form))
        try:
            return self._decided(form)
        except errors.AlreadyDecided:
            return self._again(_("Somebody decided about it meanwhile."))
        except errors.Outdated as refusal:
            return self._again(self._outdated(refusal))
        except errors.DraftOpen:
            form.add_error("into_draft" if "into_draft" in form.fields else None, self._draft_words())
        except errors.NotAccepted as refusal:
            name = f"value_{refusal.index}"
            form.add_error(name if name in form.fields else None, refusal.messages)
        except errors.PlaceOfOthers as refusal:
            form.add_error(
                None,
                _(
                    "The address of %(place)s cannot be changed from here: another team keeps it, it is locked, or a draft "
                    "of it waits. Correct it there, and choose “corrected by hand” here."
                )
                % {"place": refusal.place},
            )
        except errors.Locked as refusal:
            form.add_error(None, str(refusal) or _("The listing is locked."))
        except BadMessage:
            form.add_error("answer", _("The answer must not repeat the sender's e-mail address."))
        except CatalogueError as refusal:
            form.add_error(None, str(refusal))
        messages.error(request, _("Nothing is decided yet: see below what is missing."))
        return self.render_to_response(self.get_context_data(form=form))

    def _outdated(self, refusal: errors.Outdated) -> str:
        changes = self.suggestion.changes
        fields = dict.fromkeys(label_of(changes[index]["field"]) for index in refusal.indexes)
        return _("Changed by somebody else meanwhile: %(fields)s. Nothing was applied; look again.") % {
            "fields": ", ".join(fields)
        }

    def _draft_words(self) -> str:
        return _("A draft waits. Tick this to put what is accepted into it; it is published with the draft.")

    def _again(self, said: str):
        messages.warning(self.request, said)
        return redirect(self.request.path)

    def _decided(self, form):
        answer = form.cleaned_data["answer"]
        by = self.request.user
        if self.is_new and form.dealt_with:
            try:
                service = make_draft(suggestion=self.suggestion, by=by, answer=answer)
            except PermissionDenied:
                form.add_error(None, _("You write listings of no team: ask an editor to make the draft."))
                return self.render_to_response(self.get_context_data(form=form))
            messages.success(self.request, _("A draft is made of it. Complete it here, then publish it."))
            return redirect(Service.snippet_viewset.get_url_name("edit"), service.pk)
        if self.is_new:
            refuse_service(suggestion=self.suggestion, by=by, answer=answer)
            messages.success(self.request, _("Refused."))
            return redirect("suggestions:index")
        decided = decide(
            suggestion=self.suggestion,
            by=by,
            choices=form.choices(),
            answer=answer,
            into_draft=form.cleaned_data.get("into_draft", False),
            dealt_with=form.dealt_with,
        )
        messages.success(self.request, _in_words(decided))
        return redirect("suggestions:index")


def _in_words(decided: Decided) -> str:
    said = [_("Decided.")]
    if decided.applied:
        said = [
            _("Decided: the listing is corrected and published.")
            if decided.published
            else _("Decided: what was accepted stands in the draft, not yet in public.")
        ]
    if decided.shared:
        said.append(
            ngettext(
                "%(count)d other listing at the old address was not moved.",
                "%(count)d other listings at the old address were not moved.",
                decided.shared,
            )
            % {"count": decided.shared}
        )
    if decided.together:
        said.append(
            ngettext(
                "%(count)d other report of an agent is decided with it.",
                "%(count)d other reports of agents are decided with it.",
                decided.together,
            )
            % {"count": decided.together}
        )
    if decided.answered:
        said.append(_("The answer goes out by e-mail."))
    return " ".join(said)
