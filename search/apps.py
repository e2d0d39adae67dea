from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from . import checks, concept_terms, concepts, following, indexing  # noqa: F401  (checks register themselves)

        indexing.connect()
        following.connect()
        concepts.connect()
        concept_terms.connect()
