"""Parts that several catalogue objects have: phones, contacts, hours, notices, identifiers elsewhere.

Each row belongs to exactly one parent, as in HSDS; the database holds that.
"""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from services.codes import Freq, NoticeKind, OnHolidays, PhoneType, Visibility
from services.opening_hours import schedules
from services.rules import phone_e164

from .base import TranslatedFromRevision, refuse_html

EDITED_COLUMNS = (
    "byday",
    "opens_at",
    "closes_at",
    "valid_from",
    "valid_to",
    "freq",
    "on_holidays",
    "closed",
    "yearly",
)
HOURS_COLUMNS = (*EDITED_COLUMNS, "dtstart", "until", "interval", "bymonthday")


def one_parent(names: tuple[str, ...], name: str) -> models.CheckConstraint:
    """Exactly one of these foreign keys is set."""
    condition = models.Q()
    for parent in names:
        condition |= models.Q(**{f"{other}__isnull": other != parent for other in names})
    return models.CheckConstraint(condition=condition, name=name)


def parent(model: str, related_name: str) -> ParentalKey:
    return ParentalKey(
        f"services.{model}", on_delete=models.CASCADE, null=True, blank=True, related_name=related_name
    )


def refuse_what_is_no_number(part: models.Model, field: str) -> None:
    """Raises ValidationError naming the field when it holds something that nobody can dial."""
    if getattr(part, field) and phone_e164(getattr(part, field)) is None:
        message = _("This is no phone number. Write it as 02 123 45 67 or +32 2 123 45 67.")
        raise ValidationError({field: message})


class Part(TranslatedFromRevision, Orderable):
    uuid = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta(Orderable.Meta):
        abstract = True

    def clean(self):
        super().clean()
        refuse_html(self)


class Phone(Part):
    """HSDS phone. `number` as people read it; callers dial its E.164 form (rules.phone_e164)."""

    organization = parent("Organization", "phones")
    service = parent("Service", "phones")
    service_at_location = parent("ServiceAtLocation", "phones")
    number = models.CharField(_("number"), max_length=40)
    type = models.CharField(_("type"), max_length=10, choices=PhoneType.choices, default=PhoneType.VOICE)
    description = models.CharField(_("what for"), max_length=120, blank=True)
    visibility = models.CharField(
        _("who sees it"), max_length=20, choices=Visibility.choices, default=Visibility.PUBLIC
    )

    class Meta(Part.Meta):
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        constraints = [
            one_parent(("organization", "service", "service_at_location"), "a_phone_has_one_owner")
        ]

    def __str__(self) -> str:
        return self.number

    def clean(self):
        super().clean()
        refuse_what_is_no_number(self, "number")


