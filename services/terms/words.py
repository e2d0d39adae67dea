"""Why something may not be done with a term, as a sentence for the person who tried."""

from django.utils.translation import gettext_lazy as _

from .rules import TermRefused

SENTENCES = {
    "same_term": _("Choose another term: this is the term itself."),
    "other_table": _("Choose another term, of the same table."),
    "retired": _("This term is retired: bring it back first."),
    "target_retired": _("The term you chose is retired: choose one that is in use."),
    "into_own_part": _("A term cannot become one of its own parts: merge the part into it instead."),
    "parts_have_no_parts": _("Terms have two levels: a part has no parts of its own."),
    "has_parts": _("It still has parts: move, merge or retire these first."),
    "audience_in_use": _(
        "Listings are only for this audience or mainly for it: merge it into another instead."
    ),
    "not_retired": _("This term is in use: there is nothing to bring back."),
    "was_merged": _("This term was merged into another: take the merge back instead."),
    "already_undone": _("This merge was taken back already."),
    "merged_on": _("The term it was merged into was merged or retired since: take that back first."),
    "no_neighbour": _("It is at the end already."),
}


def in_words(error: TermRefused):
    return SENTENCES[error.reason]
