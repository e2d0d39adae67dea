"""The one door: every verb, Wagtail's own included, appends to the change log in the transaction of its write."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import now
from wagtail.models import GroupApprovalTask, Workflow, WorkflowTask

from accounts.actions import sync_roles
from accounts.models import User
from audit.actor import acting
from audit.models import AuditEntry
from services import changes
from services.models import Change, Organization, Phone, Service, TaxonomyTerm

from .builders import location, organization, service, term

pytestmark = pytest.mark.django_db


@pytest.fixture
def log():
    """Verbs appended about one object since this was called: log(obj) → ["updated", …]."""
    start = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def verbs(obj) -> list[str]:
        return list(
            Change.objects.filter(pk__gt=start, uuid=obj.uuid).order_by("pk").values_list("verb", flat=True)
        )

    def restart() -> None:
        nonlocal start
        start = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    verbs.restart = restart
    return verbs


@pytest.fixture
def admin(client):
    user = User.objects.create_superuser("admin", "admin@example.org", "secret")
    client.force_login(user)
    return user


def url(name: str, obj=None) -> str:
    args = [obj.pk] if obj is not None else []
    return reverse(
        f"wagtailsnippets_services_{type(obj).__name__.lower() if obj else 'service'}:{name}", args=args
    )


def test_creating_saving_and_deleting_are_logged_once_each(log):
    made = organization()
    made.name_nl = "Vzw Voorbeeld"
    made.save()
    made.delete()
    assert log(made) == ["created", "updated", "deleted"]


def test_the_log_says_who(log, admin):
    with acting(admin):
        made = organization()
    change = Change.objects.get(uuid=made.uuid)
    entry = AuditEntry.objects.get(object_id=str(made.uuid))
    assert (change.actor_id, entry.actor_label, entry.action) == (admin.pk, "admin", "organization.created")


def test_draft_publish_unpublish_and_revert_are_logged(log):
    made = service()
    log.restart()
    made.name_fr = "Nouveau nom"
    draft = made.save_revision()
    assert log(made), "a draft is logged"
    log.restart()
    draft.publish()
    assert "updated" in log(made)
    log.restart()
    made.refresh_from_db()
    assert made.name_fr == "Nouveau nom"
    made.unpublish()
    assert "updated" in log(made)
    log.restart()
    first = made.revisions.order_by("pk").first()
    first.publish()
    assert "updated" in log(made)
    made.refresh_from_db()
    assert made.name_fr == "Épicerie sociale", "the version before the first edit was kept"


def test_edits_of_parts_are_published_and_come_back_with_their_version(log):
    made = service()
    made.phones = [Phone(number="02 000 00 01", description_fr="Accueil")]
    made.save_revision().publish()
    made = Service.objects.get(pk=made.pk)
    assert [phone.number for phone in made.phones.all()] == ["02 000 00 01"]
    first = made.latest_revision
    made.phones = [Phone(number="02 000 00 02")]
    made.save_revision().publish()
    assert list(Phone.objects.filter(service=made).values_list("number", flat=True)) == ["02 000 00 02"]
    restored = first.as_object().phones.all()
    assert [(phone.number, phone.description_fr) for phone in restored] == [("02 000 00 01", "Accueil")]


def test_scheduled_publication_and_expiry_are_logged(log):
    made = service(live=False)
    made.go_live_at = now() + timedelta(seconds=30)
    made.save_revision().publish()
    made.refresh_from_db()
    assert not made.live
    revision = made.latest_revision
    revision.approved_go_live_at = now() - timedelta(minutes=1)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    log.restart()
    call_command("publish_scheduled")
    made.refresh_from_db()
    assert made.live
    assert "updated" in log(made)
    Service.objects.get(pk=made.pk)
    with changes.bulk_recording():
        Service.objects.filter(pk=made.pk).update(expire_at=now() - timedelta(minutes=1))
    log.restart()
    call_command("publish_scheduled")
    made.refresh_from_db()
    assert not made.live
    assert "updated" in log(made)


def test_workflow_approval_is_logged(log, admin):
    from django.contrib.auth.models import Group

    sync_roles()
    task = GroupApprovalTask.objects.create(name="Relecture")
    task.groups.add(Group.objects.get(name="moderator"))
    workflow = Workflow.objects.create(name="Relecture")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    made = service(live=False)
    made.save_revision()
    state = workflow.start(made, admin)
    log.restart()
    state.current_task_state.approve(user=admin)
    made.refresh_from_db()
    assert made.live
    assert "updated" in log(made)


def test_locking_is_logged(log, admin, client):
    made = service()
    log.restart()
    response = client.post(url("lock", made))
    assert response.status_code == 302
    made.refresh_from_db()
    assert made.locked
    assert "updated" in log(made)


def test_the_admins_own_forms_are_logged_with_their_user(log, admin, client):
    made = term("need", "food", "Alimentation")
    log.restart()
    response = client.post(
        url("edit", made),
        {"taxonomy": "need", "code": "food", "name_fr": "Manger", "sort_order": "0"}
        | {f"name_{code}": "" for code in ("nl", "en", "de")}
        | {f"description_{code}": "" for code in ("fr", "nl", "en", "de")},
    )
    assert response.status_code == 302, response.context["form"].errors
    assert log(made) == ["updated"]
    assert Change.objects.get(uuid=made.uuid, verb="updated").actor_id == admin.pk


def test_single_and_bulk_delete_in_the_admin_are_logged(log, admin, client):
    one, two, three = service(), service("Deux"), service("Trois")
    log.restart()
    client.post(url("delete", one))
    assert log(one) == ["deleted"]
    bulk = reverse("wagtail_bulk_action", args=["services", "service", "delete"])
    client.post(f"{bulk}?id={two.pk}&id={three.pk}")
    assert not Service.objects.exists()
    assert log(two) == ["deleted"]
    assert log(three) == ["deleted"]


def test_deleting_a_part_names_the_services_that_lose_it(log):
    need = term("need", "food")
    made = service(needs=[need])
    log.restart()
    need.delete()
    assert log(made) == ["updated"]


def test_what_a_listing_stands_on_cannot_be_pulled_away():
    place = location()
    made = service(at=[place])
    with pytest.raises(IntegrityError):
        place.delete()
    with pytest.raises(IntegrityError):
        made.organization.delete()


@pytest.mark.parametrize("model", [Organization, Service, TaxonomyTerm])
def test_writes_that_would_pass_by_the_log_are_refused(model):
    with pytest.raises(changes.UnrecordedWrite, match="bulk_recording"):
        model.objects.all().update(name_fr="x")
    with pytest.raises(changes.UnrecordedWrite, match="bulk_recording"):
        model.objects.bulk_create([])


def test_a_write_and_its_change_stand_or_fall_together(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(changes.audit, "record_many", fail)
    with pytest.raises(RuntimeError, match="disk"):
        organization("Jamais écrite")
    assert not Organization.objects.filter(name_fr="Jamais écrite").exists()
    assert not Change.objects.exists()


def test_a_change_outside_a_transaction_is_refused(transactional_db):
    with pytest.raises(changes.UnrecordedWrite):
        changes.append(Organization(pk=1), Change.Verb.UPDATED)


def test_one_signal_a_transaction(committing):
    heard = []

    def listen(sender, **kwargs):
        heard.append(Change.objects.count())

    changes.committed.connect(listen)
    try:
        with committing(), transaction.atomic():
            organization("Un")
            organization("Deux")
    finally:
        changes.committed.disconnect(listen)
    assert heard == [2]
