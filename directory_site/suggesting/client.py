"""Which address a request comes from, so that one sender can be slowed down. It is neither stored nor logged."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that the last of our proxies saw (TRUSTED_PROXIES); what stands before it anybody can write."""
    count = settings.TRUSTED_PROXIES
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if count and len(forwarded) >= count:
        return forwarded[-count].strip()
    return request.META.get("REMOTE_ADDR", "")
