"""The WSGI application; `gunicorn directory_site.wsgi` in production. It refuses to start on a wrong key for personal data."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory_site.settings.production")
application = get_wsgi_application()

# Only now can the database be asked.
from django.db import connections  # noqa: E402

from sealing.proof import require_right_keys  # noqa: E402

require_right_keys()
connections.close_all()  # the server forks its workers from here