class Contact(Part):
    """HSDS contact: a person or a desk to ask for. For professionals unless said otherwise."""

    organization = parent("Organization", "contacts")
    service = parent("Service", "contacts")
    name = models.CharField(_("name"), max_length=120, blank=True)
    title = models.CharField(_("function"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    visibility = models.CharField(
        _("who sees it"), max_length=20, choices=Visibility.choices, default=Visibility.PROFESSIONALS
    )

    class Meta(Part.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [one_parent(("organization", "service"), "a_contact_has_one_owner")]

    def __str__(self) -> str:
        return self.name or self.title or self.email or self.phone

    def clean(self):
        super().clean()
        refuse_what_is_no_number(self, "phone")


class Schedule(Part):
    """HSDS schedule: one rule of the opening hours; services.opening_hours gives the rows their meaning."""

    service = parent("Service", "schedules")
    service_at_location = parent("ServiceAtLocation", "schedules")
    freq = models.CharField(
        _("repeats"), max_length=10, choices=Freq.choices, default=Freq.WEEKLY, blank=True
    )
    byday = models.CharField(
        _("days"),
        max_length=80,
        blank=True,
        help_text=_("MO,TU,WE,TH,FR,SA,SU; 1SA: first Saturday of the month; -1TH: last Thursday"),
    )
    opens_at = models.CharField(_("opens at"), max_length=5, blank=True, help_text="08:30")
    closes_at = models.CharField(_("closes at"), max_length=5, blank=True, help_text="16:00")
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)
    yearly = models.BooleanField(_("same dates every year"), default=False)
    on_holidays = models.CharField(
        _("public holidays"), max_length=10, choices=OnHolidays.choices, default=OnHolidays.REGULAR
    )
    closed = models.BooleanField(_("closed then"), default=False)
    dtstart = models.DateField(null=True, blank=True, editable=False)
    until = models.DateField(null=True, blank=True, editable=False)
    interval = models.PositiveSmallIntegerField(default=1, null=True, editable=False)
    bymonthday = models.CharField(max_length=60, blank=True, editable=False)
    notes = models.CharField(_("note"), max_length=200, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [one_parent(("service", "service_at_location"), "a_schedule_has_one_owner")]

    def __str__(self) -> str:
        return f"{self.byday} {self.opens_at}–{self.closes_at}"

    def clean(self):
        super().clean()
        self.byday = ",".join(part.strip().upper() for part in self.byday.split(",") if part.strip())
        try:
            schedules.from_schedule_rows([{name: getattr(self, name) for name in HOURS_COLUMNS}])
        except schedules.ScheduleRowError as error:
            field = error.field if error.field in EDITED_COLUMNS else "byday"
            raise ValidationError({field: self._explained(field)}) from None
        # How it repeats is what the days say; nobody is asked twice.
        counted = any(part[0] in "+-12345" for part in self.byday.split(",") if part)
        if self.on_holidays == OnHolidays.ONLY:
            self.freq = ""
        else:
            self.freq = Freq.MONTHLY if counted else Freq.WEEKLY

    def _explained(self, field: str):
        """What to do about a wrong field, in the reader's language."""
        value = getattr(self, field)
        if field in ("opens_at", "closes_at"):
            if not value:
                return _("Give a time, such as 08:30, or tick “closed then”.")
            return _("“%(value)s” is not a time such as 08:30.") % {"value": value}
        if field == "closed":
            return _("Hours that are closed have no times: empty them, or untick this.")
        if field == "valid_to" and value and self.valid_from:
            return _("The last day is before the first.")
        if field in ("valid_from", "valid_to") and not value:
            return _("Dates that come back every year need a first and a last day.")
        if field in ("valid_from", "valid_to"):
            return _("The year of this date cannot be right.")
        if self.on_holidays == OnHolidays.ONLY:
            return _("Hours on public holidays only cannot also be in some weeks of the month.")
        return _("“%(value)s” are no days of the week or of the month.") % {"value": value}


class Notice(Part):
    """Temporary information with dates; whether it is current is computed (rules.notice_state), never stored."""

    service = parent("Service", "notices")
    service_at_location = parent("ServiceAtLocation", "notices")
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind.choices, default=NoticeKind.MESSAGE)
    text = models.CharField(_("text"), max_length=400)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            one_parent(("service", "service_at_location"), "a_notice_has_one_owner"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="a_notice_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self):
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The notice ends before it starts.")})


class ExternalIdentifier(Part):
    """The name another system has for this object: HSDS organization_identifier, for services and locations too."""

    organization = parent("Organization", "external_identifiers")
    service = parent("Service", "external_identifiers")
    location = parent("Location", "external_identifiers")
    scheme = models.CharField(_("scheme"), max_length=60)
    identifier = models.CharField(_("identifier"), max_length=120, db_index=True)

    class Meta(Part.Meta):
        verbose_name = _("identifier elsewhere")
        verbose_name_plural = _("identifiers elsewhere")
        constraints = [
            one_parent(("organization", "service", "location"), "an_identifier_has_one_owner"),
            *(
                models.UniqueConstraint(
                    fields=["scheme", "identifier"],
                    condition=models.Q(**{f"{owner}__isnull": False}),
                    name=f"a_scheme_names_one_{owner}",
                )
                for owner in ("organization", "service", "location")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.identifier}"
