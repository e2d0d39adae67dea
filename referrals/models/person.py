"""A person, known by a reference; who they are stands in tables of its own, sealed, and only where it is needed."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.codes import AgeBand, Channel, ConsentKind, ContactPreference, Mobility
from sealing.fields import SealedTextField


class Person(models.Model):
    """No name here, no number, no day of birth: what a search needs, and how to be in touch."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(
        max_length=12, unique=True, help_text="said on the phone, tells nothing: B-41K7"
    )
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    age_band = models.CharField(max_length=10, choices=AgeBand.choices, blank=True)
    year_of_birth = models.PositiveSmallIntegerField(null=True, blank=True)
    commune = models.ForeignKey(
        "geo.Territory", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    postcode = models.CharField(max_length=10, blank=True)
    languages = models.JSONField(default=list, blank=True, help_text="BCP 47, the best first")
    bim = models.BooleanField(null=True, blank=True, help_text="increased reimbursement; empty: not known")
    mobility = models.CharField(max_length=10, choices=Mobility.choices, blank=True)
    audiences = models.JSONField(default=list, blank=True, help_text="codes of audiences")
    contact_preference = models.CharField(max_length=10, choices=ContactPreference.choices, blank=True)
    do_not_contact = models.BooleanField(default=False)
    # Who says "do not leave a message, he listens" must be found before anybody dials.
    contact_safety = SealedTextField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_contact_on = models.DateField(null=True, blank=True, db_index=True)
    retention_due_on = models.DateField(null=True, blank=True, db_index=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()
        permissions = [
            ("use_desk", "Can take and make calls at the desk"),
            ("view_person", "Can open the persons of the own team"),
            ("open_other_team", "Can open a person of another team with a reason"),
            ("coordinate", "Can see the workload, reassign, and correct late"),
            ("view_figures", "Can see the figures"),
            ("view_access", "Can see who opened which file"),
            ("erase", "Can export and erase a person's data and run the retention"),
        ]
        indexes = [models.Index(fields=["team", "-last_contact_on"], name="persons_of_a_team")]

    def __str__(self) -> str:
        return self.reference


class PersonIdentity(models.Model):
    """Who it is: sealed, optional, and gone when the person is anonymised."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="identity")
    first_name = SealedTextField(null=True, blank=True)
    last_name = SealedTextField(null=True, blank=True)
    address = SealedTextField(null=True, blank=True)
    email = SealedTextField(null=True, blank=True)
    how_to_ask = SealedTextField(null=True, blank=True, help_text="how to ask for the person on the phone")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"identity of {self.person_id}"


class PersonPhone(models.Model):
    """A number, sealed, found by the keyed hash of its E.164 form; the hash goes when the number goes."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="phones")
    number = SealedTextField(help_text="E.164")
    number_hash = models.CharField(max_length=64, db_index=True)
    is_bad = models.BooleanField(default=False, help_text="a wrong number: nobody dials it again")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "number_hash"], name="a_person_has_a_number_once")
        ]

    def __str__(self) -> str:
        return f"number of {self.person_id}"


class Consent(models.Model):
    """What somebody agreed to, said aloud to an agent. Withdrawing sets a date; rows stay as long as the person's file."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=12, choices=ConsentKind.choices)
    service_uuid = models.UUIDField(null=True, blank=True, help_text="to whom a file may be sent")
    channel = models.CharField(max_length=10, choices=Channel.choices, default="", blank=True)
    script_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("consent")

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"
