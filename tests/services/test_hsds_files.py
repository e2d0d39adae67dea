"""HSDS files that cannot be read at all, and imports that meet editors' work."""

import json
import zipfile

import pytest
from django.core.management import CommandError

from services.models import Location, Organization, Phone, Service
from services.transfer.hsds import packages

from . import builders
from .hsds_files import a_service, at, run, write_json, write_tables

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", b"", "no JSON"),
        ("a.json", b"hello", "no JSON"),
        ("a.json", b'"text"', "an object or a list of objects"),
        ("a.json", b'{"name": ', "no JSON"),
        ("a.zip", b"PK nothing", "no readable zip file"),
        ("a.xml", b"<x/>", "HSDS is a .json, a .zip of tables or a folder of tables"),
        ("datapackage.json", b"{}", "no data package"),
        (
            "datapackage.json",
            b'{"resources": [{"name": "services", "path": "../services.csv"}]}',
            "is no file beside it",
        ),
        (
            "datapackage.json",
            b'{"resources": [{"name": "s", "path": "https://a.example/s.csv"}]}',
            "is no file beside it",
        ),
        (
            "datapackage.json",
            b'{"resources": [{"name": "s", "path": "services.csv"}]}',
            "is named and is not there",
        ),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, content, reason):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        run(path)


def test_a_file_that_is_not_there_or_in_no_language_of_ours(tmp_path):
    with pytest.raises(CommandError, match=r"none\.json: no such file or folder"):
        run(tmp_path / "none.json")
    with pytest.raises(CommandError, match="language: one of fr, nl, en, de; got es"):
        run(write_json(tmp_path / "a.json", []), language="es")


