"""Settings of a public server. They refuse to start on a missing, short or default secret."""

import os

from django.core.exceptions import ImproperlyConfigured

from sealing.key_check import check_keys

from .base import *  # noqa: F403
from .base import SEALING_HASH_KEY, SEALING_KEYS

DEBUG = False


def _required(name: str, why: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}")
    return value


SECRET_KEY = _required(
    "SECRET_KEY", "make one with `python -c 'import secrets; print(secrets.token_urlsafe(50))'`"
)
if (
    len(SECRET_KEY) < 50
    or len(set(SECRET_KEY)) < 12
    or "insecure" in SECRET_KEY.lower()
    or "changeme" in SECRET_KEY.lower()
):
    raise ImproperlyConfigured("SECRET_KEY is a default or too weak: it needs 50 random characters or more")

ALLOWED_HOSTS = [
    host.strip() for host in _required("ALLOWED_HOSTS", "the host names, separated by commas").split(",")
]
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS if host != "*"]
DEMONSTRATION = os.environ.get("DEMONSTRATION", "") == "1"

_required(
    "SEALING_KEYS", "keys for personal data, the newest first, separated by commas; see docs/operations.md"
)
_required("SEALING_HASH_KEY", "make one with `python -c 'import secrets; print(secrets.token_urlsafe(50))'`")
check_keys(SEALING_KEYS, SEALING_HASH_KEY)
# The console is no gateway here: a message nobody gets must not count as sent.
OUTBOX_GATEWAYS = {"email": "outbox.gateways.email.MailGateway"}
if _sms := os.environ.get("OUTBOX_SMS_GATEWAY", "").strip():
    OUTBOX_GATEWAYS["sms"] = _sms

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "1"))  # the one that speaks https
SECURE_SSL_REDIRECT = os.environ.get("SECURE_SSL_REDIRECT", "1") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
