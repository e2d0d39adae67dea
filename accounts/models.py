"""Users, the teams that steward listings, and who belongs to which team in which role."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from .roles import ROLES


class User(AbstractUser):
    """Ours from the first migration, so that it can grow (two-factor, languages spoken) without surgery."""

    language = models.CharField(_("preferred language"), max_length=10, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")


class TeamKind(models.TextChoices):
    BASSIN = "bassin", _("Bassin team")
    PARTNER = "partner", _("Partner organisation")
    CENTRAL = "central", _("Central team")
    FUND = "fund", _("Health-insurance fund")


class Team(models.Model):
    """A team that stewards listings (Brusano bassin Nord, a partner organisation …).

    Its territories say which new listings are proposed to it; what it stewards is written on each listing.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=TeamKind.choices, default=TeamKind.BASSIN)
    email = models.EmailField(
        _("e-mail of the team"), blank=True, help_text=_("A shared mailbox: reminders are sent there.")
    )
    language = models.CharField(
        _("language of its mail"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    territories = models.ManyToManyField("geo.Territory", verbose_name=_("territories"), blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("team")
    )
    role = models.CharField(_("role"), max_length=30, choices=[(role.code, role.name) for role in ROLES])

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team", "role"], name="a_member_holds_a_role_in_a_team_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.team} · {self.get_role_display()}"
