"""HSDS out and in again: nothing changes here, and another catalogue gets everything, in all four languages."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from services.models import (
    Change,
    Contact,
    CostOption,
    ExternalIdentifier,
    Location,
    Notice,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceAtLocation,
)
from services.transfer.hsds.known import listings
from services.transfer.hsds.merging import comparable

from . import builders
from .hsds_files import export, exported, run

pytestmark = pytest.mark.django_db


ROUND_TRIPS = [
    ("out.json", {}),
    ("nl.json", {"language": "nl", "with_hidden": True}),
    ("out.zip", {"language": "de"}),
    ("tables", {"with_hidden": True}),
]


def test_the_fixtures_make_a_round_trip_without_a_change(tmp_path):
    call_command("load_fixtures", stdout=StringIO())
    for name, options in ROUND_TRIPS:
        path = export(tmp_path / name, **options)
        before = Change.objects.count()
        said = run(path)
        wanted = Service.objects.filter(live=True)
        if not options.get("with_hidden"):
            wanted = wanted.filter(visibility="public")
        assert wanted.count() > 300
        assert f"created 0, updated 0, unchanged {wanted.count()}, refused 0" in said
        assert "warning" not in said
        assert Change.objects.count() == before


def without_ids(draft: Any, but: str) -> Any:
    """The draft as another catalogue may have it: its own uuids, and the import's id beside the old ones."""
    draft = deepcopy(draft)
    draft.external_id = draft.scheme = ""
    draft.other_ids = [pair for pair in draft.other_ids if pair[0] != but]
    return draft


def content(listing) -> dict[str, Any]:
    draft = without_ids(listing.draft, "copy")
    draft.organization = without_ids(listing.organization.draft, "copy")
    draft.locations = [without_ids(place, "copy") for place in draft.locations]
    return {name: comparable(getattr(draft, name)) for name in draft.__dataclass_fields__}


def full_listing() -> Service:
    """A listing with a value in every field, texts in all four languages."""

    def texts(name: str) -> dict[str, str]:
        return {f"{name}_{code}": f"{name} {code} é|;\"'" for code in ("fr", "nl", "en", "de")}

    organization = Organization(
        live=True, website="https://a.example", **texts("name"), **texts("description")
    )
    organization.organisation_type = builders.term("organisation_type", "shelter")
    organization.phones = [Phone(number="02 212 96 12", **texts("description"))]
    organization.contacts = [Contact(name="Ada", **texts("title"))]
    organization.external_identifiers = [
        ExternalIdentifier(scheme="kbo", identifier="0123"),
        ExternalIdentifier(scheme="kbo", identifier="0124"),
    ]
    organization.source = "copy"
    organization.save()
    place = Location(
        live=True,
        house_number="12",
        box="3",
        postcode="1080",
        lat=50.8551,
        lon=4.321,
        accessibility=["lift", "wheelchair"],
        source="hand",
        **texts("name"),
        **texts("street"),
        **texts("transportation"),
    )
    place.external_identifiers = [ExternalIdentifier(scheme="osm", identifier="n1")]
    place.save()
    hidden = builders.location(50.84, 4.33, street_fr="Rue cachée", address_visibility="address_hidden")
    service = Service(
        organization=organization,
        live=True,
        minimum_age=0,
        maximum_age=99,
        languages=["fr", "vgt", "interpreter_on_request"],
        access_modes=["on_site", "by_phone"],
        access_steps=["walk_in"],
        mobilisable_by=["professional"],
        website="https://b.example/x?y=1",
        email="a@b.example",
        lifecycle="suspended",
        capacity="waitlist",
        capacity_updated_on=date(2026, 11, 2),
        verified_on=date(2026, 10, 2),
        verification_channel="call",
        is_example=True,
        source="hand",
        source_date="2026-11",
        data_note="two\nlines",
    )
    for name in (
        "name alternate_name summary description eligibility_description application_process fees_description"
    ).split():
        for column, text in texts(name).items():
            setattr(service, column, text)
    service.needs = [builders.term("need", "food")]
    service.phones = [
        Phone(number="02 212 96 13", type="fax"),
        Phone(number="112", visibility="professionals"),
    ]
    service.contacts = [Contact(name="Bo", visibility="public", phone="02 212 96 14", email="bo@b.example")]
    service.cost_options = [
        CostOption(option="paid", amount=Decimal("2.50"), **texts("amount_description")),
        CostOption(option="bim_rate"),
    ]
    service.required_documents = [
        RequiredDocument(**texts("document")),
        RequiredDocument(document_nl="kaart"),
    ]
    service.notices = [
        Notice(kind="closure", starts_on=date(2026, 12, 1), ends_on=date(2027, 1, 2), **texts("text"))
    ]
    service.schedules = [
        Schedule(byday="MO,TU", opens_at="08:30", closes_at="16:00", on_holidays="off", **texts("notes")),
        Schedule(byday="-1TH", freq="MONTHLY", opens_at="18:00", closes_at="00:00"),
        Schedule(
            byday="", closed=True, yearly=True, valid_from=date(2000, 12, 24), valid_to=date(2000, 12, 26)
        ),
        Schedule(freq="", interval=None, on_holidays="only", opens_at="10:00", closes_at="12:00"),
    ]
    link = ServiceAtLocation(location=place, **texts("description"))
    link.phones = [Phone(number="+33 1 23 45 67 89", type="text")]
    link.schedules = [Schedule(byday="WE", opens_at="09:00", closes_at="12:00")]
    link.notices = [Notice(text_fr="Ici aussi", starts_on=date(2026, 11, 1))]
    service.service_at_locations = [link, ServiceAtLocation(location=hidden)]
    service.external_identifiers = [
        ExternalIdentifier(scheme="old", identifier="1"),
        ExternalIdentifier(scheme="old", identifier="2"),
    ]
    service.save()
    return service


