"""A membership gives its user the group of its role, and takes it back when it ends; both are in the audit record."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.signals import post_delete, post_init, post_save

from audit.actions import record

from .models import Membership, User


def _remember(sender, instance, **kwargs) -> None:
    """What the row said when it was read, so that a change of role takes the old one back."""
    state = instance.__dict__
    instance.granted = (state.get("user_id"), state.get("role")) if instance.pk else None


def _grant(sender, instance, raw=False, **kwargs) -> None:
    if raw:
        return
    now = (instance.user_id, instance.role)
    if instance.granted != now:
        with transaction.atomic():
            if instance.granted:
                _withdraw(*instance.granted)
            _group(instance.role).user_set.add(instance.user_id)
            record(
                action="membership.granted",
                object_kind="user",
                object_id=instance.user_id,
                detail={"team": instance.team.code, "role": instance.role},
            )
    instance.granted = now


def _end(sender, instance, **kwargs) -> None:
    with transaction.atomic():
        _withdraw(instance.user_id, instance.role)
        record(
            action="membership.ended",
            object_kind="user",
            object_id=instance.user_id,
            detail={"role": instance.role},
        )


def _withdraw(user_id: int, role: str) -> None:
    """Unless another membership still gives this role."""
    if not Membership.objects.filter(user=user_id, role=role).exists():
        _group(role).user_set.remove(*User.objects.filter(pk=user_id))


def _group(role: str) -> Group:
    return Group.objects.get_or_create(name=role)[0]


def connect() -> None:
    """Called once by the app's ready()."""
    for signal, listener in ((post_init, _remember), (post_save, _grant), (post_delete, _end)):
        signal.connect(listener, sender=Membership, dispatch_uid=f"accounts.groups.{listener.__name__}")
