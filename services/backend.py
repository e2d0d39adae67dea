"""Django's permissions, answered for the catalogue object that a request is about (services.rights.about)."""

from django.contrib.auth.backends import ModelBackend

from . import rights


class TeamBackend(ModelBackend):
    """As Django's own, but "may publish services" asked before one service means that service.

    Some of Wagtail's buttons ask the user and not the permission policy; both give the same answer.
    """

    def has_perm(self, user_obj, perm, obj=None):
        held = super().has_perm(user_obj, perm, obj)
        return held and rights.held_here(user_obj, perm)
