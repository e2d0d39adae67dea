from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from outbox import kinds

        from . import changes, checks, rights  # noqa: F401  registers the checks
        from .admin import comparison
        from .care import following as care
        from .models import ServiceTemplate
        from .translating import following as translating

        changes.connect()
        care.connect()
        translating.connect()
        comparison.register()
        kinds.register("verification", _("Question to an organisation: is this still correct?"))
        kinds.register("verification_digest", _("To a team: who has not answered"))
        kinds.register("suggestion_answer", _("Answer to a suggestion"))
        for model in (*rights.stewarded_models(), ServiceTemplate):
            register_permission_policy(model, rights.TeamPermissionPolicy(model))
