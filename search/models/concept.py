"""A thing people ask for, with the words for it in each language: official names, acronyms, and what callers say."""

import uuid

from django.contrib.admin import display
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.log_actions import LogContext
from wagtail.models import RevisionMixin

from audit import actions as audit
from services.codes import Taxonomy
from services.terms.versions import with_successors

from .phrases import COLUMN_OF, LABELS, check, phrases, tidy

# Of the table, in the order of the form. One more: four columns here and `makemigrations`.
LANGUAGES = ("fr", "nl", "en", "de")
WORD_COLUMNS = tuple(f"{column}_{language}" for language in LANGUAGES for column in COLUMN_OF.values())
TERM_FIELDS = {
    "needs": Taxonomy.NEED,
    "organisation_types": Taxonomy.ORGANISATION_TYPE,
    "audiences": Taxonomy.AUDIENCE,
}


class UnrecordedWrite(Exception):
    """A write that would change what the search understands without a version or an audit row."""


class ConceptsVersion(models.Model):
    """The one row that says which state of the concepts is in the database; it changes with every write of them.

    A token, not a number: a number that was read in a transaction which is rolled back would come again with another
    meaning.
    """

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token

    @classmethod
    def renew(cls) -> None:
        """In the transaction of the write it tells of."""
        cls.objects.update_or_create(pk=1, defaults={"token": uuid.uuid4().hex})


class ConceptQuerySet(models.QuerySet):
    """Refuses what would pass by `Concept.save`; deletes are recorded through their signal. See search.actions."""

    def update(self, **kwargs):
        raise UnrecordedWrite(
            "Concept.objects.update() would be neither versioned nor recorded: save the concepts"
        )

    def bulk_create(self, *args, **kwargs):
        raise UnrecordedWrite(
            "Concept.objects.bulk_create() would not be recorded: search.actions.load_concepts"
        )


def _terms(label, related_name: str, taxonomy: str) -> ParentalManyToManyField:
    return ParentalManyToManyField(
        "services.TaxonomyTerm",
        blank=True,
        verbose_name=label,
        related_name=related_name,
        limit_choices_to={"taxonomy": taxonomy},
    )


def _words(kind: str, language: str) -> models.TextField:
    return models.TextField(format_lazy("{} ({})", LABELS[kind], language), blank=True, default="")


class Concept(RevisionMixin, ClusterableModel):
    """What words mean, as the search understands them; editors maintain it, each write is a version of the table."""

    code = models.SlugField(
        _("code"), max_length=60, unique=True, help_text=_("English, with hyphens, never changed: food-aid")
    )
    needs = _terms(_("needs it leads to"), "concepts_of_need", Taxonomy.NEED)
    organisation_types = _terms(
        _("kinds of organisation it leads to"), "concepts_of_type", Taxonomy.ORGANISATION_TYPE
    )
    audiences = _terms(_("audiences it speaks of"), "concepts_of_audience", Taxonomy.AUDIENCE)
    names_fr = _words("name", "fr")
    acronyms_fr = _words("acronym", "fr")
    lay_fr = _words("lay", "fr")
    names_nl = _words("name", "nl")
    acronyms_nl = _words("acronym", "nl")
    lay_nl = _words("lay", "nl")
    names_en = _words("name", "en")
    acronyms_en = _words("acronym", "en")
    lay_en = _words("lay", "en")
    names_de = _words("name", "de")
    acronyms_de = _words("acronym", "de")
    lay_de = _words("lay", "de")
    counterpart_only = models.BooleanField(
        _("the other languages name a counterpart"),
        default=False,
        help_text=_(
            "CASG and CAW do the same under other rules: a search for one does not look for the other's name."
        ),
    )
    note = models.TextField(_("note for editors"), blank=True)
    active = models.BooleanField(_("in use"), default=True)
    # What it was when it was loaded from a file; while it still is that, a newer file may change it.
    source_hash = models.CharField(max_length=64, blank=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ConceptQuerySet.as_manager()

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")
        ordering = ["code"]

    def __str__(self) -> str:
        """Its first French name, or the first there is."""
        return next((phrase.text for phrase in self.phrases if phrase.kind == "name"), self.code)

    @display(description=_("French name"), ordering="names_fr")
    def french_name(self) -> str:
        return str(self)

    @property
    def phrases(self):
        return phrases({column: getattr(self, column) for column in WORD_COLUMNS}, LANGUAGES)

    def clean(self):
        """Tidies and checks the words. Whether it leads anywhere is `check_it_leads_somewhere`: terms are not set yet."""
        super().clean()
        for column in WORD_COLUMNS:
            setattr(self, column, tidy(getattr(self, column)))
        if not self.phrases:
            raise ValidationError({"names_fr": _("Give one name or word at least, in any language.")})
        check(self.phrases)

    def check_it_leads_somewhere(self, *, terms: int) -> None:
        """Raises ValidationError when it has no need, kind or audience (`terms` of them) and no second phrase."""
        if not terms and len(self.phrases) < 2:
            raise ValidationError(
                _(
                    "This leads nowhere: choose a need or a kind of organisation, or give a second name for it."
                )
            )

    def save(self, *args, update_fields=None, **kwargs):
        """The row, its version of the table and its audit entry in one transaction."""
        if update_fields is not None and set(update_fields) <= {"latest_revision"}:
            super().save(
                *args, update_fields=update_fields, **kwargs
            )  # Wagtail's note of the version: no new content
            return
        verb = "created" if self._state.adding else "updated"
        with transaction.atomic():
            if verb == "updated" and self.latest_revision_id is None:
                self.latest_revision = self._keep_what_was_loaded()
            super().save(*args, update_fields=update_fields, **kwargs)
            audit.record(action=f"concept.{verb}", object_kind="concept", object_id=self.code)
            ConceptsVersion.renew()

    def _keep_what_was_loaded(self):
        """What came from a file has no revision: before its first change it becomes one, to go back to."""
        stored = type(self).objects.filter(pk=self.pk).first()
        if stored is None:
            return None
        with LogContext():  # nobody's edit
            return stored.save_revision(clean=False, log_action="wagtail.create")

    @classmethod
    def from_serializable_data(cls, data, *args, **kwargs):
        """Terms that were merged since a version was made are their successors in it."""
        return super().from_serializable_data(with_successors(cls, data), *args, **kwargs)

    def with_content_json(self, content):
        """A version brings back the words, never what the table was loaded from: going back is an edit too."""
        restored = super().with_content_json(content)
        restored.source_hash, restored.code = self.source_hash, self.code
        return restored
