"""Whether a filled-in form is taken: the trap, the sheet, the count of one sender. Says why not in words."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.client import client_address
from services.suggestions import challenge, quota
from services.suggestions.challenge import NotConvinced, Sheet

LONGEST_BODY = 200_000  # bytes; the longest honest message is a tenth of it
# Nobody types the same forty characters as somebody else; a tick or a phone number may well be the same.
UNMISTAKABLE = 40

WORDS = {
    "broken": _("The page was not whole when it was sent. Nothing is lost: send it once more."),
    "too_old": _("This page was open for a long time. Nothing is lost: send it once more."),
    "too_fast": _("That was very quick. Nothing is lost: wait a moment and send it once more."),
    "unanswered": _("Answer the question, so that we know that you are no machine."),
    "wrong_answer": _("That is not the sum. Here is another one."),
    "too_many": _("Many messages came from your network today. Nothing is lost: try again in an hour."),
    "sent_already": _("This message has reached us already. There is nothing more to do."),
}


def taken(request: HttpRequest, form: forms.Form, text: str) -> tuple[bool, Sheet]:
    """Whether this form, valid otherwise, is taken; if not, its errors say why. The sheet is for the page drawn again."""
    values = form.cleaned_data
    token = values.get("sheet", "")
    try:
        nonce = challenge.check(token=token, proof=values.get("proof", ""), answer=values.get("answer", ""))
        address = client_address(request)
        own = text if len(text) >= UNMISTAKABLE else f"{text} {address} {request.path}"
        quota.count(address=address, nonce=nonce, text=own)
    except NotConvinced as refusal:
        asked = refusal.code in ("unanswered", "wrong_answer")
        form.add_error("answer" if asked else None, forms.ValidationError(WORDS[refusal.code], refusal.code))
        return False, sheet_again(token, anew=refusal.code != "too_fast" and refusal.code != "unanswered")
    except quota.TooMany:
        form.add_error(None, forms.ValidationError(WORDS["too_many"], "too_many"))
        return False, sheet_again(token)
    except quota.SentAlready:
        form.add_error(None, forms.ValidationError(WORDS["sent_already"], "sent_already"))
        return False, sheet_again(token, anew=True)
    return True, sheet_again(token)


def sheet_again(token: str, *, anew: bool = False) -> Sheet:
    """The same sheet, that its work and its time are not lost; a new one when it is of no use."""
    if not anew:
        try:
            return challenge.sheet_of(token)
        except NotConvinced:
            pass
    return challenge.new_sheet()
