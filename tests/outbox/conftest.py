from collections.abc import Iterator

import pytest

from tests.outbox import mail_server as servers


@pytest.fixture
def mail_server() -> Iterator[servers.MailServer]:
    with servers.running() as server:
        yield server


@pytest.fixture
def mail(mail_server, settings) -> servers.MailServer:
    """The site under test hands its mail to the server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    return mail_server
