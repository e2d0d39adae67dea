"""What an HSDS export holds: what the standard requires, in its formats, and nothing that is hidden."""

import csv
import json
import zipfile
from datetime import date
from uuid import UUID

import pytest
from django.core.management import CommandError

from services.models import Contact, Phone, RequiredDocument, Schedule, Service
from services.transfer.hsds.tables import TABLES

from . import builders
from .hsds_files import export, exported, run

pytestmark = pytest.mark.django_db

# What HSDS 3.0's schemas require, and their closed lists, in our own words (specification, branch 3.0).
REQUIRED = {
    "service": ["id", "name", "status"],
    "organization": ["id", "name", "description"],
    "location": ["id", "location_type"],
    "addresses": ["id", "address_1", "city", "state_province", "postal_code", "country", "address_type"],
    "phones": ["id", "number"],
    "organization_identifiers": ["id", "identifier_type", "identifier"],
    "taxonomy_term": ["id", "name", "description"],
}
CLOSED = {
    ("service", "status"): {"active", "inactive", "defunct", "temporarily closed"},
    ("location", "location_type"): {"physical", "postal", "virtual"},
    ("addresses", "address_type"): {"physical", "postal", "virtual"},
    ("schedules", "freq"): {"WEEKLY", "MONTHLY"},
}
NUMBERS = {"minimum_age", "maximum_age", "latitude", "longitude", "amount", "interval", "extension"}


def check(kind: str, entity: dict) -> int:
    """How many objects were looked at; AssertionError names what is wrong."""
    assert UUID(entity["id"]), kind
    for name in REQUIRED.get(kind, ["id"]):
        assert name in entity, f"{kind} without {name}"
    looked_at = 1
    for name, value in entity.items():
        if isinstance(value, list):
            looked_at += sum(check(name, item) for item in value)
        elif isinstance(value, dict):
            looked_at += check(name, value)
        elif name in NUMBERS:
            assert isinstance(value, int | float), (kind, name, value)
        else:
            assert isinstance(value, str), (kind, name, value)
        if (kind, name) in CLOSED:
            assert value in CLOSED[kind, name]
    return looked_at


@pytest.fixture
def listing() -> Service:
    place = builders.location(50.85, 4.35, street_fr="Rue Haute", house_number="1", postcode="1000")
    service = builders.service(
        "Soupe",
        needs=[builders.term("need", "food")],
        at=[place],
        minimum_age=18,
        verified_on=date(2026, 11, 2),
        name_nl="Soep",
        data_note="seulement pour nous",
    )
    service.phones = [Phone(number="02 212 96 12"), Phone(number="02 212 96 13", visibility="professionals")]
    service.contacts = [Contact(name="Ada Secrète")]
    service.required_documents = [RequiredDocument(document_fr="Carte")]
    service.schedules = [Schedule(byday="MO", opens_at="09:00", closes_at="12:00", on_holidays="off")]
    service.save()
    return service


def test_what_the_standard_requires_is_there(listing, tmp_path):
    (service,) = exported(tmp_path / "out.json")
    assert check("service", service) > 15
    assert service["organization"]["description"], "the standard wants one, even where we have none"
    assert service["assured_date"] == "2026-11-02"
    assert service["status"] == "active"
    page = json.loads((tmp_path / "out.json").read_text())
    assert (page["total_items"], page["page_number"], page["empty"]) == (1, 1, False)


def test_tables_name_one_another(listing, tmp_path):
    path = export(tmp_path / "out.zip")
    with zipfile.ZipFile(path) as archive:
        package = json.loads(archive.read("datapackage.json"))
        assert {item["path"] for item in package["resources"]} | {"datapackage.json"} == set(
            archive.namelist()
        )
        rows = {
            table.name: list(csv.DictReader(archive.read(table.file).decode().splitlines()))
            for table in TABLES
        }
    for table in TABLES:
        ids = [row["id"] for row in rows[table.name]]
        assert len(ids) == len(set(ids)), f"{table.name}: an id twice"
        for row in rows[table.name]:
            assert all(row[column] for column in table.required), (table.name, row)
    ids = {name: {row["id"] for row in found} for name, found in rows.items()}
    (service,) = rows["service"]
    (link,) = rows["service_at_location"]
    assert service["organization_id"] in ids["organization"]
    assert (link["service_id"], link["location_id"]) == (service["id"], rows["location"][0]["id"])
    every = set.union(*ids.values())
    assert all(row["link_id"] in every for row in rows["attribute"])
    assert all(row["taxonomy_term_id"] in ids["taxonomy_term"] for row in rows["attribute"])


def test_the_language_of_plain_texts_can_be_chosen(listing, tmp_path):
    (service,) = exported(tmp_path / "out.json", language="nl")
    assert service["name"] == "Soep"
    (service,) = exported(tmp_path / "out.json", language="de")
    assert service["name"] == "Soupe", "in another language rather than not at all"
    with pytest.raises(CommandError, match="language: one of fr, nl, en, de; got xx"):
        export(tmp_path / "out.json", language="xx")


def test_what_is_hidden_stays_out_unless_asked_for(listing, tmp_path):
    hidden = builders.location(
        50.84001,
        4.33001,
        street_fr="Rue cachée",
        address_visibility="address_hidden",
        transportation_fr="Bus 7",
    )
    builders.service("Refuge", at=[hidden])
    builders.service("Entre nous", visibility="professionals")
    secrets = ["Rue cachée", "50.84001", "4.33001", "Bus 7", "Entre nous", "02 212 96 13", "Ada Secrète", "seulement pour nous"]  # fmt: skip
    public = export(tmp_path / "public.json").read_text(encoding="utf-8")
    assert "Refuge" in public
    assert [secret for secret in secrets if secret in public] == []
    complete = export(tmp_path / "complete.json", with_hidden=True).read_text(encoding="utf-8")
    assert [secret for secret in secrets if secret not in complete] == []
    # and the public file takes nothing away when it comes back
    assert "created 0, updated 0, unchanged 2, refused 0" in run(tmp_path / "public.json")
    listing.name_fr = "Soupe populaire"
    listing.save()
    assert "updated 1" in run(tmp_path / "public.json")
    listing = Service.objects.get(pk=listing.pk)
    assert listing.name_fr == "Soupe"
    assert (listing.phones.count(), listing.contacts.count(), listing.data_note) == (
        2,
        1,
        "seulement pour nous",
    )


def test_a_folder_that_is_not_empty_is_not_written_into(listing, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    with pytest.raises(CommandError, match="the folder is not empty"):
        export(tmp_path / "full")
    with pytest.raises(CommandError, match=r"written to a \.json, a \.zip or a folder"):
        export(tmp_path / "out.xml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]
