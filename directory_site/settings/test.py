"""Settings of the tests: a throw-away var/, quick password hashing, no demo accounts unless a test asks."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DIRECTORY_VAR", tempfile.mkdtemp(prefix="directory-test-"))

from .base import *  # noqa: F403
from .base import BASE_DIR, STORAGES_DEV, TEMPLATES, VAR_DIR, databases

SECRET_KEY = "only-for-tests-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES = databases("test.sqlite3")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES_DEV
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
SEARCH_INDEX_DIR = VAR_DIR / "index"
MEDIA_ROOT = Path(VAR_DIR) / "media"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SEARCH_URL = ""
# Tests sign in as anybody without a phone; tests/accounts switches it on. The check that refuses this is tested there.
SECOND_FACTOR_REQUIRED = False
SILENCED_SYSTEM_CHECKS = ["accounts.E001"]
SEALING_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
SEALING_HASH_KEY = "only-for-tests-" + "x" * 50
TASKS = {  # what is put into the background is done at once
    name: {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
    for name in ("default", "background")
}
FIXTURES = BASE_DIR / "fixtures"
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""
