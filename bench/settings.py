"""Settings of the measurements: as in production (no debug), on a database of their own."""

import os
from pathlib import Path

from directory_site.settings.base import *  # noqa: F403
from directory_site.settings.base import BASE_DIR, INSTALLED_APPS, STORAGES_DEV, databases

VAR_DIR = Path(os.environ.get("DIRECTORY_VAR", BASE_DIR / "var" / "bench" / "work"))
DATABASES = databases("directory.sqlite3")
DATABASES["default"]["NAME"] = str(VAR_DIR / "directory.sqlite3")
SEARCH_INDEX_DIR = VAR_DIR / "index"
SEARCH_URL = ""
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = VAR_DIR / "media"
SECRET_KEY = "only-for-measurements-" + "x" * 40
ALLOWED_HOSTS = ["testserver", "localhost"]
STORAGES = STORAGES_DEV
INSTALLED_APPS = [*INSTALLED_APPS, "bench.wagtail_side.apps.WagtailSideConfig"]
