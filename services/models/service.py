"""Services: what is offered, to whom, how; and where each is given."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from geo.models import Territory
from services import codes, preview
from services.fields import CodeListField

from .base import Listed, TranslatedFromRevision
from .parts import Part

_AGE = [MaxValueValidator(120)]


class Service(Listed):
    """HSDS service; a published one is what people call a listing."""

    # Found out about the listing, not written in a version: publishing an older draft does not bring the old date back.
    KEPT = (*Listed.KEPT, "verified_on", "verification_channel")

    PREVIEWED_BY = tuple(preview.READERS)

    # A draft may lack it, so that nothing typed before it is lost; the constraint below holds it for what is published.
    organization = models.ForeignKey(
        "services.Organization",
        on_delete=models.PROTECT,
        null=True,
        related_name="services",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=200)
    alternate_name = models.CharField(
        _("other names"), max_length=400, blank=True, help_text=_("separated by ;")
    )
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    organisation_type = models.ForeignKey(
        "services.TaxonomyTerm",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"taxonomy": codes.Taxonomy.ORGANISATION_TYPE},
        related_name="services_of_type",
        verbose_name=_("kind of service"),
        help_text=_("Empty: that of the organisation."),
    )
    needs = ParentalManyToManyField(
        "services.TaxonomyTerm",
        blank=True,
        limit_choices_to={"taxonomy": codes.Taxonomy.NEED},
        related_name="services_for_need",
        verbose_name=_("needs it answers"),
    )
    minimum_age = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True, validators=_AGE)
    maximum_age = models.PositiveSmallIntegerField(_("to age"), null=True, blank=True, validators=_AGE)
    eligibility_description = models.TextField(_("conditions"), blank=True)
    languages = CodeListField(_("languages spoken"), codes=codes.Language)
    access_modes = CodeListField(_("how it is given"), codes=codes.AccessMode)
    access_steps = CodeListField(_("how to get in"), codes=codes.AccessStep)
    mobilisable_by = CodeListField(_("who may ask"), codes=codes.MobilisableBy)
    application_process = models.TextField(_("how to get in, in words"), blank=True)
    fees_description = models.TextField(_("costs, in words"), blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    source_language = models.CharField(
        _("language of the original"),
        max_length=10,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("Empty: the first language in which it has a name."),
    )
    verify_every_days = models.PositiveSmallIntegerField(
        _("verify every … days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(7), MaxValueValidator(1500)],
        help_text=_("Empty: the rhythm of its kind."),
    )

    lifecycle = models.CharField(
        _("state"), max_length=20, choices=codes.Lifecycle.choices, default=codes.Lifecycle.PUBLISHED
    )
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )
    visibility = models.CharField(
        _("who sees it"), max_length=20, choices=codes.Visibility.choices, default=codes.Visibility.PUBLIC
    )
    capacity = models.CharField(
        _("capacity"), max_length=40, choices=codes.Capacity.choices, default=codes.Capacity.UNKNOWN
    )
    capacity_updated_on = models.DateField(_("capacity known on"), null=True, blank=True)
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    verification_channel = models.CharField(
        _("verified how"), max_length=10, choices=codes.VerificationChannel.choices, blank=True
    )

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["id"]
        permissions = [
            ("translate_service", "Can translate services"),
            ("verify_service", "Can verify services"),
            ("export_service", "Can export services"),
            ("import_service", "Can import services"),
            ("merge_service", "Can merge services"),
            ("handover_service", "Can hand services over to another team"),
            ("answer_suggestion", "Can decide about suggestions"),
        ]
        indexes = [models.Index(fields=["live", "lifecycle"], name="service_public")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minimum_age__isnull=True)
                | models.Q(maximum_age__isnull=True)
                | models.Q(maximum_age__gte=models.F("minimum_age")),
                name="the_highest_age_is_not_below_the_lowest",
            ),
            models.CheckConstraint(
                condition=models.Q(live=False) | models.Q(organization__isnull=False),
                name="a_published_service_has_an_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.name or gettext("Service without a name yet")

    def clean(self):
        super().clean()
        if (
            self.minimum_age is not None
            and self.maximum_age is not None
            and self.minimum_age > self.maximum_age
        ):
            raise ValidationError({"maximum_age": _("The highest age is below the lowest.")})


class ServiceAtLocation(TranslatedFromRevision, Orderable, ClusterableModel):
    """HSDS service_at_location: a service given at a place, with its own hours, phones and notices."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="service_at_locations")
    location = models.ForeignKey(
        "services.Location",
        on_delete=models.PROTECT,
        related_name="service_at_locations",
        verbose_name=_("location"),
    )
    description = models.CharField(_("what is different here"), max_length=400, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("place where it is given")
        verbose_name_plural = _("places where it is given")

    def __str__(self) -> str:
        return str(self.location)


class ServiceAudience(Orderable):
    """For whom, and how strictly. A service without any is open to all; `preferential` never filters out."""

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="audiences")
    term = models.ForeignKey(
        "services.TaxonomyTerm",
        on_delete=models.PROTECT,
        # A retired audience was merged into another in every listing: none is left with it.
        limit_choices_to={"taxonomy": codes.Taxonomy.AUDIENCE, "retired": False},
        related_name="service_audiences",
        verbose_name=_("audience"),
    )
    welcome = models.CharField(
        _("how strictly"), max_length=20, choices=codes.Welcome.choices, default=codes.Welcome.PREFERENTIAL
    )

    class Meta(Orderable.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")

    def __str__(self) -> str:
        return f"{self.term} ({self.get_welcome_display()})"


class CostOption(Part):
    """HSDS cost_option: one way to pay, with the amount in euro where it is known."""

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="cost_options")
    option = models.CharField(_("cost"), max_length=30, choices=codes.Cost.choices)
    amount = models.DecimalField(_("amount (€)"), max_digits=8, decimal_places=2, null=True, blank=True)
    amount_description = models.CharField(_("for what"), max_length=200, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("cost")
        verbose_name_plural = _("costs")

    def __str__(self) -> str:
        return self.get_option_display()


class RequiredDocument(Part):
    """HSDS required_document: a paper to bring."""

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="required_documents")
    document = models.CharField(_("document"), max_length=200)

    class Meta(Part.Meta):
        verbose_name = _("document to bring")
        verbose_name_plural = _("documents to bring")

    def __str__(self) -> str:
        return self.document


class ServiceArea(Orderable):
    """HSDS service_area: the territory a service given by phone, at home or online serves."""

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="service_areas")
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, related_name="service_areas", verbose_name=_("territory")
    )

    class Meta(Orderable.Meta):
        verbose_name = _("area served")
        verbose_name_plural = _("areas served")

    def __str__(self) -> str:
        return str(self.territory)
