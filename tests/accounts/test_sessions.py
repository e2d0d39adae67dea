"""Sessions end when nobody is there, after a working day, and everywhere when their user or an administrator says so."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import ResolverMatch, reverse

from accounts import sessions
from accounts.models import User
from audit.models import AuditEntry

from .signing_in import PASSWORD, administrator, in_english, with_password

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 3600


@pytest.fixture
def user() -> User:
    return administrator()


@pytest.fixture
def client(user) -> Client:
    client = in_english()
    with_password(client, "ann")
    return client


@pytest.fixture
def clock(monkeypatch):
    """clock(minutes=31): it is so much later."""

    class Clock:
        late = 0.0

        def __call__(self, *, minutes: float) -> None:
            self.late += minutes * MINUTE

    moved, real = Clock(), time.time
    monkeypatch.setattr("accounts.middleware.time.time", lambda: real() + moved.late)
    return moved


def opens(client: Client, address: str = "/admin/") -> bool:
    return client.get(address).status_code == 200


class TestLimits:
    @pytest.mark.parametrize(("minutes", "open_"), [(29, True), (31, False)])
    def test_half_an_hour_without_a_page_ends_it(self, client, clock, minutes, open_):
        clock(minutes=minutes)
        assert opens(client) == open_

    def test_the_page_says_why_and_leads_back(self, client, clock):
        clock(minutes=31)
        answer = client.get(reverse("wagtailadmin_account"), follow=True)
        assert answer.redirect_chain == [("/admin/login/?next=/admin/account/", 302)]
        assert "For safety you were signed out after a while" in answer.content.decode()
        assert not Session.objects.exists() or "_auth_user_id" not in client.session

    def test_work_keeps_it_alive_but_not_beyond_ten_hours(self, client, clock):
        for _quarter in range(39):
            clock(minutes=15)
            assert opens(client)
        clock(minutes=16)
        assert not opens(client)

    def test_a_script_that_asks_by_itself_keeps_nothing_alive(self, client, user, clock):
        ping = reverse("wagtailadmin_editing_sessions:ping", args=["accounts", "user", user.pk, 1])
        for _time in range(2):
            clock(minutes=14)
            assert client.post(ping).status_code in (200, 404)
        clock(minutes=3)
        assert not opens(client)

    def test_views_can_say_that_they_are_asked_by_scripts(self):
        @sessions.passive
        def clock_view(request):
            raise AssertionError

        assert sessions.is_passive(ResolverMatch(clock_view, (), {}))
        assert not sessions.is_passive(ResolverMatch(lambda request: None, (), {}))
        assert not sessions.is_passive(None)

    @pytest.mark.parametrize("wrong", [None, "soon", 9_999_999_999])
    @pytest.mark.parametrize("clock_of", [sessions.BEGAN, sessions.SEEN])
    def test_a_session_without_a_believable_beginning_is_over(self, client, clock_of, wrong):
        session = client.session
        session[clock_of] = wrong
        session.save()
        assert not opens(client)

    def test_it_holds_on_public_pages_too(self, client, clock):
        clock(minutes=31)
        assert not client.get("/api/v1/search", {"q": "x"}).wsgi_request.user.is_authenticated

    def test_a_page_a_minute_writes_the_session_once(self, client, clock, django_assert_num_queries):
        client.get("/admin/")
        before = client.session[sessions.SEEN]
        clock(minutes=0.5)
        client.get("/admin/")
        assert client.session[sessions.SEEN] == before
        clock(minutes=0.6)
        client.get("/admin/")
        assert client.session[sessions.SEEN] > before

    def test_old_rows_are_forgotten(self, client):
        sessions.forget_old()
        assert Session.objects.count() == 1
        Session.objects.update(expire_date="2020-01-01T00:00:00Z")
        sessions.forget_old()
        assert not Session.objects.exists()


class TestKey:
    def test_signing_in_gives_a_new_one(self, client):
        first = client.session.session_key
        with_password(client, "ann")
        assert client.session.session_key != first
        stolen = Client()
        stolen.cookies["sessionid"] = first
        assert not opens(stolen)

    def test_signing_out_ends_it(self, client):
        kept = client.session.session_key
        client.post(reverse("sign_out"))
        stolen = Client()
        stolen.cookies["sessionid"] = kept
        assert not opens(stolen)

    def test_there_is_no_box_to_be_remembered(self):
        assert b'name="remember"' not in in_english().get(reverse("wagtailadmin_login")).content


class TestEverywhere:
    @pytest.fixture
    def other(self, user) -> Client:
        other = Client()
        with_password(other, "ann")
        assert opens(other)
        return other

    def test_by_oneself(self, client, other, user):
        answer = client.post(reverse("sign_out_everywhere"), follow=True)
        assert "in every browser" in answer.content.decode()
        assert not opens(client)
        assert not opens(other)
        with_password(client, "ann")
        assert opens(client)
        assert AuditEntry.objects.get(action="user.signed_out_everywhere").object_id == str(user.pk)

    def test_not_by_a_link(self, client):
        assert client.get(reverse("sign_out_everywhere")).status_code == 405
        assert opens(client)

    def test_by_an_administrator(self, client, other, user):
        theirs = Client()
        theirs.force_login(administrator("eve"))
        theirs.post(reverse("sign_in_of", args=[user.pk]), {"sign_out": "1"})
        assert not opens(client)
        assert not opens(other)
        assert opens(theirs)

    def test_a_new_password_keeps_only_the_session_that_set_it(self, client, other, user):
        new = "une autre longue phrase"
        form = {
            "name_email-first_name": "Ann",
            "name_email-last_name": "Aerts",
            "name_email-email": "ann@example.org",
            "theme-theme": "system",
            "theme-contrast": "system",
            "theme-density": "default",
            "password-old_password": PASSWORD,
            "password-new_password1": new,
            "password-new_password2": new,
        }
        client.post(reverse("wagtailadmin_account"), form)
        user.refresh_from_db()
        assert user.check_password(new)
        assert opens(client)
        assert not opens(other)

    @pytest.mark.parametrize("how", ["form", "bulk"])
    def test_a_disabled_user_is_out_at_the_next_request_and_for_good(self, client, other, user, how):
        if how == "form":
            user = User.objects.get(pk=user.pk)
            user.is_active = False
            user.save()
        else:
            User.objects.filter(pk=user.pk).update(is_active=False)
        kept = client.session.session_key
        session = dict(client.session)
        assert not opens(client)
        # Switched on again, the old session stays dead, even put back as it was.
        User.objects.filter(pk=user.pk).update(is_active=True)
        again = Client()
        again.force_login(administrator("eve"))
        stored = again.session
        stored.clear()
        stored.update(session)
        stored.save()
        assert not opens(again)
        assert not opens(other)
        assert kept

    def test_saving_an_account_that_is_off_already_changes_nothing(self, user):
        user = User.objects.get(pk=user.pk)
        user.is_active = False
        user.save()
        epoch = user.session_epoch
        user.first_name = "Ann"
        user.save()
        assert User.objects.get(pk=user.pk).session_epoch == epoch

    def test_an_older_secret_key_still_opens_the_session(self, client, settings):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another-" + "y" * 50
        user = User.objects.get()
        hashes = list(user.get_session_auth_fallback_hash())
        settings.SECRET_KEY = settings.SECRET_KEY_FALLBACKS[0]
        assert hashes == [user.get_session_auth_hash()]
