"""The menu entry "Translations" and its addresses."""

from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from services import rights
from services.translating.selectors import PERMISSION

from .board import BoardView, IndexView, ProposeView
from .files import ExportView, FileView, ImportView
from .page import TranslateView


class TranslationsViewSet(ViewSet):
    name = "translations"
    url_prefix = "catalogue/translations"
    icon = "globe"
    menu_label = _("Translations")

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(IndexView), name="index"),
            path("import/", self.construct_view(ImportView), name="import"),
            path("import/<uuid:uuid>/", self.construct_view(FileView), name="file"),
            path("<str:language>/", self.construct_view(BoardView), name="board"),
            path(
                "<str:language>/results/", self.construct_view(BoardView, results_only=True), name="results"
            ),
            path("<str:language>/export/<str:kind>/", self.construct_view(ExportView), name="export"),
            path("<str:language>/propose/", self.construct_view(ProposeView), name="propose"),
            path("<str:language>/<int:pk>/", self.construct_view(TranslateView), name="translate"),
        ]

    @cached_property
    def menu_item_class(self):
        def is_shown(_self, request):
            return rights.holds_anywhere(request.user, PERMISSION)

        return type("TranslationsMenuItem", (MenuItem,), {"is_shown": is_shown})