def test_a_list_that_breaks_off_keeps_what_was_whole(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("[" + json.dumps(a_service()) + ", {")
    said = run(path, language="en")
    assert "created 1, updated 0, unchanged 0, refused 1" in said
    assert "no JSON" in said
    assert "the rest is not read" in said


def test_tables_that_cannot_be_read(tmp_path):
    folder = write_tables(tmp_path / "t", services=[{"id": "1", "name": "A"}])
    (folder / "phones.csv").write_bytes(b"id,number\n1,caf\xe9\n")
    with pytest.raises(CommandError, match=r"phones\.csv: not UTF-8 \(byte 0xE9\)"):
        run(folder)
    (folder / "phones.csv").write_text("id,number,number\n")
    with pytest.raises(CommandError, match="column number stands twice"):
        run(folder)
    (folder / "phones.csv").write_text('id,"; DROP TABLE service"\n')
    with pytest.raises(CommandError, match="has no name"):
        run(folder)
    (folder / "phones.csv").write_text("id,number\n1,2,3\n")
    said = run(folder, language="en")
    assert "refused: phones.csv, line 2: 3 cells for 2 columns" in said
    assert "created 1" in said
    with pytest.raises(CommandError, match=r"no services\.csv"):
        run(write_tables(tmp_path / "u", recipes=[{"id": "1"}]))


def test_a_zip_bomb_is_not_opened(tmp_path, monkeypatch):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("services.csv", "id,name\n" + "1,aaaaaaaaaa\n" * 400_000)
    with pytest.raises(CommandError, match="times its size; not opened"):
        run(path)
    monkeypatch.setattr(packages, "MAX_BYTES", 1000)
    with pytest.raises(CommandError, match="MB of tables; at most"):
        run(path)


def test_a_second_file_changes_what_it_says_and_nothing_else(tmp_path):
    first = a_service(
        description="Soup.",
        phones=[{"id": "p", "number": "02 212 96 12"}],
        service_at_locations=at(name="Hall", addresses=[{"address_1": "Rue Haute 1", "country": "BE"}]),
    )
    run(write_json(tmp_path / "a.json", first), language="en")
    service = Service.objects.get()
    service.name_fr = "Soupe populaire"
    service.phones = [*service.phones.all(), Phone(number="02 212 96 13", visibility="professionals")]
    service.save()
    second = a_service(name="Soup for all", service_at_locations=at(name="Big hall"))
    assert "updated 1" in run(write_json(tmp_path / "b.json", second), language="en")
    service = Service.objects.get()
    assert (service.name_en, service.name_fr, service.description_en) == (
        "Soup for all",
        "Soupe populaire",
        "Soup.",
    )
    assert service.phones.count() == 2
    place = Location.objects.get()
    assert (place.name_en, place.street_en, place.house_number) == ("Big hall", "Rue Haute", "1")
    assert service.latest_revision is not None, "an update leaves a version to go back to"
    third = a_service(name="Soup for all", phones=[{"id": "q", "number": "02 212 96 99"}])
    assert "updated 1" in run(write_json(tmp_path / "c.json", third), language="en")
    assert {phone.number for phone in Service.objects.get().phones.all()} == {"02 212 96 99", "02 212 96 13"}


def test_a_place_that_the_source_gives_up_goes_and_an_editors_stays(tmp_path):
    two = at(name="Hall") + at(name="Annex", id="5c5f6a4e-0004-4000-8000-000000000002")
    run(write_json(tmp_path / "a.json", a_service(service_at_locations=two)), language="en")
    service = Service.objects.get()
    service.service_at_locations = [
        *service.service_at_locations.all(),
        type(service.service_at_locations.first())(location=builders.location(50.85, 4.35, name_en="Ours")),
    ]
    service.save()
    assert "updated 1" in run(
        write_json(tmp_path / "b.json", a_service(service_at_locations=at(name="Hall"))), language="en"
    )
    names = {link.location.name_en for link in Service.objects.get().service_at_locations.all()}
    assert names == {"Hall", "Ours"}


def test_an_editors_pending_work_and_locks_are_respected(tmp_path, admin_user):
    run(write_json(tmp_path / "a.json", a_service()), language="en")
    service = Service.objects.get()
    service.name_en = "By hand"
    service.save_revision(user=admin_user)
    changed = write_json(tmp_path / "b.json", a_service(name="By file"))
    assert "an editor's changes to this listing wait for publication" in run(changed, language="en")
    service.save_revision(user=admin_user).publish()
    service = Service.objects.get()
    service.locked = True
    service.save()
    assert "this listing is locked by an editor" in run(changed, language="en")
    assert Service.objects.get().name_en == "By hand"


def test_organisations_are_found_by_any_of_their_ids_and_changed_once(tmp_path):
    organization = builders.organization("Ancien nom")
    run(write_json(tmp_path / "a.json", a_service(organization={"id": str(organization.uuid), "name": "Nouveau nom"})), language="fr")  # fmt: skip
    assert (Organization.objects.count(), Organization.objects.get().name_fr) == (1, "Nouveau nom")
    other = a_service(id="2", organization={"id": "o", "name": "A"})
    third = a_service(id="3", organization={"id": "o", "name": "B"})
    said = run(write_json(tmp_path / "b.json", [other, third]), language="fr")
    assert 'organization o: its name contradicts "A" in an earlier entry' in said
    assert "created 1" in said


def test_ids_that_mean_two_listings_are_refused(tmp_path):
    first = builders.service("Un")
    run(write_json(tmp_path / "a.json", a_service(id="x")), language="en")
    second = Service.objects.get(name_en="Soup kitchen")
    attribute = {"link_type": "external_id", "value": "x", "taxonomy_term": {"code": "feed"}}
    both = a_service(id=str(first.uuid), attributes=[attribute, {"link_type": "profile", "value": "fr", "taxonomy_term": {"code": "public"}}])  # fmt: skip
    assert "its identifiers are those of 2 different ones" in run(write_json(tmp_path / "b.json", both))
    second.refresh_from_db()
    assert second.name_en == "Soup kitchen"
