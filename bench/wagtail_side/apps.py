"""The listings' texts once more, as Wagtail's own database search would index them; installed for measurements only."""

from pathlib import Path

from django.apps import AppConfig


class WagtailSideConfig(AppConfig):
    name = "bench.wagtail_side"
    label = "wagtail_side"
    path = str(Path(__file__).parent)
    default_auto_field = "django.db.models.BigAutoField"
