"""Keeps the care of listings up to date: after each commit, from time to time, and with what is no catalogue object."""

import logging

from django.db import DatabaseError
from django.db.models.signals import post_save

from services import changes

from . import actions

log = logging.getLogger(__name__)


def catch_up() -> int:
    """For the scheduler, every minute: what requests left, and what other processes wrote. Returns what is left: 0."""
    return actions.follow()


def nightly() -> int:
    """For the scheduler, once a day: listings grow older without a change. Returns how many were recomputed."""
    actions.ensure()
    actions.follow()
    return actions.refresh()


def _after_commit(sender, **kwargs) -> None:
    """The change is committed: whatever happens here, its author is not told of an error. The scheduler comes by."""
    try:
        actions.follow(quick=True)
    except DatabaseError as error:
        log.warning("the care of listings is followed later: %s", type(error).__name__)


def _of_listing(sender, instance, raw: bool = False, **kwargs) -> None:
    """A suggestion, verification or question was written, in whose transaction this is."""
    if instance.service_id is not None and not raw:
        actions.refresh([instance.service_id])


def connect() -> None:
    """Called once by the app's ready()."""
    from services.models import Suggestion, Verification, VerificationRequest

    changes.committed.connect(_after_commit, dispatch_uid="care_follows")
    for model in (Suggestion, Verification, VerificationRequest):
        # Not on deletion: a cascade from the listing would write the row that is going. The night takes care of it.
        post_save.connect(_of_listing, sender=model, dispatch_uid=f"care_of_{model._meta.model_name}")
