"""Settings of `make run`: debug pages, demo accounts, a key made on this machine."""

import os
from base64 import urlsafe_b64encode
from collections.abc import Callable

from django.core.management.utils import get_random_secret_key

from .base import *  # noqa: F403
from .base import SEALING_HASH_KEY, SEALING_KEYS, STORAGES_DEV, VAR_DIR

DEBUG = True
DEMONSTRATION = True
# Demo accounts exist here only: accounts.actions.create_demo_accounts refuses elsewhere.
DEMO_ACCOUNTS = True
# Their passwords are on the first page, and no phone goes with them. Whoever sets a second step up is asked for it.
SECOND_FACTOR_REQUIRED = os.environ.get("SECOND_FACTOR_REQUIRED", "") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]


def _local_secret(name: str, make: Callable[[], str]) -> str:
    """A secret of this checkout, kept in var/ so that sessions and sealed texts outlive a restart.

    Two processes that start at once, or one that is killed in between, leave one whole secret.
    """
    path = VAR_DIR / name
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text()


SECRET_KEY = _local_secret("secret_key", get_random_secret_key)
SEALING_KEYS = SEALING_KEYS or [
    _local_secret("sealing_key", lambda: urlsafe_b64encode(os.urandom(32)).decode())
]
SEALING_HASH_KEY = SEALING_HASH_KEY or _local_secret("sealing_hash_key", get_random_secret_key)
STORAGES = STORAGES_DEV
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
if "EMAIL_HOST" not in os.environ:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
