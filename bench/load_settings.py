"""The production settings, on plain http and with one more address: a view that answers constant JSON."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-measurements-abcdefghijklmnopqrstuvwxyz-0123456789")
os.environ.setdefault("SEALING_KEYS", "b25seS1mb3ItbWVhc3VyZW1lbnRzLTAxMjM0NTY3ODk=")
os.environ.setdefault("SEALING_HASH_KEY", "only-for-measurements-abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1")
os.environ.setdefault("SECURE_SSL_REDIRECT", "0")

from directory_site.settings.production import *  # noqa: F403

ROOT_URLCONF = "bench.load_urls"
