"""Locations: where services are given, and the territories their point lies in."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from geo.models import BoundaryStatus, Territory
from services.codes import Accessibility, AddressVisibility, Precision
from services.fields import CodeListField

from .base import Listed


class Location(Listed):
    """HSDS location and its one physical address. Coordinates are WGS84 degrees."""

    NAMED = False

    name = models.CharField(_("name of the place"), max_length=200, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    house_number = models.CharField(_("number"), max_length=20, blank=True)
    box = models.CharField(_("box"), max_length=20, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    lat = models.FloatField(
        _("latitude"), null=True, blank=True, validators=[MinValueValidator(-90.0), MaxValueValidator(90.0)]
    )
    lon = models.FloatField(
        _("longitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-180.0), MaxValueValidator(180.0)],
    )
    precision = models.CharField(
        _("exactness"), max_length=10, choices=Precision.choices, default=Precision.ADDRESS
    )
    address_visibility = models.CharField(
        _("who sees the address"),
        max_length=20,
        choices=AddressVisibility.choices,
        default=AddressVisibility.PUBLIC,
    )
    transportation = models.CharField(_("how to get there"), max_length=400, blank=True)
    accessibility = CodeListField(_("accessibility"), codes=Accessibility)

    commune = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"kind": "commune"},
        related_name="locations_in_commune",
        verbose_name=_("commune"),
        help_text=_("Follows the point when there is one."),
    )
    neighbourhood = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"kind": "neighbourhood"},
        related_name="locations_in_neighbourhood",
        verbose_name=_("neighbourhood"),
    )
    bassin = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"kind": "bassin"},
        related_name="locations_in_bassin",
        verbose_name=_("bassin"),
    )
    bassin_status = models.CharField(
        _("certainty of the bassin"),
        max_length=12,
        choices=BoundaryStatus.choices,
        default=BoundaryStatus.REVIEW,
    )
    bassin_by_hand = models.BooleanField(
        _("bassin chosen by hand"),
        default=False,
        help_text=_("Keeps the bassin above even if the point moves."),
    )

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lat__isnull=True, lon__isnull=True)
                | models.Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="a_point_has_both_coordinates_in_the_world",
            )
        ]

    def __str__(self) -> str:
        line = ", ".join(part for part in (self.address_line, self.postcode) if part)
        return " · ".join(part for part in (self.name, line) if part) or str(self.uuid)

    def clean(self):
        super().clean()
        if (self.lat is None) != (self.lon is None):
            missing = "lat" if self.lat is None else "lon"
            raise ValidationError(
                {missing: _("A point has a latitude and a longitude: give both or neither.")}
            )

    @property
    def address_line(self) -> str:
        """Street, number and box on one line, as on an envelope."""
        line = " ".join(part for part in (self.street, self.house_number) if part)
        return f"{line} bte {self.box}" if line and self.box else line

    @property
    def point(self) -> tuple[float, float] | None:
        """(lat, lon), or None."""
        return (self.lat, self.lon) if self.lat is not None and self.lon is not None else None

    def save(self, *args, **kwargs):
        # A draft's point is placed too, so that the form can show its commune before publication.
        from services.placement import place_location

        if kwargs.get("update_fields") is None:
            place_location(self)
        super().save(*args, **kwargs)
