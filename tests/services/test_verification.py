"""A verification by phone, from the list to the next listing: what it writes, what it mends, whom it lets in."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.actions import sync_roles
from accounts.models import Membership, User
from audit.models import AuditEntry
from services.admin.workflow import ensure_workflow
from services.care import actions as care
from services.models import Change, Phone, Service, Verification
from services.suggestions.actions import suggest_correction
from services.verification import actions

from .builders import location, service, team

pytestmark = pytest.mark.django_db
LIST = "/admin/catalogue/to-verify/"


@pytest.fixture
def member(client):
    sync_roles()

    def join(role: str, code: str = "team") -> User:
        user = User.objects.create_user(f"{role}-{code}", password="secret")
        Membership.objects.create(user=user, team=team(code), role=role)
        client.force_login(user)
        return user

    return join


def screen(listing) -> str:
    return reverse("wagtailsnippets_services_service:verify", args=[listing.pk])


def answers(result: str, **values) -> dict:
    return {"channel": "call", "result": result, "note": "", **values}


def with_phone(name: str = "Épicerie sociale", **values) -> Service:
    listing = service(name, **values)
    listing.phones = [Phone(number="02 123 45 67", description_fr="Accueil")]
    listing.save()
    return listing


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


class TestTheScreen:
    def test_the_number_to_dial_and_what_we_say_now(self, member, client):
        listing = with_phone(languages=["fr", "ar"], access_steps=["appointment"])
        member("contributor")
        page = client.get(screen(listing)).content.decode()
        assert 'href="tel:+3221234567"' in page
        assert "02 123 45 67" in page
        assert "Accueil" in page
        for field in ("name", "phone", "hours", "access", "audience", "cost", "languages", "description"):
            assert f'name="is_{field}"' in page
        assert 'name="is_address"' not in page  # it has no place
        assert 'value="self"' not in page  # the organisation's own way

    def test_what_the_public_reported_is_asked_about(self, member, client):
        listing = with_phone()
        sent = suggest_correction(
            service=listing, changes=[], reasons=["wrong_number"], comment="Faux numéro.", language="fr"
        )
        member("contributor")
        page = client.get(screen(listing)).content.decode()
        assert "1 signalement ouvert" in page
        assert "Faux numéro." not in page  # who does not decide about it does not read it
        member("editor")
        page = client.get(screen(listing)).content.decode()
        assert "Faux numéro." in page
        assert reverse("suggestions:decide", args=[sent.uuid]) in page

    def test_all_is_right_in_one_choice(self, member, client):
        listing = with_phone()
        user = member("contributor")
        before = Change.objects.count()
        answer = client.post(screen(listing), answers("verified"))
        assert answer.status_code == 302
        listing.refresh_from_db()
        assert (listing.verified_on, listing.verification_channel) == (localdate(), "call")
        made = Verification.objects.get()
        assert (made.by, made.result) == (user, "verified")
        assert "phone" in made.fields
        assert "address" not in made.fields
        assert Change.objects.count() == before + 1
        entry = AuditEntry.objects.get(action="service.verified")
        assert (entry.actor_id, entry.object_id) == (user.pk, str(listing.uuid))
        assert care.refresh([listing.pk])
        assert listing.care.urgency == 0

    def test_nothing_of_it_is_written_when_the_audit_row_fails(self, member, client, monkeypatch):
        listing = with_phone()
        member("editor")

        def broken(**values):
            raise RuntimeError("no audit")

        monkeypatch.setattr(actions.audit, "record", broken)
        with pytest.raises(RuntimeError):
            client.post(screen(listing), answers("verified"))
        listing.refresh_from_db()
        assert (listing.verified_on, Verification.objects.count()) == (None, 0)

    def test_a_wrong_number_is_mended_in_the_call(self, member, client):
        listing = with_phone()
        phone = listing.phones.get()
        member("editor")
        values = {"is_phone": "wrong", f"phone_{phone.uuid.hex}": "02 765 43 21", "is_name": "right"}
        answer = client.post(screen(listing), answers("verified", **values))
        listing = Service.objects.get(pk=listing.pk)
        assert [phone.number for phone in listing.phones.all()] == ["02 765 43 21"]
        assert listing.verified_on == localdate()
        assert not listing.has_unpublished_changes
        assert listing.phones.get().description_fr == "Accueil"
        assert "published" in said(answer) or "publiées" in said(answer)

    @pytest.mark.parametrize("number", ["pas de numéro", ""])
    def test_what_is_no_number_is_refused_and_nothing_is_saved(self, member, client, number):
        listing = with_phone()
        phone = listing.phones.get()
        member("editor")
        values = {"is_phone": "wrong", f"phone_{phone.uuid.hex}": number}
        answer = client.post(screen(listing), answers("verified", **values))
        assert answer.status_code == 200
        assert "02 123 45 67" in answer.content.decode()
        assert listing.phones.get().number == "02 123 45 67"
        assert not Verification.objects.exists()

    def test_all_is_right_and_something_is_not_contradict_each_other(self, member, client):
        listing = with_phone()
        member("editor")
        answer = client.post(screen(listing), answers("verified", is_hours="wrong"))
        assert answer.status_code == 200
        assert not Verification.objects.exists()

    def test_partly_verified_counts_when_the_door_is_not_closed(self, member, client):
        member("editor")
        listing = with_phone("Une")
        client.post(screen(listing), answers("partly", is_name="right"))
        listing.refresh_from_db()
        assert listing.verified_on is None
        client.post(screen(listing), answers("partly", is_phone="right", is_hours="right"))
        listing.refresh_from_db()
        assert listing.verified_on == localdate()
        assert [row.fields for row in listing.verifications.all()] == [["phone", "hours"], ["name"]]

    def test_partly_without_a_tick_is_asked_again(self, member, client):
        listing = with_phone()
        member("editor")
        assert client.post(screen(listing), answers("partly")).status_code == 200
        assert not Verification.objects.exists()

    def test_the_next_one_is_the_most_urgent_that_nobody_tried_today(self, member, client):
        member("editor")
        first, second = with_phone("Une"), with_phone("Deux")
        service("Ailleurs", steward=team("other"))
        care.refresh()
        answer = client.post(screen(first), answers("unreachable", and_next="1"))
        assert answer.url == screen(second)
        answer = client.post(screen(second), answers("unreachable", and_next="1"))
        assert answer.url == LIST


class TestDrafts:
    def test_a_draft_stays_one_and_gets_the_correction_too(self, member, client):
        listing = with_phone()
        phone = listing.phones.get()
        draft = Service.objects.get(pk=listing.pk)
        draft.summary_fr = "Texte en cours"
        draft.save_revision()
        member("editor")
        values = {"is_phone": "wrong", f"phone_{phone.uuid.hex}": "02 765 43 21"}
        client.post(screen(listing), answers("verified", **values))
        listing = Service.objects.get(pk=listing.pk)
        assert listing.phones.get().number == "02 765 43 21"
        assert not listing.summary_fr
        assert listing.has_unpublished_changes
        kept = listing.get_latest_revision_as_object()
        assert kept.summary_fr == "Texte en cours"
        assert [phone.number for phone in kept.phones.all()] == ["02 765 43 21"]

    def test_a_contributors_correction_waits_for_review(self, member, client):
        ensure_workflow()
        listing = with_phone()
        member("contributor")
        client.post(screen(listing), answers("verified", is_name="wrong", name="Épicerie Les Capucines"))
        listing = Service.objects.get(pk=listing.pk)
        assert listing.name_fr == "Épicerie sociale"
        assert listing.verified_on == localdate()
        assert listing.get_latest_revision_as_object().name_fr == "Épicerie Les Capucines"
        assert listing.workflow_in_progress

    def test_a_version_from_before_does_not_bring_the_old_date_back(self, member, client):
        listing = with_phone()
        revision = listing.save_revision()
        member("editor")
        client.post(screen(listing), answers("verified"))
        revision.publish()
        listing = Service.objects.get(pk=listing.pk)
        assert (listing.verified_on, listing.verification_channel) == (localdate(), "call")

    def test_the_form_shows_the_history_and_no_date_to_type(self, member, client):
        listing = with_phone()
        user = member("editor")
        actions.record(
            service=listing, channel="visit", result="verified", fields=["name"], by=user, note="Vu"
        )
        page = client.get(
            reverse("wagtailsnippets_services_service:edit", args=[listing.pk])
        ).content.decode()
        assert 'name="verified_on"' not in page
        assert 'name="verification_channel"' not in page
        assert "· Vu" in page
        assert screen(listing) in page


class TestUnreachableAndClosed:
    def test_nobody_reached_does_not_count_and_three_times_proposes_to_suspend(self, member, client):
        listing = with_phone()
        member("editor")
        for _attempt in range(2):
            assert client.post(screen(listing), answers("unreachable")).url == LIST
        assert 'value="suspended"' not in client.get(screen(listing)).content.decode()
        answer = client.post(screen(listing), answers("unreachable", and_next="1"))
        assert answer.url == screen(listing)
        assert 'value="suspended"' in client.get(screen(listing)).content.decode()
        client.post(screen(listing), {"lifecycle": "suspended"})
        listing = Service.objects.get(pk=listing.pk)
        assert (listing.lifecycle, listing.verified_on) == ("suspended", None)

    def test_closed_proposes_closing_with_a_replacement(self, member, client):
        listing, other = with_phone(), with_phone("La suivante")
        member("editor")
        assert client.post(screen(listing), answers("closed")).url == screen(listing)
        client.post(screen(listing), {"lifecycle": "closed_permanently", "replaced_by": other.pk})
        listing = Service.objects.get(pk=listing.pk)
        assert (listing.lifecycle, listing.replaced_by, listing.verified_on) == (
            "closed_permanently",
            other,
            None,
        )
        care.refresh()
        assert listing.care.urgency == 0

    def test_only_who_publishes_suspends_or_closes(self, member, client):
        listing = with_phone()
        member("contributor")
        for _attempt in range(3):
            client.post(screen(listing), answers("unreachable"))
        assert 'value="suspended"' not in client.get(screen(listing)).content.decode()
        client.post(screen(listing), {"lifecycle": "suspended"})
        assert Service.objects.get(pk=listing.pk).lifecycle == "published"

    def test_an_unknown_state_is_refused(self, member, client):
        listing = with_phone()
        member("editor")
        assert client.post(screen(listing), {"lifecycle": "archived"}).status_code == 200
        assert Service.objects.get(pk=listing.pk).lifecycle == "published"


class TestTheList:
    def test_own_teams_listings_by_urgency(self, member, client):
        member("editor")
        late, later = service("Tard", verified_on=None), service("Plus tard")
        Verification.objects.create(service=late, channel="call", result="unreachable")
        hidden = service("Ailleurs", steward=team("other"))
        draft = service("Brouillon", live=False)
        care.refresh()
        type(late.care).objects.filter(pk=later.pk).update(urgency=50)
        page = client.get(LIST).content.decode()
        assert screen(late) in page
        assert screen(later) in page
        assert page.index(screen(later)) < page.index(screen(late))
        assert screen(hidden) not in page
        assert screen(draft) not in page

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("why=never", {"never"}),
            ("why=overdue", {"old"}),
            ("why=reported", {"reported"}),
            ("why=incomplete", {"never", "old", "reported"}),
            ("why=never&why=reported", set()),
        ],
    )
    def test_filters(self, member, client, query, expected):
        from datetime import timedelta

        from services.models import Suggestion

        member("editor")
        listings = {
            "never": service("A"),
            "old": service("B", verified_on=localdate() - timedelta(days=500)),
            "reported": service("C", verified_on=localdate()),
        }
        Suggestion.objects.create(service=listings["reported"], kind="report", channel="public")
        care.refresh()
        page = client.get(f"{LIST}?{query}").content.decode()
        assert {name for name, listing in listings.items() if screen(listing) in page} == expected

    def test_by_bassin_and_by_kind(self, member, client):
        from geo.models import Territory

        from .builders import term

        member("editor")
        bassin = Territory.objects.create(kind="bassin", code="nord", name_fr="Nord")
        kind = term("organisation_type", "food_aid")
        here = service("Ici", at=[location(bassin=bassin, bassin_by_hand=True)], organisation_type=kind)
        there = service("Là")
        care.refresh()
        for query in (f"bassin={bassin.pk}", f"kind={kind.pk}"):
            page = client.get(f"{LIST}?{query}").content.decode()
            assert screen(here) in page
            assert screen(there) not in page

    def test_fifty_rows_stay_under_forty_queries(self, member, client, django_assert_max_num_queries):
        member("editor")
        for number in range(50):
            with_phone(f"Service {number}")
        care.refresh()
        client.get(LIST)
        with django_assert_max_num_queries(39):
            assert client.get(LIST).status_code == 200

    def test_somebody_who_verifies_nothing_is_not_let_in(self, member, client):
        member("taxonomy_manager")
        assert client.get(LIST).status_code == 302
        assert "to-verify" not in client.get("/admin/", follow=True).content.decode()


def test_who_may_verify_which_listing(member, client):
    foreign = with_phone(steward=team("other"))
    member("moderator")
    answer = client.post(screen(foreign), answers("verified"), follow=True)
    assert answer.redirect_chain
    assert not Verification.objects.exists()
    hidden = with_phone(steward=team("other"), live=False)
    assert client.get(screen(hidden), follow=True).status_code == 404


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"channel": "pigeon"}, "pigeon"),
        ({"result": "maybe"}, "maybe"),
        ({"fields": ["shoe_size"]}, "shoe_size"),
    ],
)
def test_an_unknown_code_is_named(values, word):
    given = {"channel": "call", "result": "verified", "fields": ["name"], "by": None, **values}
    with pytest.raises(ValueError, match=word):
        actions.record(service=service(), **given)
    assert not Verification.objects.exists()
