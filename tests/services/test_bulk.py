"""One change to many services: what is changed, what is left alone and why, and how it is asked in the admin."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.actions import sync_roles
from accounts.models import Membership, User
from audit.models import AuditEntry
from services import bulk
from services.admin import bulk as admin_bulk
from services.admin.workflow import ensure_workflow
from services.models import Change, Notice, Phone, Service

from .builders import organization, service, team, term

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_role(client):
    sync_roles()

    def sign_in(role: str):
        user, created = User.objects.get_or_create(username=role, defaults={"email": f"{role}@example.org"})
        if created:
            Membership.objects.create(user=user, team=team(), role=role)
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def editor():
    sync_roles()
    user = User.objects.create_user("editor", "editor@example.org")
    Membership.objects.create(user=user, team=team(), role="editor")
    return user


def changed(
    services, edit, by, *, may_publish=True, may_change=lambda service: True, seconds=60.0
) -> bulk.Outcome:
    outcome = bulk.Outcome()
    pks = sorted(one.pk for one in services)
    while pks:
        pks = bulk.change_for_a_while(
            pks,
            edit,
            by=by,
            may_change=may_change,
            may_publish=lambda service: may_publish,
            seconds=seconds,
            outcome=outcome,
        )
    return outcome


def address(action: str, *services, **parameters) -> str:
    query = "&".join(
        [f"id={one.pk}" for one in services] + [f"{key}={value}" for key, value in parameters.items()]
    )
    listing = reverse("wagtailsnippets_services_service:list")
    return f"{reverse('wagtail_bulk_action', args=['services', 'service', action])}?{query}&next={listing}"


class TestChanging:
    def test_a_published_listing_is_published_again_with_its_version_and_audit(self, editor):
        food = term("need", "food")
        made = service("Épicerie")
        before = Change.objects.count()
        assert changed([made], bulk.AddNeed(food), editor).done == 1
        made = Service.objects.get(pk=made.pk)
        assert list(made.needs.all()) == [food]
        assert (made.live, made.has_unpublished_changes) == (True, False)
        assert made.latest_revision.user == editor
        assert made.revisions.count() == 2, "what was imported is kept as the first version"
        assert Change.objects.count() > before
        assert AuditEntry.objects.filter(object_id=str(made.uuid)).exists()

    def test_a_draft_stays_a_draft(self, editor):
        food = term("need", "food")
        made = service("Brouillon", live=False)
        changed([made], bulk.AddNeed(food), editor)
        made = Service.objects.get(pk=made.pk)
        assert (made.live, list(made.needs.all())) == (False, [food])

    @pytest.mark.parametrize(
        ("edit", "reason"),
        [
            (lambda need: bulk.AddNeed(need), "has this need already"),
            (lambda need: bulk.SetState("published"), "is in this state already"),
            (lambda need: bulk.Verified(date(2020, 1, 1), "call"), "was verified later than that"),
        ],
    )
    def test_what_needs_no_change_is_left(self, editor, edit, reason, settings):
        settings.LANGUAGE_CODE = "en"
        need = term("need", "food")
        made = service("Épicerie", needs=[need], verified_on=date(2026, 1, 1))
        outcome = changed([made], edit(need), editor)
        assert (outcome.done, outcome.skipped) == (0, 1)
        assert not made.revisions.exists()

    def test_what_somebody_else_is_busy_with_is_left_alone(self, editor):
        food = term("need", "food")
        unpublished, locked, reviewed, foreign = (service(name) for name in "ABCD")
        unpublished.name_fr = "Pas encore publié"
        unpublished.save_revision()
        other = User.objects.create_user("other", "other@example.org")
        Service.objects.get(pk=locked.pk)
        locked.locked, locked.locked_by, locked.locked_at = True, other, unpublished.modified_at
        locked.save()
        ensure_workflow()
        reviewed.save_revision()
        reviewed.get_workflow().start(reviewed, other)
        outcome = changed(
            [unpublished, locked, reviewed, foreign],
            bulk.AddNeed(food),
            editor,
            may_change=lambda one: one.pk != foreign.pk,
        )
        assert (outcome.done, outcome.skipped) == (0, 4)
        assert len({reason for _pk, _name, reason in outcome.named}) == 4
        assert not Service.objects.filter(needs=food).exists()
        assert Service.objects.get(pk=unpublished.pk).name_fr == "A"

    def test_who_may_not_publish_leaves_a_draft_and_says_so(self, editor):
        made = service("Épicerie")
        outcome = changed([made], bulk.SetState("suspended"), editor, may_publish=False)
        made = Service.objects.get(pk=made.pk)
        assert (made.lifecycle, made.has_unpublished_changes) == ("published", True)
        assert made.get_latest_revision_as_object().lifecycle == "suspended"
        assert outcome.skipped == 1

    def test_what_may_not_be_published_is_named(self, editor):
        made = service("Épicerie")
        made.phones = [Phone(number="call us")]
        made.save()
        outcome = changed([made], bulk.SetState("suspended"), editor)
        assert "call us" not in outcome.named[0][2]
        assert outcome.skipped == 1
        assert Service.objects.get(pk=made.pk).lifecycle == "published"

    def test_holidays_are_a_notice_with_dates_once(self, editor):
        made = service("Épicerie")
        edit = bulk.CloseForAWhile("closure", date(2026, 12, 24), date(2027, 1, 3), {"fr": "Fermé", "nl": ""})
        assert changed([made], edit, editor).done == 1
        assert changed([made], edit, editor).skipped == 1
        notice = Notice.objects.get(service=made)
        assert (notice.kind, notice.text_fr, notice.text_nl, notice.ends_on) == (
            "closure",
            "Fermé",
            None,
            date(2027, 1, 3),
        )

    def test_many_are_worked_through_in_steps(self, editor):
        made = [service(f"S{number}", organization=organization(f"O{number}")) for number in range(45)]
        outcome = changed(made, bulk.SetState("suspended"), editor, seconds=0)
        assert outcome.done == 45
        assert Service.objects.filter(lifecycle="suspended").count() == 45


class TestAsking:
    def test_the_question_names_the_services_and_changes_nothing(self, as_role):
        made = service("Épicerie")
        page = as_role("editor").get(address("verified", made)).content.decode()
        assert "Épicerie" in page
        assert Service.objects.get(pk=made.pk).verified_on is None

    def test_verified_by_phone_today(self, as_role):
        one, two = service("Un"), service("Deux")
        answer = as_role("editor").post(
            address("verified", one, two), {"day": localdate().isoformat(), "channel": "call"}
        )
        assert answer.status_code == 200
        assert answer.context["finished"]
        for made in Service.objects.all():
            assert (made.verified_on, made.verification_channel, made.live) == (localdate(), "call", True)

    @pytest.mark.parametrize(
        ("action", "values", "field"),
        [
            ("verified", {"day": (localdate() + timedelta(2)).isoformat(), "channel": "call"}, "day"),
            ("verified", {"day": "2026-01-01", "channel": "pigeon"}, "channel"),
            ("state", {"lifecycle": "gone"}, "lifecycle"),
            ("add_need", {"need": "0"}, "need"),
            ("holidays", {"kind": "closure", "starts_on": "2030-12-24", "ends_on": "2030-12-20", "text_fr": "x"}, "ends_on"),
            ("holidays", {"kind": "closure", "starts_on": "2020-12-24", "ends_on": "2020-12-26", "text_fr": "x"}, "ends_on"),
            ("holidays", {"kind": "closure", "starts_on": "2030-12-24", "ends_on": "2030-12-26"}, "text_fr"),
        ],
    )  # fmt: skip
    def test_a_wrong_answer_is_named_and_nothing_happens(self, as_role, action, values, field):
        made = service("Épicerie")
        answer = as_role("editor").post(address(action, made), values)
        assert list(answer.context["form"].errors) == [field]
        assert not made.revisions.exists()

    def test_all_in_the_list_means_what_its_filters_showed(self, as_role):
        food = term("need", "food")
        shown, hidden = service("Épicerie", needs=[food]), service("Vestiaire")
        listing = address("state", id="all", need=food.pk, q="epicerie")
        as_role("editor").post(listing, {"lifecycle": "suspended"})
        assert Service.objects.get(pk=shown.pk).lifecycle == "suspended"
        assert Service.objects.get(pk=hidden.pk).lifecycle == "published"

    def test_deleting_all_in_the_list_spares_what_the_list_did_not_show(self, as_role):
        gone, kept = service("Épicerie"), service("Vestiaire")
        as_role("moderator").post(address("delete", id="all", q="epicerie"))
        assert list(Service.objects.values_list("pk", flat=True)) == [kept.pk]
        assert gone.pk != kept.pk

    def test_a_long_one_goes_on_from_where_it_stood(self, as_role, monkeypatch):
        monkeypatch.setattr(admin_bulk, "SECONDS_A_STEP", 0)
        made = [service(f"S{number}") for number in range(bulk.CHUNK + 5)]
        client = as_role("editor")
        first = client.post(address("state", *made), {"lifecycle": "suspended"})
        assert not first.context["finished"]
        assert Service.objects.filter(lifecycle="suspended").count() == bulk.CHUNK
        run = {"run": first.context["state"]["run"]}
        last = client.post(address("state", *made), run)
        assert last.context["finished"]
        assert last.context["state"]["done"] == len(made)
        again = client.post(address("state", *made), run)
        assert again.status_code == 302, "what is finished is not done twice"

    def test_who_may_not_change_services_is_refused(self, as_role):
        made = service("Épicerie")
        client = as_role("taxonomy_manager")
        for answer in (
            client.get(address("state", made)),
            client.post(address("state", made), {"lifecycle": "suspended"}),
        ):
            assert answer.status_code == 302
            assert "Épicerie" not in answer.content.decode()
        assert Service.objects.get(pk=made.pk).lifecycle == "published"
