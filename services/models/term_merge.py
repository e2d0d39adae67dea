"""One term merged into another, with all that had it: what is needed to take the merge back."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from services.codes import Taxonomy

from .taxonomy import TaxonomyTerm


class TermMerge(models.Model):
    """`old` became `new`. Written once, by services.terms.merging; `undone_at` when it was taken back."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    taxonomy = models.CharField(_("table"), max_length=30, choices=Taxonomy.choices)
    old = models.ForeignKey(
        TaxonomyTerm, on_delete=models.PROTECT, related_name="merges_away", verbose_name=_("merged")
    )
    new = models.ForeignKey(
        TaxonomyTerm, on_delete=models.PROTECT, related_name="merges_here", verbose_name=_("into")
    )
    # The end of the merge: a version of a listing that is newer was made by somebody who saw the new term.
    at = models.DateTimeField(_("date"), db_index=True)
    actor_id = models.BigIntegerField(null=True)  # by value, as in the audit record
    actor_label = models.CharField(_("by"), max_length=150)
    counts = models.JSONField(default=dict, help_text="kind of use → how many: TermUse.kind")
    children = models.JSONField(default=list, help_text="keys of the terms that were part of `old`")
    followers = models.JSONField(default=list, help_text="keys of retired terms that `old` had replaced")
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    undone_by = models.CharField(_("taken back by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("merge of terms")
        verbose_name_plural = _("merges of terms")
        ordering = ["-at", "-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(old=models.F("new")), name="a_term_is_merged_into_another"
            )
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class TermUse(models.Model):
    """One object that had the old term. `kept`: what the merge would otherwise have lost, by kind of use."""

    merge = models.ForeignKey(TermMerge, on_delete=models.CASCADE, related_name="uses")
    kind = models.CharField(max_length=20, help_text="services.terms.uses: Use.kind")
    object_pk = models.BigIntegerField()
    kept = models.JSONField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["merge", "kind", "object_pk"], name="term_use_by_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_pk}"
