"""The tables of the desk. Every person's object belongs to one team, and is read through referrals.selectors only."""

from .access import AccessRow, Opening
from .call import Call, Need
from .follow_up import FollowUp
from .keys import IdempotencyKey
from .orientation import Orientation, OrientationEvent
from .person import Consent, Person, PersonIdentity, PersonPhone
from .retention import DeletionRecord, MonthlyBarrier, MonthlyCount, RetentionRun
from .transmitted import TransmittedFile

__all__ = [
    "AccessRow",
    "Call",
    "Consent",
    "DeletionRecord",
    "FollowUp",
    "IdempotencyKey",
    "MonthlyBarrier",
    "MonthlyCount",
    "Need",
    "Opening",
    "Orientation",
    "OrientationEvent",
    "Person",
    "PersonIdentity",
    "PersonPhone",
    "RetentionRun",
    "TransmittedFile",
]
