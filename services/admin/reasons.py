"""Why something was changed: asked in the form, kept in the audit record and shown in the history."""

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as wagtail_word  # in its own catalogues
from wagtail import hooks
from wagtail.log_actions import LogFormatter
from wagtail.models import ModelLogEntry

from audit.actor import telling

FIELD = "change_reason"
WITH_REASON = {
    "wagtail.create": (wagtail_word("Create"), wagtail_word("Created")),
    "wagtail.edit": (wagtail_word("Edit"), wagtail_word("Edited")),
}


def changed_fields(form) -> list[str]:
    """Names of the fields and lists of parts that differ from what the form was opened with."""
    names = [name for name in form.changed_data if name != FIELD]
    return names + [name for name, formset in form.formsets.items() if formset.has_changed()]


class Reasoned:
    """For add and edit views: every audit entry of the save says which fields and why, in its transaction."""

    def form_valid(self, form):
        reason = form.cleaned_data.get(FIELD, "")
        with telling(reason=reason, fields=changed_fields(form)):
            answer = super().form_valid(form)
        if reason:
            self._tell_the_history(reason)
        return answer

    def _tell_the_history(self, reason: str) -> None:
        entry = (
            ModelLogEntry.objects.filter(
                content_type=ContentType.objects.get_for_model(self.model),
                object_id=str(self.object.pk),
                user=self.request.user,
                action__in=WITH_REASON,
            )
            .order_by("-timestamp", "-pk")
            .first()
        )
        if entry is not None:
            entry.data = {**(entry.data or {}), "comment": reason}
            entry.save(update_fields=["data"])


class _WithReason(LogFormatter):
    def format_comment(self, log_entry):
        return (log_entry.data or {}).get("comment", "")


@hooks.register("register_log_actions", order=100)
def actions_with_reasons(actions):
    """Wagtail's own actions, whose line in the history also says why."""
    for name, (label, message) in WITH_REASON.items():
        offered = list(actions.choices)
        actions.register_action(name)(
            type("WithReason", (_WithReason,), {"label": label, "message": message})
        )
        actions.choices[:] = offered  # it stands there already
