"""Terms of the tables editors maintain: needs (two levels), kinds of organisation, audiences."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from services.codes import Taxonomy

from .base import Recorded


class TaxonomyTerm(Recorded):
    """An HSDS taxonomy term. A retired code keeps resolving, through `replaced_by`."""

    taxonomy = models.CharField(_("table"), max_length=30, choices=Taxonomy.choices)
    code = models.SlugField(_("code"), max_length=60, help_text=_("English, snake_case, never changed"))
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    icon = models.SlugField(_("icon"), max_length=40, blank=True)
    sort_order = models.PositiveIntegerField(_("order"), default=0)
    retired = models.BooleanField(_("retired"), default=False)
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )

    class Meta:
        verbose_name = _("taxonomy term")
        verbose_name_plural = _("taxonomy terms")
        ordering = ["taxonomy", "sort_order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["taxonomy", "code"], name="a_code_means_one_thing_in_a_taxonomy")
        ]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self):
        super().clean()
        if not any(getattr(self, f"name_{code}", None) for code, _label in settings.LANGUAGES):
            message = _("A name is needed, in one language at least.")
            raise ValidationError({f"name_{settings.LANGUAGES[0][0]}": message})
        for field in ("parent", "replaced_by"):
            other = getattr(self, field)
            if other is not None and (other.taxonomy != self.taxonomy or other.pk == self.pk):
                raise ValidationError({field: _("Choose another term, of the same table.")})
        if self.replaced_by is not None and self.replaced_by.retired:
            raise ValidationError(
                {"replaced_by": _("The term you chose is retired: choose one that is in use.")}
            )
        if self.parent is not None and self.parent.retired and not self.retired:
            raise ValidationError({"parent": _("The term you chose is retired: choose one that is in use.")})
        if self.parent is not None and (self.parent.parent_id is not None or self._has_children()):
            raise ValidationError({"parent": _("Terms have two levels: a part has no parts of its own.")})

    def _has_children(self) -> bool:
        return self.pk is not None and self.children.exists()
