"""What a user may do with one catalogue object: the roles in the team that stewards it decide (accounts.roles).

Wagtail asks the policy below wherever it asks for permissions. Most of its views ask about the model, not about the
object before them; `about()` tells the policy which object a request is about, so that such a question is answered for
that object and not for another team's. services.admin.gate sets it for every address that names an object.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

from accounts.selectors import holds_in, teams_where

_about: ContextVar[object | None] = ContextVar("object_of_the_request", default=None)


def stewarded_models() -> tuple:
    """The models whose objects a team stewards."""
    from .models import Location, Organization, Service

    return (Service, Organization, Location)


def permission_name(action: str, model) -> str:
    """("publish", Service) → "services.publish_service"."""
    return f"{model._meta.app_label}.{action}_{model._meta.model_name}"


def holds(user, permission: str, obj) -> bool:
    """Whether the user holds a permission (`services.verify_service` …) over this object of its team."""
    return holds_in(user, permission, obj.steward_id)


def may(user, action: str, obj) -> bool:
    """Whether the user may "view", "change", "publish", "delete", "lock", "unlock" or "add" (copy) this object.

    Everybody who works here reads what is published; a draft is seen by its own team.
    """
    if action == "view":
        return sees(user, obj)
    return holds(user, permission_name(action, type(obj)), obj)


def sees(user, obj) -> bool:
    name = permission_name("view", type(obj))
    return holds(user, name, obj) or (obj.live and holds_anywhere(user, name))


def sees_draft(user, obj) -> bool:
    """Whether the user may read what is not published of it: drafts, versions, who is editing."""
    return holds(user, permission_name("change", type(obj)), obj)


def holds_anywhere(user, permission: str) -> bool:
    teams = teams_where(user, permission)
    return teams is None or bool(teams)


def within(queryset: QuerySet, user, permission: str) -> QuerySet:
    """The rows over which the user holds this permission, by the team in charge."""
    teams = teams_where(user, permission)
    return queryset if teams is None else queryset.filter(steward__in=teams)


def visible(queryset: QuerySet, user) -> QuerySet:
    """The rows this user may read: what is published, and all of the own teams."""
    model = queryset.model
    if not holds_anywhere(user, permission_name("view", model)):
        return queryset.none()
    teams = teams_where(user, permission_name("change", model))
    return queryset if teams is None else queryset.filter(Q(live=True) | Q(steward__in=teams))


def teams_writing(user, model) -> list:
    """The teams for which the user may add objects of this model, by name."""
    from accounts.models import Team

    teams = teams_where(user, permission_name("add", model))
    found = Team.objects.order_by("name")
    return list(found if teams is None else found.filter(pk__in=teams))


def home_team(user, model):
    """The team for which the user adds objects when there is one only; None: nobody knows before the user says."""
    teams = teams_writing(user, model)
    return teams[0] if len(teams) == 1 else None


@contextmanager
def about(obj) -> Iterator[None]:
    """While inside, questions about the model are answered for this object."""
    token = _about.set(obj)
    try:
        yield
    finally:
        _about.reset(token)


def held_here(user, permission: str) -> bool:
    """Whether a permission that the user holds somewhere is held over the object this request is about, if any."""
    obj = _about.get()
    if obj is None or not permission.endswith(f"_{obj._meta.model_name}"):
        return True
    action = permission.split(".")[-1].removesuffix(f"_{obj._meta.model_name}")
    return may(user, action, obj)


class TeamPermissionPolicy(ModelPermissionPolicy):
    """Answers Wagtail's questions about services, organisations and places."""

    def user_has_permission(self, user, action):
        obj = _about.get()
        if isinstance(obj, self.model):
            return self.user_has_permission_for_instance(user, action, obj)
        return holds_anywhere(user, permission_name(action, self.model))

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user, action, instance):
        if instance.pk is None:  # an object in the making
            return holds_anywhere(user, permission_name(action, self.model))
        return may(user, action, instance)

    def user_has_any_permission_for_instance(self, user, actions, instance):
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user, actions):
        found = self.model.objects.none()
        for action in actions:
            if action == "view":
                found = found | visible(self.model.objects.all(), user)
            else:
                found = found | within(self.model.objects.all(), user, permission_name(action, self.model))
        return found

    def users_with_any_permission(self, actions):
        """Users who hold it in some team: for notifications, which ask again for the object."""
        from accounts.roles import ROLES

        names = {permission_name(action, self.model) for action in actions}
        roles = [role.code for role in ROLES if names & role.permissions]
        return (
            get_user_model()
            .objects.filter(is_active=True)
            .filter(Q(is_superuser=True) | Q(memberships__role__in=roles))
            .distinct()
        )

    def users_with_any_permission_for_instance(self, actions, instance):
        from accounts.roles import EVERYWHERE, ROLES

        names = {permission_name(action, self.model) for action in actions}
        roles = [role.code for role in ROLES if names & role.permissions]
        held = Q(memberships__role__in=roles) & (
            Q(memberships__team=instance.steward_id) | Q(memberships__role__in=EVERYWHERE)
        )
        return get_user_model().objects.filter(is_active=True).filter(Q(is_superuser=True) | held).distinct()
