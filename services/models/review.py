"""The step of Wagtail's review workflow that is done by the reviewers of the team in charge."""

from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

PERMISSION = "services.lock_service"  # held by who reviews: accounts.roles, right "review"


class TeamReviewTask(Task):
    """Approved by those who review for the object's own team; objects of other teams are not theirs to see."""

    def _reviews(self, user, obj) -> bool:
        from services.rights import holds

        return holds(user, PERMISSION, obj)

    def user_can_access_editor(self, obj, user):
        return self._reviews(user, obj)

    def locked_for_user(self, obj, user):
        return not self._reviews(user, obj)

    def user_can_lock(self, obj, user):
        return self._reviews(user, obj)

    def user_can_unlock(self, obj, user):
        return self._reviews(user, obj)

    def get_actions(self, obj, user):
        if not self._reviews(user, obj):
            return []
        return [
            ("reject", _("Request changes"), True),
            ("approve", _("Approve"), False),
            ("approve", _("Approve with comment"), True),
        ]

    def get_task_states_user_can_moderate(self, user, **kwargs):
        """In progress, of objects that the user's teams steward: one query by model, whatever their number."""
        from django.contrib.contenttypes.models import ContentType
        from django.db.models import CharField, Q
        from django.db.models.functions import Cast

        from accounts.selectors import teams_where
        from services.rights import stewarded_models

        states = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        teams = teams_where(user, PERMISSION)
        if teams is None:
            return states
        own = Q(pk__in=[])
        for model in stewarded_models():
            pks = (
                model.objects.filter(steward__in=teams)
                .annotate(key=Cast("pk", CharField()))
                .values_list("key", flat=True)
            )
            own |= Q(
                workflow_state__content_type=ContentType.objects.get_for_model(model),
                workflow_state__object_id__in=pks,
            )
        return states.filter(own)

    @classmethod
    def get_description(cls):
        return _("Reviewers of the team in charge approve what is sent for review")

    class Meta:
        verbose_name = _("review by the team in charge")
        verbose_name_plural = _("reviews by the team in charge")
