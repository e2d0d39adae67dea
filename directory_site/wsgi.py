"""The WSGI application; `gunicorn directory_site.wsgi` in production."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory_site.settings.production")
application = get_wsgi_application()
