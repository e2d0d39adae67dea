from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = _("Referrals")

    def ready(self) -> None:
        from outbox import kinds
        from sealing import rehashing

        from .actions import details, persons, transmitting

        kinds.register(details.KIND, _("Details of a service, for a person"))
        kinds.register(transmitting.KIND, _("Request for help, to a service"))
        rehashing.register("referrals.PersonPhone.number_hash", persons.hash_phones_anew)
