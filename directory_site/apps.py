from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectorySiteConfig(AppConfig):
    name = "directory_site"
    verbose_name = _("Site")

    def ready(self) -> None:
        from services import preview

        preview.set_renderer(_render_preview)


def _render_preview(request, obj, reader):
    """The views are imported at the first preview: their models are ready only then."""
    from .preview import render_preview

    return render_preview(request, obj, reader)
