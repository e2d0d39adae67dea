"""Why a message was not sent, in words for people; the database keeps the error's class."""

from django.utils.translation import gettext_lazy as _

_NO_ANSWER = _("The mail server did not answer")
_REFUSED = _("The mail server refused the message")
_WORDS = {
    "SMTPRecipientsRefused": _("The address was refused"),
    "SMTPDataError": _REFUSED,
    "SMTPSenderRefused": _REFUSED,
    "SMTPResponseException": _REFUSED,
    "SMTPAuthenticationError": _("The mail server refused our password"),
    "TimeoutError": _NO_ANSWER,
    "ConnectionRefusedError": _NO_ANSWER,
    "SMTPConnectError": _NO_ANSWER,
    "SMTPServerDisconnected": _("The connection to the mail server broke"),
    "ConnectionResetError": _("The connection to the mail server broke"),
    "gaierror": _("The mail server was not found"),
    "BadHeaderError": _("The message is malformed"),
    "NoGateway": _("Sending is not set up for this channel"),
    "WrongKey": _("The recipient cannot be read with the keys in use"),
    "Withdrawn": _("Withdrawn before it was sent"),
    "LeaseEnded": _("Sending was interrupted each time"),
}


def in_words(error: str) -> str:
    """Of a class name as in Message.last_error; one that is not known here is shown as it is."""
    return str(_WORDS.get(error, error))
