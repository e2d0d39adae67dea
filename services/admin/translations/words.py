"""What the translation pages say: states, and why a text is not taken."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from services.codes import TranslationState
from services.translating import units
from services.translating.exchange import plan
from services.translating.texts import in_order, kind_of

STATES = dict(TranslationState.choices)

# By the code of services.translating.errors, texts.refusal and exchange.plan.REASONS.
WHY = {
    "empty": _("It is empty."),
    "html": _("It holds HTML; only plain text is taken."),
    "control": _("It holds a character that cannot be shown."),
    "too_long": _("It is too long."),
    "lines": _("It must be on one line."),
    "invalid": _("The listing has a mistake elsewhere. Open its form, mend it and try again."),
    "unknown_text": _("The listing has no such text in its original (any more)."),
    "unknown_listing": _("There is no such listing."),
    "foreign": _("This listing belongs to another team."),
    "original": _("The listing is written in this language: nothing is to be translated."),
    "private": _("It is about an address that is kept secret, and is translated here only."),
    "twice": _("The same text stands twice in the file; the first one counts."),
    "no_hash": _("The mark of the original is missing or damaged. Export the text again."),
    "markup": _("It holds tags of the translation tool; only plain text is taken."),
    "cells": _("The line has more or fewer cells than the first line."),
    "quotes": _("The quotes are not closed."),
    "draft_differs": _("A colleague's draft says something else. Look at it first."),
    "locked": _("The listing is locked or in review."),
    "changed_meanwhile": _(
        "Somebody saved this listing while you were writing. Nothing was lost: look at what is new."
    ),
    "outdated": _("The original has changed since."),
    "refused": _("It could not be written."),
}
OUTCOMES = {
    plan.APPLY: pgettext_lazy("translation", "To be written"),
    plan.UNCHANGED: pgettext_lazy("translation", "Nothing to do"),
    plan.OUTDATED: pgettext_lazy("translation", "Original changed since"),
    plan.REFUSED: pgettext_lazy("translation", "Refused"),
    plan.PUBLISHED: pgettext_lazy("translation", "Published"),
    plan.DRAFTED: pgettext_lazy("translation", "Waits in a draft"),
}
NAMED = 4  # kinds of text that a list names


def why(code: str):
    return WHY.get(code, WHY["refused"])


def named(keys) -> str:
    """ "Name, Description and 2 more": each kind of text once, in the order of the form."""
    kinds = list(dict.fromkeys(kind_of(key) for key in in_order(keys)))
    shown = ", ".join(units.label(kind) for kind in kinds[:NAMED])
    left = len(kinds) - NAMED
    if left <= 0:
        return shown
    more = ngettext("and %(count)d more", "and %(count)d more", left) % {"count": left}
    return f"{shown} {more}"
