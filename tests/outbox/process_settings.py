"""The test settings for processes that tests start: mail goes to the server in MAIL_PORT, leases are short."""

import os

from directory_site.settings.test import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("MAIL_PORT", "1"))
EMAIL_TIMEOUT = 5
OUTBOX_LEASE_SECONDS = float(os.environ.get("LEASE", "300"))
if "TEST_SEALING_KEYS" in os.environ:
    SEALING_KEYS = os.environ["TEST_SEALING_KEYS"].split(",")
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "background": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}
