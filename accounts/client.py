"""Which address a request comes from, so that one sender can be slowed down."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  (no socket is bound: what stands where a connection has no address)


def client_address(request: HttpRequest) -> str:
    """The address that the last of our proxies saw (TRUSTED_PROXIES); what stands before it anybody can write."""
    count = settings.TRUSTED_PROXIES
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if count and len(forwarded) >= count:
        return forwarded[-count].strip()
    return request.META.get("REMOTE_ADDR", "")


def client_network(request: HttpRequest) -> str:
    """What failures are counted by: an IPv4 address, or the /64 of an IPv6 one, which is one household's or firm's.

    Text that is no address (a proxy that adds a port, a socket without one) counts as UNKNOWN, not as somebody new.
    """
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False).network_address)
    return str(address)
