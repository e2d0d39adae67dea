"""Reads for those who verify: what was found before, what is next, which questions are open."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localdate

from services import rights
from services.models import ListingCare, Service, Verification

from . import rules

PERMISSION = "services.verify_service"


def history(service: Service, most: int = 10) -> list[Verification]:
    """The last verifications, the newest first."""
    return list(service.verifications.select_related("by")[:most])


def results(service: Service) -> list[str]:
    """Results of the last calls that decide what is proposed, the newest first."""
    return list(service.verifications.values_list("result", flat=True)[: rules.TRIES])


def to_verify(user) -> QuerySet:
    """Rows of the listings that this user's teams should verify now, the most urgent first."""
    rows = ListingCare.objects.filter(urgency__gt=0).order_by("-urgency", "pk")
    return rights.within(rows, user, PERMISSION)


def next_to_verify(user, *, after: Service) -> int | None:
    """Primary key of the most urgent other listing that nobody tried today; None: all done."""
    tried = Verification.objects.filter(service=OuterRef("pk"), at__date=localdate())
    rows = to_verify(user).exclude(pk=after.pk).filter(~Exists(tried))
    return rows.values_list("pk", flat=True).first()
