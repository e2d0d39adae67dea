"""Settings of the measurements: as in production (no debug), on a database and an index of their own."""

from directory_site.settings.base import *  # noqa: F403
from directory_site.settings.base import INSTALLED_APPS, STORAGES_DEV

SECRET_KEY = "only-for-measurements-" + "x" * 40
# As in load_settings: the same database is served.
SEALING_KEYS = ["b25seS1mb3ItbWVhc3VyZW1lbnRzLTAxMjM0NTY3ODk="]
SEALING_HASH_KEY = "only-for-measurements-abcdefghijklmnopqrstuvwxyz"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STORAGES = STORAGES_DEV
INSTALLED_APPS = [*INSTALLED_APPS, "bench.wagtail_side.apps.WagtailSideConfig"]