@pytest.mark.parametrize("name", ["out.json", "out.zip"])
@pytest.mark.parametrize("language", ["fr", "de"])
def test_another_catalogue_gets_everything(tmp_path, name, language):
    service = full_listing()
    (before,) = map(content, listings(Service.objects.all()))
    path = export(tmp_path / name, with_hidden=True, language=language)
    for model in (Service, Location, Organization):
        for instance in model.objects.all():
            instance.delete()
    assert "created 1, updated 0, unchanged 0, refused 0" in run(path, source="copy")
    (listing,) = listings(Service.objects.all())
    assert content(listing) == before
    assert ("copy", str(service.uuid)) in listing.draft.other_ids
    assert "created 0, updated 0, unchanged 1, refused 0" in run(path, source="copy")


def test_a_change_of_any_field_is_seen_and_undone(tmp_path):
    full_listing()
    path = export(tmp_path / "out.json", with_hidden=True)
    (before,) = map(content, listings(Service.objects.all()))
    service = Service.objects.get()
    service.name_de, service.email, service.minimum_age, service.languages = "anders", "", 18, ["nl"]
    service.phones = [Phone(number="02 212 96 99")]
    service.notices, service.contacts, service.required_documents = [], [], []
    service.cost_options = [CostOption(option="free")]
    service.schedules = []
    service.needs = []
    service.save()
    place = Location.objects.get(postcode="1080")
    place.street_nl, place.box = "Elders", ""
    place.save()
    organization = Organization.objects.get()
    organization.description_en = "other"
    organization.save()
    dry = run(path, dry_run=True)
    for name in "name email minimum_age languages phones notices contacts documents cost_options schedules needs street box".split():
        assert name in dry
    assert "updated 1" in run(path)
    assert [content(listing) for listing in listings(Service.objects.all())] == [before]
    assert Service.objects.get().latest_revision is not None
    assert "unchanged 1" in run(path)


def test_places_that_services_share_stay_one(tmp_path):
    place = builders.location(50.85, 4.35, street_fr="Rue Haute")
    organization = builders.organization()
    for name in ("Un", "Deux"):
        builders.service(name, at=[place], organization=organization)
    path = export(tmp_path / "out.json")
    for model in (Service, Location, Organization):
        for instance in model.objects.all():
            instance.delete()
    assert "created 2" in run(path, source="copy")
    assert (Location.objects.count(), Organization.objects.count()) == (1, 1)
    assert "unchanged 2" in run(path, source="copy")


def test_a_successor_is_linked_in_the_other_catalogue(tmp_path):
    new = builders.service("Nouveau")
    builders.service("Ancien", lifecycle="closed_permanently", replaced_by=new)
    path = export(tmp_path / "out.json")
    for name in ("Ancien", "Nouveau"):
        Service.objects.get(name_fr=name).delete()
    run(path, source="copy")
    assert Service.objects.get(name_fr="Ancien").replaced_by == Service.objects.get(name_fr="Nouveau")
    assert "unchanged 2" in run(path, source="copy")


def test_an_export_of_nothing_is_an_empty_page(tmp_path):
    assert exported(tmp_path / "out.json") == []
    assert "created 0, updated 0, unchanged 0, refused 0" in run(tmp_path / "out.json")
