"""Users, the teams that steward listings, and who belongs to which team in which role."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangosUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from sealing.fields import SealedTextField

from .roles import ROLES


class UserQuerySet(models.QuerySet):
    def update(self, **values):
        """Accounts that are switched off (Wagtail's bulk action does it so) lose their sessions for good."""
        if values.get("is_active") is False and "session_epoch" not in values:
            values["session_epoch"] = models.F("session_epoch") + 1
        return super().update(**values)


class UserManager(DjangosUserManager.from_queryset(UserQuerySet)):
    use_in_migrations = False


class User(AbstractUser):
    """Ours from the first migration, so that it can grow (languages spoken) without surgery."""

    language = models.CharField(_("preferred language"), max_length=10, blank=True)
    session_epoch = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="part of what each session is checked against: one more ends them all",
    )

    objects = UserManager()

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")

    @classmethod
    def from_db(cls, db, field_names, values):
        user = super().from_db(db, field_names, values)
        user.was_active = user.__dict__.get("is_active")
        return user

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        if getattr(self, "was_active", None) and not self.is_active:
            self.end_sessions()
        self.was_active = self.is_active

    def end_sessions(self) -> None:
        """Every session of this user is over at its next request, in whichever browser."""
        User.objects.filter(pk=self.pk).update(session_epoch=models.F("session_epoch") + 1)
        self.refresh_from_db(fields=["session_epoch"])

    def get_session_auth_hash(self) -> str:
        """Django's own, which changes with the password, and with the epoch."""
        return self._session_hash()

    def get_session_auth_fallback_hash(self):
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | None = None) -> str:
        value = f"{self.password}\0{self.session_epoch}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()


class Authenticator(models.Model):
    """The app on somebody's phone that shows a new code every 30 seconds (TOTP); at most one a user.

    Not django-otp's device: that one keeps the secret in plain text, and its recovery codes too.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="authenticator")
    secret = SealedTextField(help_text="base32, see one_time")
    made_at = models.DateTimeField(auto_now_add=True)
    last_step = models.BigIntegerField(help_text="the 30 seconds since 1970 whose code was taken last")
    # Codes that were tried and did not fit, from this authenticator or from the recovery codes.
    failures = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user} ({self.made_at:%Y-%m-%d})"


class RecoveryCode(models.Model):
    """A code on paper that stands in for the phone once; the row goes when it is used. It is kept as a keyed hash."""

    authenticator = models.ForeignKey(Authenticator, on_delete=models.CASCADE, related_name="recovery_codes")
    hashed = models.CharField(max_length=64, help_text="one_time.hash_of")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authenticator", "hashed"], name="a_recovery_code_is_given_once")
        ]

    def __str__(self) -> str:
        return f"{self.authenticator_id}:{self.pk}"


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
