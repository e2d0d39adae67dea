"""The closed code lists of the catalogue, with their labels. Tables that editors change are TaxonomyTerms instead."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Lifecycle(models.TextChoices):
    """What a published listing is. Draft and in_review are Wagtail's to know; see rules.listing_status."""

    PUBLISHED = "published", _("Active")
    SUSPENDED = "suspended", _("Temporarily closed")
    CLOSED_PERMANENTLY = "closed_permanently", _("Closed for good")
    ARCHIVED = "archived", _("Archived")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Public")
    PROFESSIONALS = "professionals", _("Professionals only")


class AddressVisibility(models.TextChoices):
    PUBLIC = "public", _("Public")
    PROFESSIONALS = "professionals", _("Professionals only")
    ADDRESS_HIDDEN = "address_hidden", _("Address hidden (safety)")


class AccessMode(models.TextChoices):
    ON_SITE = "on_site", _("On site")
    BY_PHONE = "by_phone", _("By phone")
    ONLINE = "online", _("Online")
    AT_HOME = "at_home", _("At home")


class AccessStep(models.TextChoices):
    PHONE = "phone", _("Phone first")
    EMAIL = "email", _("Send an e-mail")
    WALK_IN = "walk_in", _("Walk in, without appointment")
    APPOINTMENT = "appointment", _("By appointment")
    FORM = "form", _("Fill in a form")
    REFERRAL_REQUIRED = "referral_required", _("Sent by a professional")


class MobilisableBy(models.TextChoices):
    PUBLIC = "public", _("Anybody")
    PROFESSIONAL = "professional", _("A professional")


class Cost(models.TextChoices):
    FREE = "free", _("Free")
    FREE_UNDER_CONDITIONS = "free_under_conditions", _("Free under conditions")
    BIM_RATE = "bim_rate", _("Reduced rate (BIM)")
    FIXED_FEE_HEALTH_CENTRE = "fixed_fee_health_centre", _("Fixed fee (health centre)")
    THIRD_PARTY_PAYER = "third_party_payer", _("Third-party payer")
    SLIDING_SCALE = "sliding_scale", _("According to income")
    PAID = "paid", _("Paid")
    UNKNOWN = "unknown", _("Cost not known")


class Welcome(models.TextChoices):
    UNCONDITIONAL = "unconditional", _("Everybody is welcome")
    PREFERENTIAL = "preferential", _("Mainly for")
    EXCLUSIVE = "exclusive", _("Only for")


class Capacity(models.TextChoices):
    CAPACITY = "capacity", _("Places available")
    WAITLIST = "waitlist", _("Waiting list")
    NO_CAPACITY = "no_capacity", _("Full at the moment")
    ADDITIONAL_ASSESSMENT_REQUIRED = "additional_assessment_required", _("To be assessed first")
    UNKNOWN = "unknown", _("Not known")


class NoticeKind(models.TextChoices):
    CLOSURE = "closure", _("Closed for a time")
    HOURS = "hours", _("Other hours")
    MESSAGE = "message", _("Message")
    SERVICE_CLOSURE = "service_closure", _("Part of the service closed")


class VerificationChannel(models.TextChoices):
    CALL = "call", _("By phone")
    EMAIL = "email", _("By e-mail")
    VISIT = "visit", _("On site visit")
    WEB = "web", _("On their website")
    SELF = "self", _("By the organisation itself")


class Precision(models.TextChoices):
    """How exact a point is; a distance to anything but an address is shown as approximate."""

    ADDRESS = "address", _("Address")
    STREET = "street", _("Street")
    POSTCODE = "postcode", _("Postcode")
    COMMUNE = "commune", _("Commune")


class PhoneType(models.TextChoices):
    VOICE = "voice", _("Voice")
    TEXT = "text", _("Text message")
    FAX = "fax", _("Fax")


class Accessibility(models.TextChoices):
    WHEELCHAIR = "wheelchair", _("Wheelchair access")
    LIFT = "lift", _("Lift")
    ADAPTED_TOILET = "adapted_toilet", _("Adapted toilet")
    HEARING_LOOP = "hearing_loop", _("Hearing loop")
    PARKING = "parking", _("Reserved parking")


class OnHolidays(models.TextChoices):
    REGULAR = "regular", _("As usual on public holidays")
    OFF = "off", _("Closed on public holidays")
    ONLY = "only", _("On public holidays only")


