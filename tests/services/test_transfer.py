"""Import and export of listings: what is created, changed, kept and refused, and that a round trip changes nothing."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from geo.models import Territory
from services.models import Change, Location, Organization, Phone, Service
from services.selectors import records
from services.transfer import csv_writer
from services.transfer.csv_columns import COLUMNS

from . import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    """Two communes and a few terms."""
    Territory.objects.create(
        kind="commune", code="21012", name_fr="Molenbeek-Saint-Jean", name_nl="Sint-Jans-Molenbeek"
    )
    Territory.objects.create(kind="commune", code="21001", name_fr="Anderlecht", name_nl="Anderlecht")
    for taxonomy, code in [
        ("need", "food"),
        ("need", "debt"),
        ("audience", "bim"),
        ("organisation_type", "food_aid"),
    ]:
        builders.term(taxonomy, code)


@pytest.fixture
def run(tmp_path):
    """Import rows (dicts, or text of a file) and give what the command said."""

    def run(rows, *, dry_run: bool = False, **options) -> str:
        path = tmp_path / "in.csv"
        if isinstance(rows, str):
            path.write_text(rows, encoding="utf-8")
        else:
            names = list(dict.fromkeys(name for row in rows for name in row))
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, names, restval="")
                writer.writeheader()
                writer.writerows(rows)
        out, errors = StringIO(), StringIO()
        call_command(
            "import_listings", path, format="csv", dry_run=dry_run, stdout=out, stderr=errors, **options
        )
        return errors.getvalue() + out.getvalue()

    return run


def exported(tmp_path, **options) -> list[dict]:
    path = tmp_path / "out.csv"
    call_command("export_listings", path, format="csv", stdout=StringIO(), **options)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FULL = {
    "external_id": "a1",
    "organization_name_fr": "Les Amis asbl",
    "name_fr": "Colis du jeudi",
    "name_nl": "Pakket op donderdag",
    "description_fr": "Un colis par semaine.",
    "alternate_names": "Le Colis|Het Pakket",
    "needs": "food",
    "organisation_type": "food_aid",
    "audiences": "bim:exclusive",
    "age_min": "18",
    "languages": "fr|ar",
    "costs": "free",
    "access_modes": "on_site",
    "access_steps": "walk_in",
    "street": "Rue des Béguines",
    "house_number": "12 bte 3",
    "postcode": "1080",
    "commune": "sint-jans-molenbeek",
    "lat": "50.8551",
    "lon": "4.3210",
    "phone": "'+32 2 212 96 12",
    "email": "colis@example.org",
    "website": "https://colis.example",
    "opening_hours": "Th 13:00-16:00; PH off",
    "fees_note": "Rien à payer.",
    "eligibility_note": "Habiter la commune.",
    "documents": "Carte d'identité|Composition de ménage",
    "visibility": "public",
    "status": "published",
    "verified_at": "2026-10-02",
}


def test_a_full_row_becomes_a_listing_and_is_unchanged_the_second_time(ground, run):
    assert "created 1, updated 0, unchanged 0, refused 0" in run([FULL])
    (listing,) = records()
    assert listing.external_ids == {"import": "a1"}
    assert (listing.name, listing.minimum_age) == ({"fr": "Colis du jeudi", "nl": "Pakket op donderdag"}, 18)
    assert listing.audiences == [("bim", "exclusive")]
    (place,) = listing.locations
    assert (place.house_number, place.box, place.nis5) == ("12", "3", "21012")
    assert [phone.number for phone in listing.phones] == ["+32 2 212 96 12"]
    assert listing.organization.name == {"fr": "Les Amis asbl"}
    before = Change.objects.count()
    assert "created 0, updated 0, unchanged 1, refused 0" in run([FULL])
    assert Change.objects.count() == before


def test_only_an_id_and_a_name_are_needed(run):
    assert "created 1" in run([{"external_id": "x", "name_nl": "Huis van het Kind"}])
    made = Service.objects.get()
    assert (made.name_nl, made.organization.name_nl, made.live) == (
        "Huis van het Kind",
        "Huis van het Kind",
        True,
    )
    assert "refused: in.csv, line 2: one of name_fr" in run([{"external_id": "y", "name_nl": ""}])


def test_a_dry_run_tells_and_writes_nothing(ground, run):
    assert "created 1, updated 0, unchanged 0, refused 0 (dry run" in run([FULL], dry_run=True)
    assert not Service.objects.exists()
    assert not Organization.objects.exists()


def test_changed_cells_change_and_history_is_kept(ground, run):
    run([FULL])
    service = Service.objects.get()
    place = Location.objects.get()
    said = run(
        [
            FULL
            | {
                "name_fr": "Colis du vendredi",
                "needs": "debt|food",
                "opening_hours": "Fr 13:00-16:00",
                "house_number": "14",
                "costs": "",
                "documents": "Carte d'identité",
                "alternate_names": "Het Pakket|Le Sac",
                "phone": "02 212 96 12|1712",
            }
        ]
    )
    assert "created 0, updated 1, unchanged 0, refused 0" in said
    (listing,) = records()
    assert listing.uuid == service.uuid
    assert listing.name["fr"] == "Colis du vendredi"
    assert set(listing.needs) == {"debt", "food"}
    assert listing.costs == []
    assert listing.documents == [{"fr": "Carte d'identité"}]
    assert listing.locations[0].uuid == place.uuid
    assert (listing.locations[0].house_number, listing.locations[0].box) == ("14", "")
    assert listing.locations[0].schedules[0]["byday"] == "FR"
    assert {phone.number for phone in listing.phones} == {"+32 2 212 96 12", "1712"}
    service.refresh_from_db()
    assert service.latest_revision is not None
    assert service.live_revision == service.latest_revision
    assert set(Change.objects.filter(uuid=service.uuid).values_list("verb", flat=True)) == {
        "created",
        "updated",
    }


def test_absent_columns_are_left_alone_and_empty_cells_empty(ground, run):
    run([FULL])
    run([{"external_id": "a1", "name_fr": "Colis du jeudi", "age_min": "", "fees_note": ""}])
    (listing,) = records()
    assert (listing.minimum_age, listing.fees_description) == (None, {})
    assert listing.email == "colis@example.org"
    assert len(listing.locations) == 1


def test_several_rows_are_several_places_of_one_service(ground, run, tmp_path):
    second = FULL | {"street": "Rue Wayez", "house_number": "1", "postcode": "1070", "commune": "Anderlecht"}
    second |= {"lat": "50.8360", "lon": "4.3090", "opening_hours": "Mo 09:00-12:00"}
    assert "created 1, updated 0, unchanged 0, refused 0" in run([FULL, second])
    (listing,) = records()
    assert [place.nis5 for place in listing.locations] == ["21012", "21001"]
    assert [phone.number for phone in listing.phones] == ["+32 2 212 96 12"], "one number for all places"
    assert "unchanged 1" in run([second, FULL]), "in another order they are the same places"
    assert len(exported(tmp_path)) == 2
    run([FULL])
    (listing,) = records()
    assert [place.nis5 for place in listing.locations] == ["21012"], (
        "a place that is not named any more is left"
    )


def test_rows_that_contradict_each_other(ground, run):
    said = run(
        [
            FULL,
            FULL | {"street": "Autre", "name_fr": "Autre nom"},
            FULL | {"external_id": "a2", "name_fr": "B"},
        ]
    )
    assert "line 3: name_fr contradicts line 2" in said
    assert "created 2, updated 0, unchanged 0, refused 1" in said


def test_a_refused_row_does_not_cost_its_service_a_place(ground, run):
    second = FULL | {"street": "Rue Wayez", "house_number": "1", "lat": "50.8360", "lon": "4.3090"}
    run([FULL, second])
    said = run([FULL | {"name_fr": "Nouveau"}, second | {"lat": "95"}])
    assert "updated 1" in said
    assert "line 3: lat" in said
    (listing,) = records()
    assert len(listing.locations) == 2
    assert listing.name["fr"] == "Nouveau"


def test_wrong_rows_are_refused_with_line_and_reason_and_the_rest_is_kept(ground, run):
    rows = [
        FULL | {"external_id": "1", "needs": "luck"},
        FULL | {"external_id": "2", "organisation_type": "casino"},
        FULL | {"external_id": "3", "commune": "Atlantis", "nis5": ""},
        FULL | {"external_id": "4", "nis5": "99999"},
        FULL | {"external_id": "5", "age_max": "12"},
        FULL | {"external_id": "6", "lon": ""},
        FULL | {"external_id": "7", "scheme": "uuid"},
        FULL | {"external_id": "8"},
    ]
    said = run(rows)
    for line, reason in [
        (2, 'need: unknown code "luck"'),
        (3, 'organisation_type: unknown code "casino"'),
        (4, 'commune: no commune is called "Atlantis"'),
        (5, 'nis5: no commune has the code "99999"'),
        (6, "age_min: 18 is above age_max 12"),
        (7, "lat, lon: both or neither"),
        (8, 'no listing has the uuid "7"'),
    ]:
        assert f"line {line}: " in said
        assert reason in said
    assert "created 1, updated 0, unchanged 0, refused 7" in said


def test_organisations_are_found_by_id_or_name_and_renamed_by_id(ground, run):
    run([FULL, FULL | {"external_id": "a2", "organization_name_fr": "LES AMIS  ASBL"}])
    assert Organization.objects.count() == 1
    by_id = {"organization_external_id": "o1"}
    run([FULL | by_id | {"external_id": "a3", "organization_name_fr": "Autre asbl"}])
    assert Organization.objects.count() == 2
    said = run(
        [
            FULL | by_id | {"external_id": "a3", "organization_name_fr": "Autre asbl rebaptisée"},
            FULL | by_id | {"external_id": "a4", "organization_name_fr": "Encore autre"},
            FULL | {"organization_external_id": "o2", "organization_name_fr": "", "external_id": "a5"},
        ]
    )
    assert Organization.objects.filter(name_fr="Autre asbl rebaptisée").exists()
    assert "line 3: organization_name_fr" in said
    assert 'line 4: organization_external_id: "o2" is new' in said


def test_an_editors_pending_work_and_locks_are_respected(ground, run, admin_user):
    run([FULL])
    service = Service.objects.get()
    service.name_fr = "En cours"
    service.save_revision(user=admin_user)
    said = run([FULL | {"email": "autre@example.org"}])
    assert "wait for publication" in said
    assert "unchanged 1" in run([FULL]), "a row that changes nothing is no matter"
    service.refresh_from_db()
    service.has_unpublished_changes, service.locked = False, True
    service.save()
    assert "locked" in run([FULL | {"email": "autre@example.org"}])


def test_drafts_stay_drafts_until_the_file_publishes_them(ground, run):
    run([FULL | {"status": "draft"}])
    assert not Service.objects.get().live
    run([FULL | {"status": "draft", "email": "un@example.org"}])
    made = Service.objects.get()
    assert (made.live, made.email) == (False, "un@example.org")
    run([FULL | {"status": "suspended"}])
    made = Service.objects.get()
    assert (made.live, made.lifecycle) == (True, "suspended")
    run([FULL | {"status": "draft"}])
    assert not Service.objects.get().live


def test_hidden_addresses_do_not_leave_and_are_not_lost(ground, run, tmp_path):
    run([FULL | {"visibility": "address_hidden"}])
    (row,) = exported(tmp_path)
    told = " ".join(row.values())
    for secret in ("Béguines", "50.85", "1080", "21012", "Molenbeek"):
        assert secret not in told
    assert row["visibility"] == "address_hidden"
    assert "unchanged 1" in run([row])
    assert "updated 1" in run([row | {"visibility": "", "email": "neuf@example.org"}])
    place = Location.objects.get()
    assert (place.address_visibility, place.street_fr, place.lat) == (
        "address_hidden",
        "Rue des Béguines",
        50.8551,
    )
    (row,) = exported(tmp_path, with_hidden=True)
    assert row["street"] == "Rue des Béguines"
    assert "unchanged 1" in run([row])


def test_what_the_format_does_not_know_is_kept(ground, run):
    run([FULL])
    service = Service.objects.get()
    service.phones.add(Phone(number="02 000 00 01", visibility="professionals"))
    service.fees_description_nl = "Niets te betalen."
    service.save()
    run([FULL | {"phone": "1712", "email": "neuf@example.org"}])
    service = Service.objects.get()
    assert set(service.phones.values_list("number", flat=True)) == {"1712", "02 000 00 01"}
    assert service.fees_description_nl == "Niets te betalen."


def test_a_shared_place_does_not_move_with_one_service(ground, run):
    run([FULL])
    other = builders.service("Voisin", at=[Location.objects.get()])
    run([FULL | {"house_number": "99"}])
    assert other.service_at_locations.get().location.house_number == "12"
    assert Location.objects.count() == 2


def test_formulas_are_disarmed_and_come_back(ground, run, tmp_path):
    run([FULL | {"description_fr": "=1+1", "phone": "+32 2 212 96 12"}])
    (row,) = exported(tmp_path)
    assert row["description_fr"] == "'=1+1"
    assert row["phone"] == "'+32 2 212 96 12"
    assert "unchanged 1" in run([row])
    assert Service.objects.get().description_fr == "=1+1"


def test_a_file_that_cannot_be_read_is_a_clear_error(run, tmp_path):
    with pytest.raises(CommandError, match="unknown column telephone"):
        run("external_id,name_fr,telephone\n1,a,b\n")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_listings", tmp_path / "none.csv", format="csv")
    with pytest.raises(CommandError, match="No such file"):
        call_command("export_listings", tmp_path / "no" / "folder.csv", format="csv")


@pytest.mark.parametrize("with_hidden", [True, False])
def test_the_fixtures_make_a_round_trip_without_a_change(tmp_path, run, with_hidden):
    call_command("load_fixtures", stdout=StringIO(), stderr=StringIO())
    rows = exported(tmp_path, with_hidden=with_hidden)
    count = Service.objects.filter(live=True).count()
    assert count > 250
    assert len(rows) > count, "some services stand in several places"
    assert list(rows[0]) == list(COLUMNS)
    before = Change.objects.count()
    assert f"created 0, updated 0, unchanged {count}, refused 0" in run(rows)
    assert Change.objects.count() == before


def test_an_export_of_nothing_has_its_header(tmp_path):
    assert csv_writer.export(tmp_path / "empty.csv") == (0, 0)
    assert (tmp_path / "empty.csv").read_text() == ",".join(COLUMNS) + "\n"
