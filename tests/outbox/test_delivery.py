"""Sending what is due: what becomes of a message, and what is forgotten when."""

import logging
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AuditEntry
from outbox.actions import enqueue, forget_recipients, resend
from outbox.backoff import LONGEST, delay
from outbox.delivery import deliver_due
from outbox.errors import NotToBeResent
from outbox.models import Message

from .builders import message
from .mail_server import BUSY, GONE

pytestmark = pytest.mark.django_db(transaction=True)


class TestSent:
    def test_as_the_server_took_it(self, mail):
        made = enqueue(
            kind="verification",
            channel="email",
            recipient="accueil@example.org",
            subject="Données à vérifier",
            body="Bonjour, est-ce encore juste ?",
            html="<p>Bonjour</p>",
            language="fr",
            idempotency_key="k",
        )
        assert str(deliver_due()) == "1 sent, 0 to be tried again, 0 given up"
        [(recipient, taken)] = mail.taken
        assert recipient == taken["To"] == "accueil@example.org"
        assert taken["Message-ID"] == f"<{made.uuid}@localhost>"
        assert (taken["Content-Language"], taken["Auto-Submitted"]) == ("fr", "auto-generated")
        assert [part.get_content_type() for part in taken.walk()][1:] == ["text/plain", "text/html"]

    def test_the_recipient_is_forgotten_with_it(self, mail):
        made = message()
        deliver_due()
        made.refresh_from_db()
        assert (made.state, made.recipient, made.attempts, made.last_error) == ("sent", None, 1, "")
        assert (made.body, made.html) == ("", ""), "its links would open something still"
        assert made.sent_at is not None
        deliver_due()
        assert len(mail.taken) == 1

    def test_the_longest_waiting_first_and_no_more_than_the_limit(self, mail):
        late, early, future = (
            message(due=timedelta(minutes=minutes), recipient=f"{minutes + 10}@example.org")
            for minutes in (-1, -5, 5)
        )
        assert deliver_due(limit=1).sent == 1
        assert mail.recipients() == ["5@example.org"]
        assert deliver_due().sent == 1
        assert {early.uuid, late.uuid} == {one.uuid for one in Message.objects.filter(state="sent")}
        assert deliver_due(now=timezone.now() + timedelta(minutes=6)).sent == 1
        assert Message.objects.get(pk=future.pk).state == "sent"

    def test_an_sms_on_the_console_shows_no_number(self, capsys):
        message(channel="sms", recipient="+32470123456", subject="", body="Votre rendez-vous est noté.")
        assert deliver_due().sent == 1
        shown = capsys.readouterr().out
        assert "Votre rendez-vous est noté." in shown
        assert "•56" in shown
        assert "3247012" not in shown


class TestFailed:
    def test_not_now_is_tried_again_later_with_the_same_id(self, mail, settings, caplog):
        made, port = message(), settings.EMAIL_PORT
        settings.EMAIL_PORT = 9  # nobody listens
        now = timezone.now()
        assert deliver_due(now=now).failed == 1
        made.refresh_from_db()
        assert (made.state, made.attempts, made.last_error) == ("failed", 1, "ConnectionRefusedError")
        assert made.recipient is not None
        assert timedelta(seconds=59) < made.not_before - now < timedelta(seconds=75)
        assert deliver_due(now=now + timedelta(seconds=30)).failed == 0, "not before it is due"
        settings.EMAIL_PORT = port
        assert deliver_due(now=now + timedelta(minutes=2)).sent == 1
        assert list(mail.ids()) == [f"<{made.uuid}@localhost>"]
        assert "ConnectionRefusedError" in caplog.text
        assert "example.org" not in caplog.text

    def test_a_busy_server_is_asked_again_an_unknown_address_is_not(self, mail, caplog):
        busy, gone = message(recipient=BUSY), message(recipient=GONE)
        assert str(deliver_due()) == "0 sent, 1 to be tried again, 1 given up"
        busy.refresh_from_db()
        gone.refresh_from_db()
        assert (busy.state, busy.recipient, busy.last_error) == ("failed", BUSY, "SMTPRecipientsRefused")
        assert (gone.state, gone.recipient, gone.last_error) == ("given_up", None, "SMTPRecipientsRefused")
        assert BUSY not in caplog.text
        assert GONE not in caplog.text
        row = AuditEntry.objects.get(action="message.given_up")
        assert row.actor_label == "outbox"
        assert row.detail == {
            "kind": "verification",
            "channel": "email",
            "reason": "SMTPRecipientsRefused",
            "attempts": 1,
        }

    def test_given_up_after_so_many_attempts_and_forgotten_a_week_later(self, mail, settings):
        settings.OUTBOX_ATTEMPTS = 3
        made, now = message(recipient=BUSY), timezone.now()
        waits = []
        for _attempt in range(3):
            deliver_due(now=now)
            made.refresh_from_db()
            waits.append(round((made.not_before - now).total_seconds() / 60))
            now = made.not_before
        assert waits[:2] == [1, 2]
        assert (made.state, made.attempts, made.recipient) == ("given_up", 3, BUSY)
        assert forget_recipients(now=made.given_up_at + timedelta(days=6)) == 0
        assert forget_recipients(now=made.given_up_at + timedelta(days=7)) == 1
        made.refresh_from_db()
        assert (made.state, made.recipient) == ("given_up", None)
        assert AuditEntry.objects.filter(
            action="message.recipient_forgotten", object_id=str(made.uuid)
        ).exists()
        assert forget_recipients(now=made.given_up_at + timedelta(days=8)) == 0

    def test_kept_for_no_day_means_forgotten_at_once(self, mail, settings):
        settings.OUTBOX_ATTEMPTS, settings.OUTBOX_KEEP_RECIPIENT_DAYS = 1, 0
        made = message(recipient=BUSY)
        deliver_due()
        made.refresh_from_db()
        assert (made.state, made.recipient) == ("given_up", None)

    def test_a_recipient_that_no_key_opens_keeps_nobody_waiting(self, mail, settings):
        right, settings.SEALING_KEYS = settings.SEALING_KEYS, [Fernet.generate_key().decode()]
        lost = message(due=timedelta(minutes=-5))
        settings.SEALING_KEYS = right
        message(recipient="after@example.org")
        assert str(deliver_due()) == "1 sent, 1 to be tried again, 0 given up"
        assert mail.recipients() == ["after@example.org"]
        assert Message.objects.defer("recipient").get(pk=lost.pk).last_error == "WrongKey"

    def test_a_gateway_that_is_gone_is_a_failure_not_a_crash(self, settings, caplog):
        settings.OUTBOX_GATEWAYS = {}
        message()
        with caplog.at_level(logging.ERROR):
            assert deliver_due().failed == 1
        assert "no gateway is set for email" in caplog.text