class Freq(models.TextChoices):
    WEEKLY = "WEEKLY", _("Every week")
    MONTHLY = "MONTHLY", _("Some weeks of the month")


class Language(models.TextChoices):
    """BCP 47 codes, sign languages, and an interpreter on request; each named in the reader's language."""

    FR = "fr", _("French")
    NL = "nl", _("Dutch")
    EN = "en", _("English")
    DE = "de", _("German")
    AR = "ar", _("Arabic")
    BER = "ber", _("Berber")
    BG = "bg", _("Bulgarian")
    ES = "es", _("Spanish")
    FA = "fa", _("Persian")
    IT = "it", _("Italian")
    KU = "ku", _("Kurdish")
    LN = "ln", _("Lingala")
    PL = "pl", _("Polish")
    PS = "ps", _("Pashto")
    PT = "pt", _("Portuguese")
    RO = "ro", _("Romanian")
    RU = "ru", _("Russian")
    SK = "sk", _("Slovak")
    SO = "so", _("Somali")
    SQ = "sq", _("Albanian")
    SW = "sw", _("Swahili")
    TI = "ti", _("Tigrinya")
    TR = "tr", _("Turkish")
    UK = "uk", _("Ukrainian")
    UR = "ur", _("Urdu")
    ZH = "zh", _("Chinese")
    SFB = "sfb", _("French Belgian sign language")
    VGT = "vgt", _("Flemish sign language")
    INTERPRETER_ON_REQUEST = "interpreter_on_request", _("Interpreter on request")


class Taxonomy(models.TextChoices):
    NEED = "need", pgettext_lazy("taxonomy", "Need")
    ORGANISATION_TYPE = "organisation_type", _("Kind of organisation")
    AUDIENCE = "audience", _("Audience")


class TranslationState(models.TextChoices):
    """Of one listing in one language; the order is from worst to best."""

    MISSING = "missing", pgettext_lazy("translation", "Missing")
    STALE = "stale", pgettext_lazy("translation", "Older than the original")
    MACHINE = "machine", pgettext_lazy("translation", "By a machine")
    TO_REVIEW = "to_review", pgettext_lazy("translation", "To review")
    COMPLETE = "complete", pgettext_lazy("translation", "Complete")


class VerificationResult(models.TextChoices):
    VERIFIED = "verified", _("All is right")
    PARTLY = "partly", _("Partly verified")
    UNREACHABLE = "unreachable", _("Nobody reached")
    CLOSED = "closed", _("Does not exist any more")


class ConfirmedField(models.TextChoices):
    """What a caller confirms, in the order of the call."""

    NAME = "name", _("Name")
    PHONE = "phone", _("Phone")
    ADDRESS = "address", _("Address")
    HOURS = "hours", _("Opening hours")
    ACCESS = "access", _("How to get in")
    AUDIENCE = "audience", _("For whom")
    COST = "cost", _("Cost")
    LANGUAGES = "languages", _("Languages spoken")
    DESCRIPTION = "description", _("Description")
    CAPACITY = "capacity", _("Places available")


class VerificationRequestState(models.TextChoices):
    SENT = "sent", _("Sent, no answer yet")
    CORRECT = "correct", _("“Still correct”")
    CHANGED = "changed", _("“Something changed”")
    EXPIRED = "expired", _("No answer")
    FAILED = "failed", _("Could not be delivered")


class SuggestionKind(models.TextChoices):
    CORRECTION = "correction", _("Correction")
    NEW_SERVICE = "new_service", _("New service")
    REPORT = "report", _("Report")


class SuggestionChannel(models.TextChoices):
    PUBLIC = "public", _("The public")
    ORGANISATION = "organisation", _("The organisation itself")
    AGENT = "agent", _("An agent during a call")


class SuggestionState(models.TextChoices):
    OPEN = "open", _("To decide")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY = "partly", _("Accepted in part")
    REFUSED = "refused", _("Refused")
    SPAM = "spam", _("Unwanted")
    # Of agents' reports alone (services.reports).
    VERIFIED = "verified", _("Answered by a verification")
    EXPIRED = "expired", _("Out of date")


class ReportReason(models.TextChoices):
    NO_ANSWER = "no_answer", _("Nobody answers")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    WRONG_ADDRESS = "wrong_address", _("Wrong address")
    WRONG_HOURS = "wrong_hours", _("Wrong opening hours")
    CLOSED = "closed", _("Closed for good")
    FULL = "full", _("Full")
    OTHER = "other", _("Something else")


class HandoverState(models.TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
