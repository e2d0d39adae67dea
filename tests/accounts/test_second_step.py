"""Two steps to sign in: setting up a phone, its codes, recovery codes, and what an administrator can do."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.html import escape

from accounts import one_time, second_factor, second_factor_actions
from accounts.actions import sync_roles
from accounts.models import Authenticator, Membership, RecoveryCode, Team, User
from audit.models import AuditEntry

from .signing_in import PASSWORD, Phone, administrator, in_english, with_password, with_phone

pytestmark = pytest.mark.django_db
HOME = "/admin/"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def client() -> Client:
    return in_english()


@pytest.fixture
def user() -> User:
    return administrator()


@pytest.fixture
def phone(user) -> Phone:
    return Phone(user)


def audit(action: str) -> list[str]:
    return list(AuditEntry.objects.filter(action=action).values_list("object_id", flat=True))


def opens(client: Client, address: str = HOME) -> bool:
    return client.get(address).status_code == 200


class TestWhoNeedsIt:
    def test_a_role_that_manages_members_does_and_an_editor_does_not(self):
        sync_roles()
        team = Team.objects.create(code="nord", name="Nord")
        for role, expected in (("editor", False), ("moderator", False), ("administrator", True)):
            user = User.objects.create_user(role)
            Membership.objects.create(user=user, team=team, role=role)
            assert second_factor.needed(User.objects.get(pk=user.pk)) == expected

    def test_a_permission_from_a_group_counts_as_one_from_a_role(self, settings):
        settings.SECOND_FACTOR_FOR = ("services.view_service",)
        user = User.objects.create_user("bob")
        assert not second_factor.needed(user)
        group = Group.objects.create(name="readers")
        group.permissions.add(Permission.objects.get(codename="view_service"))
        user.groups.add(group)
        assert second_factor.needed(User.objects.get(pk=user.pk))

    def test_superusers_do_visitors_and_disabled_accounts_do_not(self, user):
        assert second_factor.needed(user)
        assert not second_factor.needed(AnonymousUser())
        user.is_active = False
        assert not second_factor.needed(user)

    def test_nobody_does_where_it_is_not_required(self, user, settings):
        settings.SECOND_FACTOR_REQUIRED = False
        assert not second_factor.needed(user)


class TestSettingUp:
    def test_the_first_sign_in_sets_a_phone_up_and_goes_where_it_wanted(self, client, user):
        wanted = reverse("wagtailadmin_account")
        first = with_password(client, "ann", next=wanted)
        assert first.headers["Location"] == wanted
        step = client.get(wanted)
        assert (
            step.headers["Location"] == f"{reverse('second_factor_set_up')}?next={wanted.replace('/', '%2F')}"
        )
        page = client.get(step.headers["Location"]).content.decode()
        assert "<svg" in page
        secret = re.search(r'sign-in-key">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
        assert client.get(step.headers["Location"]).content.decode().count(one_time.in_groups(secret)) == 1
        assert not Authenticator.objects.exists()

        refused = client.post(reverse("second_factor_set_up"), {"code": "12345"})
        assert "does not belong to this QR code" in refused.content.decode()
        assert not Authenticator.objects.exists()

        done = client.post(
            reverse("second_factor_set_up"), {"code": one_time.code_now(secret), "next": wanted}
        ).content.decode()
        codes = re.findall(r"<code>([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})</code>", done)
        assert len(codes) == 10
        assert f'href="{wanted}"' in done
        assert opens(client, wanted)
        assert audit("second_factor.set_up") == [str(user.pk)]

    def test_the_secret_is_sealed_and_the_codes_are_hashes(self, user):
        phone = Phone(user)
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM accounts_authenticator")
            (stored,) = cursor.fetchone()
        secret = phone.authenticator.secret
        assert stored.startswith("gAAAA")
        assert secret not in stored
        kept = set(RecoveryCode.objects.values_list("hashed", flat=True))
        assert kept == {one_time.hash_of(code, user=user.pk) for code in phone.codes}
        assert not any(code in " ".join(kept) for code in phone.codes)

    def test_the_secret_on_offer_is_sealed_in_the_session(self, client, user):
        client.force_login(user)
        page = client.get(reverse("second_factor_set_up")).content.decode()
        secret = re.search(r'sign-in-key">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
        assert secret not in str(dict(client.session))

    def test_a_password_alone_cannot_put_another_phone_in_place(self, client, user, phone):
        with_password(client, "ann")
        assert (
            client.get(reverse("second_factor_set_up")).headers["Location"].startswith(reverse("second_step"))
        )
        assert client.post(reverse("second_factor_set_up"), {"code": phone.code()}).status_code == 302
        assert Authenticator.objects.get().pk == phone.authenticator.pk

    def test_it_ends_the_sessions_that_had_none(self, user, client):
        other = in_english()
        other.force_login(user)
        Phone(user)
        assert "_auth_user_id" in other.session
        assert other.get(HOME).headers["Location"].startswith(reverse("wagtailadmin_login"))


class TestTheCode:
    def test_password_and_code_open_and_each_session_needs_its_own(self, client, user, phone):
        with_password(client, "ann")
        assert not opens(client)
        assert with_phone(client, phone, next=HOME).headers["Location"] == HOME
        assert opens(client)
        other = in_english()
        with_password(other, "ann")
        assert not opens(other)

    def test_the_session_gets_a_new_key(self, client, user, phone):
        with_password(client, "ann")
        before = client.session.session_key
        with_phone(client, phone)
        assert client.session.session_key != before

    def test_a_code_is_taken_once(self, client, user, phone):
        code = phone.code()
        with_password(client, "ann")
        client.post(reverse("second_step"), {"code": code})
        assert opens(client)
        other = in_english()
        with_password(other, "ann")
        again = other.post(reverse("second_step"), {"code": code})
        assert "was used already" in again.content.decode()
        assert not opens(other)

    def test_the_fifth_wrong_code_locks_and_the_right_one_is_then_refused(
        self, client, user, phone, settings
    ):
        with_password(client, "ann")
        for _attempt in range(5):
            assert client.post(reverse("second_step"), {"code": phone.wrong_code()}).status_code == 200
        assert audit("second_factor.locked") == [str(user.pk)]
        refused = with_phone(client, phone)
        assert refused.status_code == 429
        assert "15 minutes" in refused.content.decode()
        # Also a recovery code, and also from another browser.
        other = in_english()
        with_password(other, "ann")
        refused = other.post(reverse("second_step_recovery"), {"code": phone.codes[0]})
        assert refused.status_code == 429
        assert RecoveryCode.objects.count() == 10
        assert not opens(other)
        # Time unlocks.
        settings.SECOND_FACTOR_LOCK_MINUTES = 0
        assert with_phone(client, phone).status_code == 302
        assert opens(client)

    def test_a_success_forgets_the_failures(self, client, user, phone):
        for _round in range(3):
            with_password(client, "ann")
            for _attempt in range(4):
                client.post(reverse("second_step"), {"code": phone.wrong_code()})
            Authenticator.objects.update(last_step=0)
            assert with_phone(client, phone).status_code == 302
            client.logout()

    def test_signing_in_again_owes_the_step_again(self, client, user, phone):
        with_password(client, "ann")
        with_phone(client, phone)
        with_password(client, "ann")
        assert not opens(client)

    def test_somebody_elses_session_key_or_mark_is_worth_nothing(self, client, user, phone):
        other = Phone(administrator("eve"))
        with_password(client, "ann")
        session = client.session
        session[second_factor.MARK] = other.authenticator.pk
        session.save()
        assert not opens(client)

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
    def test_it_leads_to_this_site_only(self, client, user, phone, elsewhere):
        with_password(client, "ann")
        assert with_phone(client, phone, next=elsewhere).headers["Location"] == HOME


class TestRecovery:
    def test_a_code_on_paper_stands_in_once(self, client, user, phone):
        with_password(client, "ann")
        typed = phone.codes[0].lower().replace("-", " ")
        client.post(reverse("second_step_recovery"), {"code": typed})
        assert opens(client)
        assert RecoveryCode.objects.count() == 9
        assert audit("second_factor.recovery_code_used") == [str(user.pk)]
        other = in_english()
        with_password(other, "ann")
        refused = other.post(reverse("second_step_recovery"), {"code": phone.codes[0]})
        assert "none of your recovery codes" in refused.content.decode()
        assert not opens(other)

    def test_somebody_elses_code_does_not_fit(self, client, user, phone):
        other = Phone(administrator("eve"))
        with_password(client, "ann")
        client.post(reverse("second_step_recovery"), {"code": other.codes[0]})
        assert not opens(client)

    def test_new_codes_take_password_and_code_and_end_the_old_ones(self, client, user, phone):
        with_password(client, "ann")
        with_phone(client, phone)
        other = in_english()
        with_password(other, "ann")
        address = reverse("second_factor_new_codes")
        wrong = client.post(address, {"password": "not it", "code": phone.code()})
        assert "This is not your password" in wrong.content.decode()
        page = client.post(address, {"password": PASSWORD, "code": phone.code()}).content.decode()
        codes = re.findall(r"<code>([^<]+)</code>", page)
        assert len(codes) == 10
        assert not set(codes) & set(phone.codes)
        assert opens(client)
        assert other.get(reverse("second_step")).headers["Location"].startswith(reverse("wagtailadmin_login"))

    def test_a_wrong_password_is_counted_as_a_wrong_code_is(self, client, user, phone):
        with_password(client, "ann")
        with_phone(client, phone)
        address = reverse("second_factor_remove")
        for _attempt in range(5):
            assert client.post(address, {"password": "no", "code": "000000"}).status_code == 200
        assert client.post(address, {"password": PASSWORD, "code": phone.code()}).status_code == 429
        assert Authenticator.objects.exists()

    @pytest.mark.parametrize("by_paper", [False, True])
    def test_whoever_changes_phones_removes_the_old_and_sets_up_the_new_at_once(
        self, client, user, phone, by_paper
    ):
        with_password(client, "ann")
        with_phone(client, phone)
        Authenticator.objects.update(last_step=0)
        code = phone.codes[3] if by_paper else phone.code()
        gone = client.post(reverse("second_factor_remove"), {"password": PASSWORD, "code": code})
        assert gone.headers["Location"] == reverse("second_factor_set_up")
        assert not Authenticator.objects.exists()
        assert not RecoveryCode.objects.exists()
        assert not opens(client)
        assert client.get(reverse("second_factor_set_up")).status_code == 200
        assert audit("second_factor.removed") == [str(user.pk)]


class TestAdministrator:
    @pytest.fixture
    def agent(self) -> User:
        sync_roles()
        user = User.objects.create_user("agent", "agent@example.org", PASSWORD)
        Membership.objects.create(
            user=user, team=Team.objects.create(code="nord", name="Nord"), role="administrator"
        )
        return user

    @pytest.fixture
    def signed_in(self, client, user, phone) -> Client:
        with_password(client, "ann")
        with_phone(client, phone)
        return client

    def test_resets_the_phone_of_somebody_who_lost_it(self, signed_in, user, agent):
        lost = Phone(agent)
        theirs = in_english()
        with_password(theirs, "agent")
        with_phone(theirs, lost)
        assert opens(theirs)
        address = reverse("sign_in_of", args=[agent.pk])
        assert address in signed_in.get(reverse("wagtailusers_users:index")).content.decode()
        page = signed_in.get(address).content.decode()
        assert "10 recovery codes are left" in page
        signed_in.post(address, {"reset": "1"})
        assert not Authenticator.objects.filter(user=agent).exists()
        (entry,) = AuditEntry.objects.filter(action="second_factor.reset")
        assert (entry.object_id, entry.actor_label) == (str(agent.pk), "ann")
        assert not opens(theirs)
        with_password(theirs, "agent")
        assert theirs.get(HOME).headers["Location"].startswith(reverse("second_factor_set_up"))

    def test_unlocks_codes(self, signed_in, agent):
        lost = Phone(agent)
        theirs = in_english()
        with_password(theirs, "agent")
        for _attempt in range(6):
            theirs.post(reverse("second_step"), {"code": lost.wrong_code()})
        assert with_phone(theirs, lost).status_code == 429
        address = reverse("sign_in_of", args=[agent.pk])
        assert "locked for now" in signed_in.get(address).content.decode()
        signed_in.post(address, {"unlock": "1"})
        assert "locked for now" not in signed_in.get(address).content.decode()
        assert with_phone(theirs, lost).status_code == 302
        assert audit("second_factor.unlocked") == [str(agent.pk)]

    def test_nobody_resets_their_own_or_a_superusers(self, signed_in, user, phone, agent):
        assert signed_in.post(reverse("sign_in_of", args=[user.pk]), {"reset": "1"}).status_code == 302
        theirs, own = Client(), Phone(agent)
        with_password(theirs, "agent")
        with_phone(theirs, own)
        assert opens(theirs)
        theirs.post(reverse("sign_in_of", args=[user.pk]), {"reset": "1"})
        assert Authenticator.objects.filter(user=user).exists()
        assert audit("second_factor.reset") == []
        with pytest.raises(second_factor_actions.NotAllowed):
            second_factor_actions.reset(user=user, by=agent)

    def test_an_editor_does_not_get_there(self, client, user):
        editor = User.objects.create_user("editor")
        sync_roles()
        Membership.objects.create(
            user=editor, team=Team.objects.create(code="sud", name="Sud"), role="editor"
        )
        Phone(user)
        client.force_login(editor)
        assert client.post(reverse("sign_in_of", args=[user.pk]), {"reset": "1"}).status_code == 302
        assert Authenticator.objects.exists()


class TestFromTheServer:
    def test_the_only_superuser_is_helped(self, client, user, phone, capsys):
        with_password(client, "ann")
        with_phone(client, phone)
        call_command("reset_second_factor", "ann")
        assert "sets up another phone" in capsys.readouterr().out
        assert not Authenticator.objects.exists()
        assert AuditEntry.objects.get(action="second_factor.reset").actor_label == "system"
        assert client.get(HOME).headers["Location"].startswith(reverse("wagtailadmin_login"))

    @pytest.mark.parametrize(
        ("name", "said"), [("nobody", "no user 'nobody'"), ("ann", "has no second factor")]
    )
    def test_it_names_what_is_wrong(self, user, name, said):
        with pytest.raises(CommandError, match=said):
            call_command("reset_second_factor", name)


class TestRequiredView:
    """The decorator that views of the desk wear."""

    @pytest.fixture
    def asked(self, rf: RequestFactory):
        shown = []

        @second_factor.required
        def persons(request):
            shown.append(request)
            return HttpResponse("persons")

        def ask(user, **session):
            request = rf.get("/desk/persons/")
            request.user, request.session = user, session
            return persons(request), shown

        return ask

    def test_visitors_sign_in(self, asked):
        answer, shown = asked(AnonymousUser())
        assert answer.headers["Location"] == "/admin/login/?next=/desk/persons/"
        assert not shown

    def test_whoever_owes_the_step_is_led_there(self, asked, user, phone):
        answer, shown = asked(user)
        assert answer.headers["Location"] == f"{reverse('second_step')}?next=%2Fdesk%2Fpersons%2F"
        assert not shown

    def test_whoever_has_no_phone_sets_one_up_whatever_their_permissions(self, asked):
        answer, shown = asked(User.objects.create_user("plain"))
        assert answer.headers["Location"].startswith(reverse("second_factor_set_up"))
        assert not shown

    def test_whoever_did_it_sees_the_view(self, asked, user, phone):
        answer, shown = asked(user, **{second_factor.MARK: phone.authenticator.pk})
        assert answer.content == b"persons"
        assert len(shown) == 1


def test_what_a_page_says_is_escaped(client, user):
    user.username = "<b>ann</b>"
    user.save()
    client.force_login(user)
    page = client.get(reverse("second_factor_set_up")).content.decode()
    assert escape("<b>ann</b>") in page
    assert "<b>ann" not in page
