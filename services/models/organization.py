"""Organizations: who offers services."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from services.codes import Taxonomy

from .base import Listed


class Organization(Listed):
    """HSDS organization."""

    name = models.CharField(_("name"), max_length=200)
    alternate_name = models.CharField(
        _("other names"), max_length=400, blank=True, help_text=_("separated by ;")
    )
    description = models.TextField(_("description"), blank=True)
    organisation_type = models.ForeignKey(
        "services.TaxonomyTerm",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"taxonomy": Taxonomy.ORGANISATION_TYPE},
        related_name="organizations",
        verbose_name=_("kind of organisation"),
    )
    parent_organization = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("part of"),
    )
    website = models.URLField(_("website"), max_length=500, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    ask_by_email = models.BooleanField(
        _("may be asked by e-mail"),
        default=True,
        help_text=_("Whether it receives “is this still correct?” from time to time."),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name or str(self.uuid)
