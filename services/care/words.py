"""What lacks, as an editor reads it."""

from django.utils.translation import gettext_lazy as _

LACKS = {
    "reachable": _("A phone number or an e-mail address"),
    "hours": _("Opening hours"),
    "needs": _("At least one need it answers"),
    "somewhere": _("A place, or the area it serves"),
    "summary": _("What it is, in one sentence"),
    "access": _("How to get in"),
    "cost": _("What it costs, or that it is free"),
    "both_languages": _("Name and text in French and in Dutch"),
    "description": _("A description"),
    "languages": _("The languages spoken"),
    "pointed": _("The exact address of each place"),
    "web": _("A website"),
}
