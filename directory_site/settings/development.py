"""Settings of `make run`: debug pages, demo accounts, a key made on this machine."""

from django.core.management.utils import get_random_secret_key

from .base import *  # noqa: F403
from .base import STORAGES_DEV, VAR_DIR

DEBUG = True
DEMONSTRATION = True
# Demo accounts exist here only: accounts.actions.create_demo_accounts refuses elsewhere.
DEMO_ACCOUNTS = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]


def _local_secret_key() -> str:
    """A key of this checkout, kept in var/ so that sessions outlive a restart."""
    path = VAR_DIR / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        path.write_text(get_random_secret_key())
        path.chmod(0o600)
        return path.read_text()


SECRET_KEY = _local_secret_key()
STORAGES = STORAGES_DEV
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
