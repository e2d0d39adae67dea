"""Imports by people: planned before anything is written, carried out once whatever dies, undone as far as nobody worked on it."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from accounts.models import Team
from audit.models import AuditEntry
from services.errors import FileRefused
from services.imports import actions, applying, planning, reports, tasks, undoing, working
from services.models import Change, ImportRow, ImportRun, Location, Organization, Service

from . import builders
from .import_files import ROW, ground, received, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _ground(settings, tmp_path, monkeypatch):
    ground()
    settings.IMPORT_ROOT = tmp_path / "imports"
    # The background works when the test says so.
    for name in ("plan_import", "apply_import", "undo_import"):
        monkeypatch.setattr(getattr(tasks, name).__class__, "enqueue", lambda task, *args: None)


def planned(by, rows, **options) -> ImportRun:
    run = received(by, rows, **options)
    planning.plan_run(run.pk)
    run.refresh_from_db()
    return run


def applied(by, rows, **options) -> ImportRun:
    run = planned(by, rows, **options)
    assert run.state == "planned"
    actions.start_applying(run=run, by=by)
    applying.apply_run(run.pk)
    run.refresh_from_db()
    return run


def undone(run, by) -> ImportRun:
    actions.start_undoing(run=run, by=by)
    undoing.undo_run(run.pk)
    run.refresh_from_db()
    return run


def states(run) -> dict[str, str]:
    rows = run.rows.filter(entity="service").order_by("line")
    return {row.external_id: f"{row.action} {row.state}" for row in rows}


class TestPlanning:
    def test_a_plan_tells_all_and_writes_nothing(self, admin_user):
        applied(admin_user, [ROW, ROW | {"external_id": "a2", "name_fr": "Écrivain public", "phone": ""}])
        before = Change.objects.count()
        rows = [
            ROW,
            ROW | {"external_id": "a2", "name_fr": "Écrivaine publique", "phone": "", "needs": "debt"},
            ROW | {"external_id": "a3", "name_fr": "Vestiaire", "street": "Rue Neuve"},
            ROW | {"external_id": "a4", "needs": "luck"},
        ]
        run = planned(admin_user, rows)
        assert run.state == "planned"
        assert run.counts == {
            "create": 1, "update": 1, "unchanged": 1, "refused": 1, "duplicates": 0, "organizations": 0,
        }  # fmt: skip
        update = run.rows.get(action="update")
        assert (update.line, update.external_id, update.name) == (3, "a2", "Écrivain public")
        assert sorted(update.changes) == [
            ["name_fr", "Écrivain public", "Écrivaine publique"],
            ["needs", "food", "debt"],
        ]
        refused = run.rows.get(action="refused")
        assert (refused.line, refused.reason_words) == (5, 'need: unknown code "luck"')
        assert (refused.external_id, refused.name) == ("a4", "Colis du jeudi")
        assert Change.objects.count() == before
        assert AuditEntry.objects.filter(action="import.planned", actor_id=admin_user.pk).count() == 2

    def test_a_file_that_cannot_be_read_is_a_failed_run_with_its_reason(self, admin_user):
        run = planned(admin_user, b"external_id,name_fr,telephone\n1,a,b\n")
        assert run.state == "failed"
        assert "unknown column telephone" in run.error_words
        with pytest.raises(actions.NotNow):
            actions.start_applying(run=run, by=admin_user)

    def test_what_is_no_table_is_refused_at_the_door_and_not_kept(self, admin_user, settings):
        for content, name, reason in [
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "vieux.xls", r"vieux.xls: .*Excel 97"),
            (b"PK\x03\x04xx", "macro.xlsm", "macros"),
            (b"%PDF", "x.csv", "PDF"),
        ]:
            with pytest.raises(FileRefused, match=reason):
                actions.receive(file=upload(content, name), source="x", team=None, by=admin_user)
        settings.IMPORT_MAX_BYTES = 10
        with pytest.raises(FileRefused, match="at most"):
            actions.receive(file=upload([ROW]), source="x", team=None, by=admin_user)
        assert not ImportRun.objects.exists()
        assert list(Path(settings.IMPORT_ROOT).rglob("*-*")) == []

    def test_the_file_is_kept_where_nothing_is_served(self, admin_user, settings):
        run = planned(admin_user, [ROW])
        path = Path(run.file.path)
        assert path.is_relative_to(settings.IMPORT_ROOT)
        assert not path.is_relative_to(settings.MEDIA_ROOT)
        assert path.stat().st_mode & 0o077 == 0
        with pytest.raises(ValueError, match="URL"):
            _ = run.file.url

    def test_somebody_without_the_right_hands_in_nothing(self, django_user_model):
        nobody = django_user_model.objects.create_user("nobody")
        with pytest.raises(actions.NotAllowed):
            received(nobody, [ROW])
        assert not ImportRun.objects.exists()

    def test_possible_duplicates_are_named_and_left_out_when_certain(self, admin_user):
        applied(admin_user, [ROW], source="one")
        known = Service.objects.get()
        rows = [
            ROW | {"external_id": "x1"},
            ROW | {"external_id": "x2", "name_fr": "Le colis du jeudi", "email": ""},
        ]
        run = planned(admin_user, rows, source="other")
        first, second = run.rows.order_by("line")
        assert first.duplicates[0][:3] == [str(known.uuid), "Colis du jeudi", 100]
        assert first.skip
        assert second.duplicates[-1][:2] == [None, "Colis du jeudi"], (
            "it may also be the other row of the file"
        )
        assert second.duplicates[-1][4] == 2
        assert run.counts["duplicates"] == 2


class TestApplying:
    def test_good_rows_are_written_once_and_bad_ones_told(self, admin_user):
        team = Team.objects.create(code="nord", name="Nord")
        rows = [
            ROW,
            ROW | {"external_id": "a2", "name_fr": "Vestiaire"},
            ROW | {"external_id": "a3", "age_min": "x"},
        ]
        run = applied(admin_user, rows, team=team)
        assert (run.state, run.counts["created"], run.counts["refused_in_all"]) == ("applied", 2, 1)
        assert Service.objects.count() == 2
        assert Organization.objects.count() == 1
        entry = AuditEntry.objects.get(action="import.applied")
        assert entry.detail == {"created": 2, "updated": 0, "skipped": 0, "refused_in_all": 1}
        assert set(Change.objects.values_list("actor_id", flat=True)) >= {admin_user.pk}
        applying.apply_run(run.pk)
        assert Service.objects.count() == 2, "a task that comes twice does nothing"

    def test_left_out_duplicates_are_not_created_and_wanted_ones_are(self, admin_user):
        applied(admin_user, [ROW], source="one")
        run = planned(admin_user, [ROW | {"external_id": "x1"}, ROW | {"external_id": "x2"}], source="other")
        actions.decide_all(run=run, skip=True, by=admin_user)
        actions.decide(run=run, row=run.rows.get(external_id="x2"), skip=False, by=admin_user)
        actions.start_applying(run=run, by=admin_user)
        applying.apply_run(run.pk)
        assert states(run) == {"x1": "create skipped", "x2": "create applied"}
        assert Service.objects.count() == 2

    def test_what_changed_since_the_preview_is_refused_not_guessed(self, admin_user):
        applied(admin_user, [ROW])
        run = planned(
            admin_user, [ROW | {"name_fr": "Colis du lundi"}, ROW | {"external_id": "n1", "name_fr": "Neuf"}]
        )
        service = Service.objects.get()
        service.email = "autre@example.org"
        service.save()
        applied(admin_user, [ROW | {"external_id": "n1", "name_fr": "Neuf"}])
        actions.start_applying(run=run, by=admin_user)
        applying.apply_run(run.pk)
        assert states(run) == {"a1": "update refused", "n1": "create refused"}
        assert "changed after the preview" in run.rows.get(external_id="a1").reason_words
        service.refresh_from_db()
        assert (service.name_fr, service.email) == ("Colis du jeudi", "autre@example.org")

    @pytest.mark.parametrize("dies_at", [1, 2, 3])
    def test_a_killed_worker_s_successor_goes_on_and_no_row_is_written_twice(
        self, admin_user, monkeypatch, dies_at
    ):
        applied(
            admin_user,
            [ROW | {"external_id": f"u{n}", "name_fr": f"Ancien {n}", "phone": ""} for n in range(3)],
        )
        rows = [ROW | {"external_id": f"u{n}", "name_fr": f"Changé {n}", "phone": ""} for n in range(3)]
        rows += [ROW | {"external_id": f"n{n}", "name_fr": f"Nouveau {n}", "phone": ""} for n in range(5)]
        run = planned(admin_user, rows)
        actions.decide_all(run=run, skip=False, by=admin_user)
        actions.start_applying(run=run, by=admin_user)
        monkeypatch.setattr(applying, "CREATE_CHUNK", 2)
        monkeypatch.setattr(applying, "UPDATE_CHUNK", 2)
        count, left = applying._Applying._count, [dies_at]

        def count_and_die(self, number):
            count(self, number)
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt  # inside the transaction of the write, as a kill would

        monkeypatch.setattr(applying._Applying, "_count", count_and_die)
        with pytest.raises(KeyboardInterrupt):
            applying.apply_run(run.pk)
        monkeypatch.setattr(applying._Applying, "_count", count)
        run.refresh_from_db()
        assert run.state == "applying"
        assert run.rows.filter(state="planned").exists()
        assert (
            run.rows.filter(state="applied", action="create").count()
            == Service.objects.filter(name_fr__startswith="Nouveau").count()
        )
        changes = {
            uuid: Change.objects.filter(uuid=uuid).count()
            for uuid in Service.objects.values_list("uuid", flat=True)
        }
        done = set(run.rows.filter(state="applied").values_list("object_uuid", flat=True))
        actions.go_on(run=run, by=admin_user)
        applying.apply_run(run.pk)
        assert set(states(run).values()) == {"create applied", "update applied"}
        assert sorted(Service.objects.values_list("name_fr", flat=True)) == sorted(
            row["name_fr"] for row in rows
        )
        for uuid in done:
            assert Change.objects.filter(uuid=uuid).count() == changes[uuid], (
                "what was done was not done again"
            )

    def test_a_worker_that_was_taken_for_dead_writes_no_more(self, admin_user):
        run = planned(admin_user, [ROW])
        actions.start_applying(run=run, by=admin_user)
        with working.claimed(run.pk, ("applying",), "applying") as first:
            with working.claimed(run.pk, ("applying",), "applying") as second:
                assert second is None, "one at a time"
            ImportRun.objects.filter(pk=run.pk).update(worker="another")
            with pytest.raises(working.Superseded):
                first.renew(done=1)
            ImportRun.objects.filter(pk=run.pk).update(seen_at=run.created_at.replace(year=2999))
        with pytest.raises(actions.NotNow):
            actions.go_on(run=run, by=admin_user)

    def test_the_refused_rows_come_back_as_a_file_to_mend(self, admin_user, tmp_path):
        rows = [
            ROW,
            ROW | {"street": "Rue Wayez", "house_number": "1", "nis5": "99999", "phone": "+32 2 212 96 12"},
            ROW | {"external_id": "a2", "name_fr": "Vestiaire"},
            ROW | {"external_id": "a3", "name_fr": "=1+1", "needs": "luck"},
        ]
        run = applied(admin_user, rows)
        text = "".join(reports.refused_csv(run))
        lines = text.lstrip("\ufeff").splitlines()
        assert lines[0].startswith("#line,#reason,external_id,")
        assert [line.split(",")[0] for line in lines[1:]] == ["2", "3", "5"], (
            "all places of a listing stay together"
        )
        assert "'=1+1" in lines[3]
        assert "no commune has the code" in lines[2]
        mended = text.replace("99999", "21012").replace("luck", "food")
        again = applied(admin_user, mended.encode())
        assert states(again) == {"a1": "update applied", "a3": "create applied"}
        assert Service.objects.filter(name_fr="=1+1").exists()
        assert Service.objects.get(external_identifiers__identifier="a1").service_at_locations.count() == 2


class TestUndoing:
    def test_new_listings_go_with_what_was_made_for_them(self, admin_user):
        run = undone(
            applied(admin_user, [ROW, ROW | {"external_id": "a2", "name_fr": "Vestiaire"}]), admin_user
        )
        assert (run.state, run.counts["undone"], run.counts["kept"]) == ("undone", 2, 0)
        assert not Service.objects.exists()
        assert not Location.objects.exists()
        assert not Organization.objects.exists()
        assert AuditEntry.objects.filter(action="import.undone").count() == 1

    def test_a_new_listing_that_was_edited_is_unpublished_and_named(self, admin_user, django_user_model):
        run = applied(admin_user, [ROW, ROW | {"external_id": "a2", "name_fr": "Vestiaire"}])
        colleague = django_user_model.objects.create_superuser("an", first_name="An", last_name="Peeters")
        edit(Service.objects.get(name_fr="Vestiaire"), colleague, email="autre@example.org")
        run = undone(run, admin_user)
        left = Service.objects.get()
        assert (left.name_fr, left.live) == ("Vestiaire", False)
        row = run.rows.get(external_id="a2")
        assert row.state == "kept"
        assert "edited by An Peeters" in row.reason_words
        assert run.rows.get(entity="organization").state == "kept", "its listing still names it"

    def test_a_changed_listing_gets_its_version_of_before(self, admin_user):
        applied(admin_user, [ROW])
        made = Service.objects.get()
        rows = [
            ROW | {"name_fr": "Colis du lundi", "house_number": "99", "phone": "1712", "needs": "debt|food"}
        ]
        run = applied(admin_user, rows)
        made.refresh_from_db()
        assert made.name_fr == "Colis du lundi"
        run = undone(run, admin_user)
        service = Service.objects.get()
        assert (service.name_fr, service.live) == ("Colis du jeudi", True)
        assert [phone.number for phone in service.phones.all()] == ["02 212 96 12"]
        assert [need.code for need in service.needs.all()] == ["food"]
        assert Location.objects.get().house_number == "12"
        assert service.revisions.count() >= 3, "its history stays"
        assert planned(admin_user, [ROW]).counts["unchanged"] == 1

    def test_a_new_place_goes_again(self, admin_user):
        applied(admin_user, [ROW])
        run = applied(admin_user, [ROW, ROW | {"street": "Rue Wayez", "house_number": "1"}])
        assert Location.objects.count() == 2
        undone(run, admin_user)
        assert Location.objects.count() == 1
        assert Service.objects.get().service_at_locations.get().location.street_fr == "Rue des Béguines"

    def test_a_day_of_verification_from_the_file_goes_again(self, admin_user):
        applied(admin_user, [ROW | {"verified_at": "2026-03-02"}])
        run = applied(admin_user, [ROW | {"verified_at": "2026-10-02", "email": "neuf@example.org"}])
        assert Service.objects.get().verified_on == date(2026, 10, 2)
        undone(run, admin_user)
        service = Service.objects.get()
        assert (service.verified_on, service.email) == (date(2026, 3, 2), "colis@example.org")

    def test_a_draft_that_the_file_published_is_a_draft_again(self, admin_user):
        applied(admin_user, [ROW | {"status": "draft"}])
        run = applied(admin_user, [ROW | {"status": "published", "email": "neuf@example.org"}])
        assert Service.objects.get().live
        undone(run, admin_user)
        service = Service.objects.get()
        assert (service.live, service.email) == (False, "colis@example.org")

    def test_a_changed_listing_that_somebody_edited_stays_and_is_named(self, admin_user, django_user_model):
        applied(admin_user, [ROW])
        run = applied(admin_user, [ROW | {"name_fr": "Colis du lundi"}])
        edit(
            Service.objects.get(), django_user_model.objects.create_superuser("an"), email="autre@example.org"
        )
        run = undone(run, admin_user)
        assert Service.objects.get().name_fr == "Colis du lundi"
        assert "edited by an on" in run.rows.get(entity="service").reason_words

    def test_a_renamed_organisation_gets_its_name_back(self, admin_user):
        named = ROW | {"organization_external_id": "o1"}
        applied(admin_user, [named])
        run = applied(admin_user, [named | {"organization_name_fr": "Les Voisins asbl"}])
        assert Organization.objects.get().name_fr == "Les Voisins asbl"
        undone(run, admin_user)
        assert Organization.objects.get().name_fr == "Les Amis asbl"

    def test_a_killed_undo_is_gone_on_with(self, admin_user, monkeypatch):
        run = applied(
            admin_user,
            [ROW | {"external_id": f"n{n}", "name_fr": f"Neuf {n}", "phone": ""} for n in range(4)],
        )
        actions.start_undoing(run=run, by=admin_user)
        monkeypatch.setattr(undoing, "CHUNK", 1)
        renew, left = working.Claim.renew, [3]

        def renew_and_die(self, **values):
            renew(self, **values)
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

        monkeypatch.setattr(working.Claim, "renew", renew_and_die)
        with pytest.raises(KeyboardInterrupt):
            undoing.undo_run(run.pk)
        monkeypatch.setattr(working.Claim, "renew", renew)
        assert Service.objects.count() == 3, "the second was rolled back with its mark"
        undoing.undo_run(run.pk)
        assert not Service.objects.exists()


def edit(service, user, **values):
    from audit.actor import acting

    for name, value in values.items():
        setattr(service, name, value)
    with acting(user):
        service.save_revision(user=user).publish(user=user)


def test_a_listing_made_by_hand_is_found_as_a_duplicate(admin_user):
    place = builders.location(postcode="1080", street_fr="Rue des Béguines", house_number="12")
    made = builders.service("Colis du Jeudi", at=[place])
    run = planned(admin_user, [ROW])
    assert run.rows.get().duplicates[0][0] == str(made.uuid)
    assert ImportRow.objects.get().has_duplicates


def test_a_reader_gets_reasons_in_their_own_language(admin_user):
    run = planned(admin_user, [ROW | {"needs": "luck"}])
    row = run.rows.get()
    assert row.reason_words == 'need: unknown code "luck"'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.reasons.gettext", lambda msgid: msgid.upper().replace("%(CODE)S", "%(code)s"))
        assert row.reason_words == 'need: UNKNOWN CODE "luck"'
