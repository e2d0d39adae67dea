from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from . import changes, rights
        from .admin import comparison

        changes.connect()
        comparison.register()
        from .models import ServiceTemplate

        for model in (*rights.stewarded_models(), ServiceTemplate):
            register_permission_policy(model, rights.TeamPermissionPolicy(model))
