from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SealingConfig(AppConfig):
    name = "sealing"
    verbose_name = "Sealing"

    def ready(self) -> None:
        from . import checks, proof  # noqa: F401  (checks register themselves)

        post_migrate.connect(proof.after_migrate, sender=self, dispatch_uid="sealing.proof")
