"""Codes and their words; the vocabulary's, in the order they are shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import states, waiting


class Direction(models.TextChoices):
    INCOMING = "incoming", pgettext_lazy("call", "Incoming")
    OUTGOING = "outgoing", pgettext_lazy("call", "Outgoing")


class Mode(models.TextChoices):
    DETAILS_GIVEN = "details_given", _("Details given")
    THREE_WAY_CALL = "three_way_call", _("Three-way call")
    APPOINTMENT_MADE = "appointment_made", _("Appointment made")
    FILE_TRANSMITTED = "file_transmitted", _("File transmitted")


class State(models.TextChoices):
    DRAFT = states.DRAFT, pgettext_lazy("orientation", "Draft")
    REQUESTED = states.REQUESTED, pgettext_lazy("orientation", "Given")
    ON_HOLD = states.ON_HOLD, pgettext_lazy("orientation", "Being considered")
    ACCEPTED = states.ACCEPTED, pgettext_lazy("orientation", "Accepted")
    IN_PROGRESS = states.IN_PROGRESS, pgettext_lazy("orientation", "Help under way")
    COMPLETED = states.COMPLETED, pgettext_lazy("orientation", "Successful")
    REJECTED = states.REJECTED, pgettext_lazy("orientation", "Declined")
    FAILED = states.FAILED, pgettext_lazy("orientation", "Unsuccessful")
    CANCELLED = states.CANCELLED, pgettext_lazy("orientation", "Cancelled")
    ENTERED_IN_ERROR = states.ENTERED_IN_ERROR, pgettext_lazy("orientation", "Entered in error")


class ActorKind(models.TextChoices):
    AGENT = states.AGENT, _("Agent")
    COORDINATOR = states.COORDINATOR, _("Coordinator")
    SERVICE = states.SERVICE, _("The service")
    SYSTEM = states.SYSTEM, _("The system")


class Reason(models.TextChoices):
    FULL = "full", _("Full")
    WAITLIST = "waitlist", _("Waiting list")
    OUTSIDE_AREA = "outside_area", _("Outside its area")
    NOT_ELIGIBLE = "not_eligible", _("Does not meet the conditions")
    COST = "cost", _("Too expensive")
    LANGUAGE = "language", _("Language")
    NO_HOME_VISIT = "no_home_visit", _("Does not come to the home")
    CLOSED_OR_WRONG_DATA = "closed_or_wrong_data", _("Closed, or our details are wrong")
    DOCUMENTS_MISSING = "documents_missing", _("Documents missing")
    DUPLICATE = "duplicate", _("Known there already")
    UNREACHABLE = "unreachable", _("Could not be reached")
    DID_NOT_COME = "did_not_come", _("Did not come")
    NOT_INTERESTED = "not_interested", _("Does not want it any more")
    NOT_MOBILE = "not_mobile", _("Cannot get there")
    SOLVED_OTHERWISE = "solved_otherwise", _("Solved in another way")
    HEALTH = "health", pgettext_lazy("reason", "Health")
    MOVED = "moved", _("Moved away")
    DECEASED = "deceased", _("Died")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("Withdrew their consent")
    EXPIRED = states.EXPIRED, _("Expired")
    OTHER = "other", _("Something else")


class Outcome(models.TextChoices):
    GOT_HELP = "got_help", _("Got help")
    PARTLY = "partly", pgettext_lazy("outcome", "Helped in part")
    NO_HELP = "no_help", _("Got no help")
    REFERRED_ELSEWHERE = "referred_elsewhere", _("Sent on elsewhere")
    STILL_WAITING = "still_waiting", _("Still waiting")
    DID_NOT_CONTACT = "did_not_contact", _("Did not contact them")
    UNKNOWN = "unknown", _("Not known")


class Barrier(models.TextChoices):
    LACK_OF_INFORMATION = "lack_of_information", _("Lack of information")
    FEAR_OF_JUDGEMENT = "fear_of_judgement", _("Fear of being judged")
    PRIDE = "pride", _("Pride")
    LACK_OF_MEANS = "lack_of_means", _("Lack of means")
    LANGUAGE = "language", _("Language")
    MOBILITY = "mobility", _("Mobility")
    DIGITAL = "digital", _("Digital")
    HEALTH = "health", pgettext_lazy("reason", "Health")
    DELAY = "delay", _("Waiting time")
    DISTRUST = "distrust", _("Distrust")
    PAST_REFUSAL = "past_refusal", _("Refused before")
    NOT_ELIGIBLE = "not_eligible", _("Does not meet the conditions")
    PAPERS = "papers", _("Papers")
    ISOLATION = "isolation", _("Isolation")
    OTHER = "other", _("Something else")


class NeedStatus(models.TextChoices):
    OPEN = states.OPEN, pgettext_lazy("need", "Open")
    ORIENTED = states.ORIENTED, pgettext_lazy("need", "Oriented")
    SATISFIED = states.SATISFIED, pgettext_lazy("need", "Satisfied")
    PARTLY = states.PARTLY, pgettext_lazy("need", "Satisfied in part")
    UNSATISFIED = states.UNSATISFIED, pgettext_lazy("need", "Not satisfied")
    WITHDRAWN = states.WITHDRAWN, pgettext_lazy("need", "Withdrawn")


class Urgency(models.TextChoices):
    TODAY = "today", _("Today")
    SOON = "soon", _("This week")
    CAN_WAIT = "can_wait", _("Can wait")


class FollowUpKind(models.TextChoices):
    PERSON = waiting.PERSON, _("Ask the person")
    SERVICE = waiting.SERVICE, _("Remind the service")
    EXPIRY = waiting.EXPIRY, _("Let it expire")
    CALL_BACK = waiting.CALL_BACK, _("Call back")


class CancelledBecause(models.TextChoices):
    NEED_CLOSED = "need_closed", _("The need is closed")
    ORIENTATION_ENDED = "orientation_ended", _("The orientation has ended")
    OPPOSITION = "opposition", _("The person does not want to be called")
    REPLACED = "replaced", _("Another date was set")
    ANSWERED = "answered", _("The service has answered")
    ERASED = "erased", _("The file was erased")


class ConsentKind(models.TextChoices):
    CONTACT = "contact", _("To be called back")
    KEEP_RECORD = "keep_record", _("To keep a file")
    TRANSMIT = "transmit", _("To send a file to the service")


class ContactPreference(models.TextChoices):
    PHONE = "phone", _("By phone")
    SMS = "sms", _("By text message")
    EMAIL = "email", _("By e-mail")
    POST = "post", _("By post")
    NONE = "none", _("No contact")


class AgeBand(models.TextChoices):
    UNDER_65 = "under_65", _("Under 65")
    FROM_65 = "65_74", _("65 to 74")
    FROM_75 = "75_84", _("75 to 84")
    FROM_85 = "85_plus", _("85 and over")


class Mobility(models.TextChoices):
    MOBILE = "mobile", _("Gets about alone")
    WITH_HELP = "with_help", _("Gets about with help")
    HOUSEBOUND = "housebound", _("Does not leave home")


class AccessAction(models.TextChoices):
    VIEW = "view", _("Opened")
    LIST = "list", _("Listed")
    SEARCH = "search", _("Looked up")
    EXPORT = "export", _("Exported")
    PRINT = "print", _("Printed")
    SEND = "send", _("Sent")
    CHANGE = "change", _("Changed")


class Channel(models.TextChoices):
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    PAPER = "paper", _("Paper")
