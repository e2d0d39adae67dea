"""Nothing typed is lost, and nothing is overwritten unseen: what the catalogue's add and edit forms do beside Wagtail's.

Wagtail saves drafts by itself and shows who else has the form open. Its server refuses an outdated autosave but takes an
outdated save by button; here that is refused too, and the editor may then save over it knowingly.
"""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.models import EditingSession
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import PreviewSidePanel
from wagtail.admin.utils import get_user_display_name
from wagtail.snippets.views import snippets

from services.preview import grouped_modes
from services.publishing import NotPublishable

from .drafts import DraftForm, faults_in_words
from .reasons import Reasoned

HERE = timedelta(minutes=1)  # an open form tells of itself every ten seconds
IN_FLIGHT = timedelta(seconds=15)
NEWER_VERSION = "newer_version"
NAMED_FAULTS = 3  # how many the autosave names


class ReadersPreview(PreviewSidePanel):
    """Wagtail's preview, its modes grouped by reader: twelve in one row would be a riddle."""

    template_name = "services/admin/preview.html"

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        return context | {"grouped_modes": grouped_modes(self.object.PREVIEWED_BY)}


class Keeping:
    """For the add, copy and edit views: the autosave keeps what is half typed, and says by name what it cannot keep."""

    def is_valid(self, form):
        if self.expects_json_response and isinstance(form, DraftForm):
            form.keep_what_is_typed()
        valid = super().is_valid(form)
        if not valid and self.expects_json_response and self.produced_error_code == "validation_error":
            faults = faults_in_words(form)
            said = "; ".join(faults[:NAMED_FAULTS]) + (" …" if len(faults) > NAMED_FAULTS else "")
            self.produced_error_message = _("Not saved until this is right: %(faults)s") % {"faults": said}
        return valid

    def get_side_panels(self):
        panels = super().get_side_panels()
        return MediaContainer(
            [
                ReadersPreview(panel.object, self.request, preview_url=panel.preview_url)
                if type(panel) is PreviewSidePanel
                else panel
                for panel in panels
            ]
        )

    def publish_action(self):
        try:
            return super().publish_action()
        except NotPublishable as refusal:
            messages.error(
                self.request,
                _("Saved as a draft, not published. %(faults)s") % {"faults": refusal},
            )
            return redirect(self.get_edit_url())


class CreateView(Reasoned, Keeping, snippets.CreateView):
    pass


class EditView(Reasoned, Keeping, snippets.EditView):
    def get(self, request, *args, **kwargs):
        self._tell_who_is_here()
        self._tell_what_waits()
        return super().get(request, *args, **kwargs)

    def get_page_subtitle(self):
        return str(self.object)  # a version keeps its name in the language of whoever saved it

    def _tell_who_is_here(self) -> None:
        """Before a word is typed: who has the same form open now."""
        sessions = (
            EditingSession.objects.filter(
                content_type=ContentType.objects.get_for_model(self.model),
                object_id=self.object.pk,
                last_seen_at__gte=now() - HERE,
            )
            .exclude(user=self.request.user)
            .select_related("user")
        )
        names = sorted({get_user_display_name(session.user) for session in sessions})
        if names and not self.hydrate_create_view:
            messages.warning(
                self.request,
                _(
                    "%(names)s also has this form open now. Whoever saves last is told before anything is "
                    "overwritten; agree on who writes."
                )
                % {"names": ", ".join(names)},
            )

    def _tell_what_waits(self) -> None:
        """One press from the form to what a draft changes, field by field and in words."""
        if not (self.object.live and self.object.has_unpublished_changes) or self.hydrate_create_view:
            return
        address = self.model.snippet_viewset.get_url_name("revisions_compare")
        url = reverse(address, args=[self.object.pk, "live", "latest"])
        messages.info(
            self.request,
            _("This draft differs from what is published."),
            buttons=[messages.button(url, _("See what it changes"))],
        )

    @cached_property
    def is_out_of_date(self):
        """As Wagtail's; and an object that had no version when the form was opened has one now only by somebody else."""
        named = ("overwrite_revision_id", "loaded_revision_id")
        if self.latest_revision and not any(self.request.POST.get(name) for name in named):
            return True
        return super().is_out_of_date

    def is_valid(self, form):
        by_button = not self.expects_json_response and self.action != "cancel-workflow"
        if by_button and self.is_out_of_date and not self._is_ones_own_autosave():
            form.is_valid()  # so that it is shown again as it was typed
            self.produced_error_code = NEWER_VERSION
            self.produced_error_message = self._who_saved()
            return False
        return super().is_valid(form)

    def _is_ones_own_autosave(self) -> bool:
        """An autosave was still on its way when the button was pressed."""
        newer = self.latest_revision
        return newer.user_id == self.request.user.pk and newer.created_at > now() - IN_FLIGHT

    def _who_saved(self) -> str:
        newer = self.latest_revision
        return _(
            "Not saved: %(name)s saved a newer version at %(time)s. Your text is still here; open the latest version in "
            "another tab to compare. If you save again, yours becomes the latest, and theirs stays in the history."
        ) % {
            "name": get_user_display_name(newer.user) if newer.user else _("an import"),
            "time": f"{localtime(newer.created_at):%H:%M}",
        }

    def form_invalid(self, form):
        if getattr(self, "produced_error_code", None) == NEWER_VERSION:
            messages.error(
                self.request,
                self.produced_error_message,
                buttons=[messages.button(self.get_edit_url(), _("See the latest version"), new_window=True)],
            )
            self.produced_error_message = None  # said above, with its button
        return super().form_invalid(form)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if getattr(self, "produced_error_code", None) == NEWER_VERSION:
            context["autosave_enabled"] = False  # it would overwrite at once what the editor is asked about
        return context


class WorkflowActionView(snippets.WorkflowActionView):
    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except NotPublishable as refusal:
            messages.error(request, _("Not published. %(faults)s") % {"faults": refusal})
            if request.headers.get("x-requested-with") == "XMLHttpRequest":
                return self.render_modal_json(request, {"step": "success", "redirect": self.redirect_url})
            return redirect(self.redirect_url)