class TestLease:
    def test_what_a_killed_sender_held_is_sent_when_its_lease_ends(self, mail):
        now = timezone.now()
        held = message(state="sending", attempts=1, due=now + timedelta(minutes=5))
        assert deliver_due(now=now).sent == 0
        assert deliver_due(now=now + timedelta(minutes=5)).sent == 1
        held.refresh_from_db()
        assert (held.state, held.attempts) == ("sent", 2)

    def test_what_kills_every_sender_is_given_up(self, mail, settings):
        made = message(state="sending", attempts=settings.OUTBOX_ATTEMPTS, due=timedelta(minutes=-1))
        assert deliver_due().given_up == 1
        made.refresh_from_db()
        assert (made.state, made.last_error) == ("given_up", "LeaseEnded")
        assert made.attempts == settings.OUTBOX_ATTEMPTS
        assert mail.taken == []

    def test_who_was_too_slow_does_not_undo_what_the_next_one_wrote(self, settings, monkeypatch):
        """The first sender fails after its lease; the second has sent meanwhile."""
        made = message()
        letters, second = [], []

        class Slow:
            def send(self, letter):
                letters.append(letter.id)
                if len(letters) == 1:
                    second.append(deliver_due(now=timezone.now() + timedelta(minutes=6)))
                    raise TimeoutError

        monkeypatch.setattr("outbox.gateways.for_channel", lambda channel: slow)
        slow = Slow()
        first = deliver_due()
        assert letters == [str(made.uuid)] * 2
        assert second[0].sent == 1
        assert (first.sent, first.failed) == (0, 0)
        made.refresh_from_db()
        assert (made.state, made.recipient) == ("sent", None)


class TestResend:
    def test_given_up_with_a_recipient_is_queued_as_new(self, mail, django_user_model):
        somebody = django_user_model.objects.create(username="somebody")
        made = message(state="given_up", attempts=16, last_error="TimeoutError", recipient="a@example.org")
        resend(message=made, by=somebody)
        assert deliver_due().sent == 1
        assert mail.recipients() == ["a@example.org"]
        assert AuditEntry.objects.get(action="message.resent").actor_label == "somebody"

    @pytest.mark.parametrize(
        "values", [{"state": "sent"}, {"state": "queued"}, {"state": "given_up", "recipient": None}]
    )
    def test_nothing_else_is(self, values):
        made = message(**values)
        with pytest.raises(NotToBeResent):
            resend(message=made, by="test")
        assert Message.objects.get().state == values["state"]


@pytest.mark.parametrize(
    ("state", "values"),
    [
        ("sent", {"recipient": "a@example.org"}),
        ("sent", {"sent_at": None}),
        ("queued", {"recipient": None}),
        ("failed", {"recipient": None}),
        ("given_up", {"given_up_at": None}),
    ],
)
def test_the_database_holds_what_is_forgotten_when(state, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        message(state=state, **values)


def test_waiting_doubles_and_is_bounded():
    waits = [delay(attempts) for attempts in range(1, 16)]
    assert [wait.total_seconds() / 60 for wait in waits[:10]] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert set(waits[10:]) == {LONGEST}
    assert timedelta(days=3) < sum(waits, timedelta()) < timedelta(days=4)
    assert delay(10_000) == LONGEST
    with pytest.raises(ValueError, match="before the first"):
        delay(0)
