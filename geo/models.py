"""Territories and the words people use for places, as loaded from fixtures/geo.

Coordinates are WGS84 degrees. Names of territories are translated field by field (`translation.py`): queries name the
column of a language (`name_fr`), never `name`, whose column holds whatever language was active when it was saved.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

LATITUDE = (MinValueValidator(-90.0), MaxValueValidator(90.0))
LONGITUDE = (MinValueValidator(-180.0), MaxValueValidator(180.0))


class TerritoryKind(models.TextChoices):
    COUNTRY = "country", _("Country")
    REGION = "region", _("Region")
    PROVINCE = "province", _("Province")
    COMMUNE = "commune", _("Commune")
    BASSIN = "bassin", _("Bassin")
    NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")


class BoundaryStatus(models.TextChoices):
    OFFICIAL = "official", _("Official")
    PROVISIONAL = "provisional", _("Provisional")
    REVIEW = "review", _("To review")


class Territory(models.Model):
    """An area with a name. `code` is the NIS5 of communes, provinces and regions, and a slug for the rest."""

    kind = models.CharField(_("kind"), max_length=15, choices=TerritoryKind.choices)
    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("lies in"),
    )
    lat = models.FloatField(_("latitude of the centre"), null=True, blank=True, validators=LATITUDE)
    lon = models.FloatField(_("longitude of the centre"), null=True, blank=True, validators=LONGITUDE)
    area_km2 = models.FloatField(_("area (km²)"), null=True, blank=True)
    official_languages = models.JSONField(_("official languages"), default=list, blank=True)
    boundary_status = models.CharField(
        _("certainty of the boundary"),
        max_length=12,
        choices=BoundaryStatus.choices,
        default=BoundaryStatus.REVIEW,
    )
    source = models.TextField(_("source"), blank=True)
    points = models.JSONField(
        _("centre in each commune"),
        default=list,
        blank=True,
        help_text=_("Of a neighbourhood: [NIS5, latitude, longitude], the largest part first."),
    )

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="a_territory_has_one_code_among_its_kind"),
            models.CheckConstraint(
                condition=models.Q(lat__isnull=True, lon__isnull=True)
                | models.Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="a_territory_centre_has_both_coordinates_in_the_world",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class BassinPart(models.Model):
    """What a bassin is made of: a whole commune, or the part of one that its postcodes or its note describe."""

    bassin = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="parts", verbose_name=_("bassin")
    )
    commune = models.ForeignKey(
        Territory, on_delete=models.PROTECT, related_name="bassin_parts", verbose_name=_("commune")
    )
    whole = models.BooleanField(_("the whole commune"))
    postcodes = models.JSONField(_("postcodes of the part"), default=list, blank=True)
    note = models.TextField(_("what the source says"), blank=True)
    status = models.CharField(_("certainty"), max_length=12, choices=BoundaryStatus.choices)

    class Meta:
        verbose_name = _("part of a bassin")
        verbose_name_plural = _("parts of bassins")
        ordering = ["bassin", "commune"]
        constraints = [
            models.UniqueConstraint(fields=["bassin", "commune"], name="a_commune_is_one_part_of_a_bassin"),
            models.UniqueConstraint(
                fields=["commune"],
                condition=models.Q(whole=True),
                name="a_whole_commune_is_in_one_bassin_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bassin} ← {self.commune}"


class Postcode(models.Model):
    """A Belgian postcode, the localities it names and the communes it reaches into (most of it first)."""

    class Point(models.TextChoices):
        POSTCODE = "postcode", _("Centre of the postcode")
        COMMUNE = "commune", _("Centre of the commune")

    code = models.CharField(_("postcode"), max_length=4, unique=True)
    names_fr = models.JSONField(_("localities in French"), default=list)
    names_nl = models.JSONField(_("localities in Dutch"), default=list)
    nis5s = models.JSONField(_("communes (NIS5)"), default=list)
    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lon = models.FloatField(_("longitude"), validators=LONGITUDE)
    point = models.CharField(_("what the point is"), max_length=8, choices=Point.choices)

    class Meta:
        verbose_name = _("postcode")
        verbose_name_plural = _("postcodes")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class FormerCommune(models.Model):
    """A commune that merged or was renumbered: its old NIS5 and names, and what it is part of now."""

    class Change(models.TextChoices):
        MERGER = "merger", _("Merger")
        RENUMBERED = "renumbered", _("New code")

    nis5 = models.CharField(_("old NIS5"), max_length=5, unique=True)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_nl = models.CharField(_("name in Dutch"), max_length=120, blank=True)
    commune = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="former_communes", verbose_name=_("commune now")
    )
    since = models.DateField(_("since"))
    change = models.CharField(_("change"), max_length=10, choices=Change.choices)
    lat = models.FloatField(_("latitude"), null=True, blank=True, validators=LATITUDE)
    lon = models.FloatField(_("longitude"), null=True, blank=True, validators=LONGITUDE)

    class Meta:
        verbose_name = _("former commune")
        verbose_name_plural = _("former communes")
        ordering = ["nis5"]

    def __str__(self) -> str:
        return f"{self.name_fr} ({self.nis5})"


class Locality(models.Model):
    """A town, village or quarter smaller than its commune: Laeken, Haren, Cureghem."""

    class Kind(models.TextChoices):
        TOWN = "town", _("Town")
        VILLAGE = "village", _("Village")
        SUBURB = "suburb", _("Suburb")
        NEIGHBOURHOOD = "neighbourhood", _("Neighbourhood")

    name_fr = models.CharField(_("name"), max_length=120)
    name_nl = models.CharField(
        _("name in Dutch"), max_length=120, blank=True, help_text=_("Empty: the same.")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    nis5 = models.CharField(_("commune (NIS5)"), max_length=5)
    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lon = models.FloatField(_("longitude"), validators=LONGITUDE)

    class Meta:
        verbose_name = _("locality")
        verbose_name_plural = _("localities")
        ordering = ["nis5", "name_fr"]

    def __str__(self) -> str:
        return self.name_fr


class Street(models.Model):
    """A street in one commune; without coordinates where nobody measured it."""

    nis5 = models.CharField(_("commune (NIS5)"), max_length=5)
    name_fr = models.CharField(_("name in French"), max_length=160, blank=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=160, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True, validators=LATITUDE)
    lon = models.FloatField(_("longitude"), null=True, blank=True, validators=LONGITUDE)

    class Meta:
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        ordering = ["nis5", "name_fr"]

    def __str__(self) -> str:
        return self.name_fr or self.name_nl


class GeographyLoad(models.Model):
    """That the files of fixtures/geo with this content were loaded: a second load has nothing to do."""

    digest = models.CharField(_("content hash (SHA-256)"), max_length=64, unique=True)
    loaded_at = models.DateTimeField(_("loaded at"), auto_now=True)
    loaded_by = models.CharField(_("loaded by"), max_length=150, blank=True)
    counts = models.JSONField(_("counts"), default=dict)

    class Meta:
        verbose_name = _("loading of the geography")
        verbose_name_plural = _("loadings of the geography")
        ordering = ["-loaded_at"]

    def __str__(self) -> str:
        return f"{self.digest[:12]} · {self.loaded_at:%Y-%m-%d %H:%M}"
