"""The addresses of imports and their place in the directory's menu."""

from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from services.imports import rights

from . import views


class ImportViewSet(ViewSet):
    name = "services_imports"
    url_prefix = "catalogue/import"
    icon = "upload"
    menu_label = _("Imports")

    def get_urlpatterns(self):
        return [
            path("", views.IndexView.as_view(), name="index"),
            path("add/", views.AddView.as_view(), name="add"),
            path("<int:pk>/", views.RunView.as_view(), name="run"),
            path("<int:pk>/apply/", views.ApplyView.as_view(), name="apply"),
            path("<int:pk>/decide/", views.DecideView.as_view(), name="decide"),
            path("<int:pk>/go-on/", views.GoOnView.as_view(), name="go_on"),
            path("<int:pk>/discard/", views.DiscardView.as_view(), name="discard"),
            path("<int:pk>/undo/", views.UndoView.as_view(), name="undo"),
            path("<int:pk>/refused.csv", views.RefusedView.as_view(), name="refused"),
        ]

    @cached_property
    def menu_item_class(self):
        return type(
            "ImportMenuItem",
            (MenuItem,),
            {"is_shown": lambda _self, request: rights.may_import(request.user)},
        )
