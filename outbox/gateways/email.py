"""Mail through Django's mail settings (EMAIL_BACKEND, EMAIL_HOST …)."""

import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError

from outbox.errors import Refused

from . import Letter


class MailGateway:
    """One connection a letter. The Message-ID is the message's own, the same at each attempt.

    SMTP cannot deliver exactly once: a server may have taken a mail whose "250" never reached us. The receiver's server
    can drop the second copy by its id, and most do.
    """

    def send(self, letter: Letter) -> None:
        mail = EmailMultiAlternatives(
            subject=letter.subject,
            body=letter.body,
            to=[letter.recipient],
            headers={
                "Message-ID": f"<{letter.id}@{_domain()}>",
                "Content-Language": letter.language,
                "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday answers, please
            },
        )
        if letter.html:
            mail.attach_alternative(letter.html, "text/html")
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            if all(_is_final(code) for code, _words in error.recipients.values()):
                raise Refused(type(error).__name__) from None
            raise
        except smtplib.SMTPDataError as error:
            if _is_final(error.smtp_code):
                raise Refused(type(error).__name__) from None
            raise
        except (BadHeaderError, UnicodeError) as error:
            raise Refused(type(error).__name__) from None


def _is_final(code: int) -> bool:
    """5yz: the server will not change its mind (RFC 5321 §4.2.1)."""
    return 500 <= code <= 599


def _domain() -> str:
    return urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname or "localhost"
