from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = _("Referrals")

    def ready(self) -> None:
        from outbox import kinds

        from .actions.details import KIND

        kinds.register(KIND, _("Details of a service, for a person"))
