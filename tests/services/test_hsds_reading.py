"""What other people's HSDS becomes: JSON in its shapes, tables of 3.0 and 1.1, with the oddities of real files."""

from datetime import date

import pytest

from geo.models import Territory
from services.models import Location, Organization, Service
from services.transfer.hsds import hsds11
from services.transfer.hsds.known import listings
from services.transfer.hsds.numbers import numbers

from . import builders
from .hsds_files import a_service, at, run, write_json, write_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground():
    Territory.objects.create(
        kind="commune", code="21012", name_fr="Molenbeek-Saint-Jean", name_nl="Sint-Jans-Molenbeek"
    )
    builders.term("need", "food", "Aide alimentaire", name_en="Food aid")
    builders.term("audience", "seniors", "Aînés", name_en="Older people")
    builders.term("organisation_type", "shelter", "Hébergement")


def imported(tmp_path, value, **options):
    """The one listing that a JSON file gives, and what was said."""
    said = run(write_json(tmp_path / "feed.json", value), **{"language": "en", **options})
    (listing,) = listings(Service.objects.all())
    return listing, said


@pytest.mark.parametrize(
    ("wrap", "where"),
    [
        (lambda one: one, "/"),
        (lambda one: [one], "/0"),
        (lambda one: {"total_items": 1, "page_number": 1, "contents": [one]}, "/contents/0"),
        (lambda one: {**one.pop("organization"), "services": [one]}, "/services/0"),
        (lambda one: [{**one.pop("organization"), "services": [one]}], "/0/services/0"),
        (lambda one: {"service": one}, "/"),
    ],
)
def test_json_in_each_of_its_shapes(ground, tmp_path, wrap, where):
    listing, said = imported(tmp_path, wrap(a_service(email="nobody")))
    assert "created 1" in said
    assert f"feed.json, {where}: email: no e-mail address, kept as a note: nobody" in said
    assert (listing.draft.name, listing.organization.draft.name) == (
        {"en": "Soup kitchen"},
        {"en": "Kind Hands"},
    )
    assert ("feed", "5c5f6a4e-0001-4000-8000-000000000001") in listing.draft.other_ids
    assert "unchanged 1" in run(tmp_path / "feed.json", language="en")


def test_a_full_foreign_service(ground, tmp_path):
    listing, said = imported(
        tmp_path,
        a_service(
            status="temporarily closed",
            description="<p>Hot soup</p><p>and bread &amp; butter</p>",
            alert="No soup on Friday.",
            last_modified="2026-11-02T10:00:00Z",
            url="soup.example",
            minimum_age=18.0,
            wait_time="two weeks",
            fees_description="Two pounds",
            cost_options=[{"id": "c", "option": "Under 18s", "amount": 1, "currency": "gbp", "amount_description": "a bowl"}],
            languages=[{"id": "l", "code": "eng"}, {"id": "m", "name": "Spanish"}, {"id": "n", "name": "Tagalog"}],
            required_documents=[{"id": "d", "document": "Identity card"}],
            service_areas=[{"id": "a", "name": "Molenbeek Saint Jean"}, {"id": "b", "name": "Atlantis"}],
            contacts=[{"id": "k", "name": "Ann", "title": "Desk", "phones": [{"id": "q", "number": "+44 20 7946 0000"}]}],
            phones=[{"id": "p", "number": "\"+44 20 7946 0958\"", "extension": 12, "type": "textphone"}],
            attributes=[
                {"id": "1", "taxonomy_term": {"id": "t", "code": "x1", "name": "food AID", "taxonomy": "other"}},
                {"id": "2", "taxonomy_term": {"id": "u", "code": "seniors", "name": "s"}, "value": "exclusive"},
                {"id": "3", "taxonomy_term": {"id": "v", "code": "z9", "name": "Juggling"}},
            ],
            service_at_locations=at(
                name="Hall",
                latitude=51.5,
                longitude=-0.12,
                addresses=[
                    {"id": "x", "address_1": "1 High Street", "city": "London", "state_province": "", "postal_code": "1234",
                     "country": "GB", "address_type": "physical"},
                    {"id": "y", "address_1": "PO Box 9", "city": "London", "postal_code": "E1", "country": "GB", "address_type": "postal"},
                ],
                accessibility=[{"id": "w", "description": "Wheelchair"}, {"id": "z", "description": "three steps"}],
                schedules=[
                    {"id": "s", "freq": "WEEKLY", "byday": "MO", "opens_at": "10:00:00", "closes_at": "18:00:00"},
                    {"id": "t", "freq": "WEEKLY", "byday": "TU", "opens_at": "10:00", "closes_at": "18:00Z"},
                    {"id": "u", "freq": "MONTHLY", "bymonthday": "2", "opens_at": "10:00", "closes_at": "18:00"},
                ],
            ),
        ),
    )  # fmt: skip
    draft = listing.draft
    assert (draft.lifecycle, draft.minimum_age, draft.website) == ("suspended", 18, "http://soup.example")
    assert draft.description == {"en": "Hot soup\nand bread & butter"}
    assert draft.fees_description == {"en": "Two pounds\nUnder 18s: 1 GBP a bowl"}
    assert (draft.needs, draft.audiences, draft.languages) == (
        ["food"],
        [("seniors", "exclusive")],
        ["en", "es"],
    )
    assert (draft.service_areas, draft.documents) == ([("commune", "21012")], [{"en": "Identity card"}])
    assert [(notice.text, notice.starts_on) for notice in draft.notices] == [
        ({"en": "No soup on Friday."}, date(2026, 11, 2))
    ]
    (phone,) = draft.phones
    assert (phone.number, phone.type, phone.description) == (
        "+44 20 7946 0958",
        "voice",
        {"en": "textphone, ext. 12"},
    )
    assert [(contact.name, contact.phone, contact.visibility) for contact in draft.contacts] == [("Ann", "+44 20 7946 0000", "professionals")]  # fmt: skip
    (place,) = draft.locations
    assert (place.street, place.postcode) == ({"en": "1 High Street, London, GB"}, "GB-1234")
    assert (place.lat, place.lon, place.nis5, place.accessibility) == (51.5, -0.12, None, ["wheelchair"])
    assert [(row["byday"], row["opens_at"], row["closes_at"]) for row in place.schedules] == [
        ("MO,TU", "10:00", "18:00")
    ]
    for word in ("Juggling", "Tagalog", "Atlantis", "three steps", "PO Box 9", "two weeks", "bymonthday 2"):
        assert word in draft.data_note
    for word in ("Juggling", "Tagalog", "Atlantis", "bymonthday"):
        assert word in said, "what is not understood is reported"
    assert "unchanged 1" in run(tmp_path / "feed.json", language="en")


def test_a_belgian_address_finds_its_commune(ground, tmp_path):
    address = {
        "address_1": "Chaussée de Gand 12 bte 3",
        "city": "sint-jans-molenbeek",
        "postal_code": "1080",
        "country": "BE",
    }
    listing, _said = imported(
        tmp_path, a_service(service_at_locations=at(addresses=[address])), language="fr"
    )
    (place,) = listing.draft.locations
    assert (place.street, place.house_number, place.box) == ({"fr": "Chaussée de Gand"}, "12", "3")
    assert (place.postcode, place.nis5) == ("1080", "21012")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": ""}, "name is missing"),
        ({"id": ""}, "id is missing"),
        ({"status": "asleep"}, 'status: unknown "asleep"'),
        ({"name": ["x"]}, "service.name: a text is needed"),
        ({"phones": {"number": "1"}}, "service.phones: a list is needed"),
        ({"phones": ["02"]}, "phones: an object is needed"),
        ({"organization": {"name": "No id"}}, "organization.id is missing"),
        ({"description": "a\x00b"}, "service.description: control character U+0000"),
        ({"minimum_age": 30, "maximum_age": 20}, "minimum_age: 30 is above maximum_age 20"),
    ],
)
def test_a_wrong_entry_is_refused_and_the_rest_is_kept(ground, tmp_path, values, reason):
    good = a_service(id="good", name="Good")
    said = run(
        write_json(tmp_path / "feed.json", {"contents": [a_service(**values), good, 7]}), language="en"
    )
    assert f"refused: feed.json, /contents/0: {reason}" in said
    assert "refused: feed.json, /contents/2: an object is needed" in said
    assert "created 1, updated 0, unchanged 0, refused 2" in said
    assert Service.objects.get().name_en == "Good"


def test_the_same_listing_twice_is_refused_the_second_time(ground, tmp_path):
    said = run(write_json(tmp_path / "feed.json", [a_service(), a_service(name="Other")]), language="en")
    assert "/1: the same listing as feed.json, /0" in said
    assert "created 1" in said


def test_a_later_day_of_verification_is_taken(ground, tmp_path):
    imported(tmp_path, a_service(assured_date="2026-03-02"))
    listing, said = imported(tmp_path, a_service(assured_date="2026-10-02"))
    assert listing.draft.verified_on == date(2026, 10, 2)
    assert "updated 1" in said


def test_tables_of_3_0(ground, tmp_path):
    folder = write_tables(
        tmp_path / "tables",
        organizations=[{"id": "o1", "name": "Kind Hands", "description": "A charity."}],
        services=[{"id": "s1", "organization_id": "o1", "name": "Soup", "status": "defunct"}],
        locations=[{"id": "l1", "location_type": "physical", "name": "Hall"}],
        service_at_location=[{"id": "sl1", "service_id": "s1", "location_id": "l1"}],
        addresses=[{"id": "a1", "location_id": "l1", "address_1": "Rue Haute 1", "city": "Molenbeek-Saint-Jean", "country": "BE"}],
        phones=[{"id": "p1", "service_at_location_id": "sl1", "number": "02 212 96 12"}],
        attributes=[{"id": "x", "link_id": "s1", "link_entity": "service", "taxonomy_term_id": "t1"}],
        taxonomy_terms=[{"id": "t1", "code": "food", "name": "Food", "description": "", "taxonomy": "need"}],
        meta_table_descriptions=[{"id": "m", "language": "nl"}],
        recipes=[{"id": "r"}],
    )  # fmt: skip
    said = run(folder)
    assert "recipes.csv: no table of HSDS; not read" in said
    (listing,) = listings(Service.objects.all())
    assert (listing.draft.name, listing.draft.lifecycle, listing.draft.needs) == (
        {"nl": "Soup"},
        "closed_permanently",
        ["food"],
    )
    (place,) = listing.draft.locations
    assert (place.street, place.nis5, [phone.number for phone in place.phones]) == (
        {"nl": "Rue Haute"},
        "21012",
        ["02 212 96 12"],
    )


def test_hsds_1_1_without_links_between_services_and_places(ground, tmp_path):
    """The shape of a legal-aid export: no ids of phones, organisations missing, nothing says what is given where."""
    folder = write_tables(
        tmp_path / "old",
        organizations=[{"id": "10", "name": "Law Clinic", "description": "Helps.", "url": "http://law.example"}],
        services=[
            {"id": "1", "organization_id": "10", "name": "Advice", "fees": "Free to everyone"},
            {"id": "2", "organization_id": "77", "name": "Hotline"},
            {"id": "", "organization_id": "77", "name": ""},
        ],
        locations=[
            {"id": "5", "organization_id": "10", "name": "Main office"},
            {"id": "6", "organization_id": "77", "name": "East"},
            {"id": "7", "organization_id": "77", "name": "West"},
        ],
        phones=[
            {"id": "", "service_id": "1", "location_id": "", "number": "(312) 555-2106"},
            {"id": "", "service_id": "", "location_id": "5", "number": "312-555-9766 x 715"},
            {"id": "", "service_id": "2", "location_id": "", "number": "no phone"},
        ],
        regular_schedules=[
            {"location_id": "5", "weekday": day, "opens_at": opens, "closes_at": closes}
            for day, opens, closes in [("Sunday", "", ""), ("Monday", "9:00", "17:00"), ("Tuesday", "9am", "5:00 PM")]
        ],
        postal_addresses=[{"organization_id": "10", "address_1": "PO Box 1", "state_province": "IL", "postal_code": "60601"}],
    )  # fmt: skip
    said = run(folder, language="en")
    assert "created 2, updated 0, unchanged 0, refused 1" in said
    assert "refused: services.csv, line 4: id is empty" in said
    assert 'organization 77: not in the file; named after its service "Hotline"' in said
    assert (
        "locations.csv: 2 not imported, no service of the file is given there, as far as it says: East, West"
        in said
    )
    assert "no number that can be dialled, kept as a note: no phone" in said
    advice, hotline = (listing.draft for listing in listings(Service.objects.order_by("pk")))
    assert [cost.option for cost in advice.cost_options] == ["free"]
    assert [phone.number for phone in advice.phones] == ["+1 312-555-2106"]
    (place,) = advice.locations
    assert [(phone.number, phone.description) for phone in place.phones] == [
        ("+1 312-555-9766", {"en": "ext. 715"})
    ]
    assert [(row["byday"], row["opens_at"], row["closes_at"]) for row in place.schedules] == [
        ("MO,TU", "09:00", "17:00")
    ]
    assert hotline.locations == []
    assert "unchanged 2" in run(folder, language="en")
    assert (Organization.objects.count(), Location.objects.count()) == (2, 1)


def test_hsds_1_1_with_everything_in_the_row(ground, tmp_path):
    """The shape of Ohana: a place in the service's row, lists in cells, odd dates and clocks."""
    folder = write_tables(
        tmp_path / "ohana",
        organizations=[{"id": "1", "name": "Volunteers", "description": "Help.", "funding_sources": "State"}],
        locations=[
            {"id": "3", "organization_id": "1", "name": "House", "latitude": "37.48", "longitude": "-122.21", "virtual": "false",
             "accessibility": "disabled_parking, ramp", "languages": "Spanish, Chinese (Mandarin)", "short_desc": "A house."}
        ],
        addresses=[{"id": "1", "location_id": "3", "address_1": "24 Second Avenue", "city": "San Mateo", "state_province": "CA",
                    "postal_code": "94401-9881", "country": "US"}],
        mail_addresses=[{"id": "1", "location_id": "3", "address_1": "24 Second Avenue", "city": "San Mateo",
                         "state_province": "CA", "postal_code": "94401-9881", "country": "US"}],
        services=[{"id": "8", "location_id": "3", "name": "Meals", "status": "active", "audience": "People over 60",
                   "eligibility": "None", "fees": "None.", "keywords": "Lunch", "taxonomy_ids": "102, 999", "wait_time": "None"}],
        phones=[{"id": "1", "location_id": "3", "number": "650 403-4300", "number_type": "sms", "department": "Desk", "country_prefix": "+1"}],
        regular_schedules=[{"id": "1", "service_id": "8", "weekday": "Monday", "opens_at": "14:00", "closes_at": "4:00 PM"}],
        holiday_schedules=[
            {"id": "1", "service_id": "8", "start_date": "January 01, 0001", "end_date": "January 01, 0001", "closed": "true"},
            {"id": "2", "service_id": "8", "start_date": "12/24/2026", "end_date": "12/24/26", "closed": "false", "opens_at": "10:00", "closes_at": "3pm"},
        ],
        taxonomy=[{"taxonomy_id": "102", "name": "Food aid", "parent_id": "", "parent_name": ""}],
    )  # fmt: skip
    said = run(folder, language="en")
    assert "created 1" in said
    assert "term: unknown term, kept as a note: 999" in said
    (listing,) = listings(Service.objects.all())
    draft = listing.draft
    assert (draft.needs, draft.languages) == (["food"], ["es", "zh"])
    assert draft.eligibility_description == {"en": "People over 60"}
    assert listing.organization.draft.name == {"en": "Volunteers"}
    (place,) = draft.locations
    assert (place.street, place.postcode) == ({"en": "24 Second Avenue, San Mateo CA, US"}, "94401-9881")
    assert place.accessibility == ["parking"]
    assert [(phone.number, phone.type, phone.description) for phone in place.phones] == [("+1 650-403-4300", "text", {"en": "Desk"})]  # fmt: skip
    hours = {(row["byday"], row["opens_at"] or "", row["closes_at"] or "", row["closed"], row["yearly"], row["valid_from"]) for row in draft.schedules}  # fmt: skip
    assert ("MO", "14:00", "16:00", False, False, None) in hours
    assert ("MO,TU,WE,TH,FR,SA,SU", "", "", True, True, date(2000, 1, 1)) in hours
    assert ("MO,TU,WE,TH,FR,SA,SU", "10:00", "15:00", False, False, date(2026, 12, 24)) in hours
    for word in ("ramp", "Lunch", "A house."):
        assert word in draft.data_note
    assert "postal address" not in draft.data_note, "the same address is not kept twice"


@pytest.mark.parametrize(
    ("text", "country", "found"),
    [
        ("02 212 96 12", "", [("02 212 96 12", "")]),
        ("112", "", [("112", "")]),
        ("(312) 773-1068 ext. 321", "", [("+1 312-773-1068", "ext. 321")]),
        ("1-800-LAW-REP-4", "", [("+1 800-529-7374", "1-800-LAW-REP-4")]),
        ("844-RIGHTS-9 (844-744-4879)", "", [("+1 844-744-4879", "844-RIGHTS-9")]),
        ("(618) 453-3217; (618) 536-7711", "", [("+1 618-453-3217", ""), ("+1 618-536-7711", "")]),
        ("020 7946 0958", "GB", [("+44 20 7946 0958", "")]),
        ("no phone", "", []),
        ("12", "", []),
        ("", "", []),
    ],
)
def test_numbers(text, country, found):
    assert numbers(text, country) == found


@pytest.mark.parametrize(
    ("text", "clock"),
    [("9:00", "09:00"), ("9am", "09:00"), ("12:30 AM", "00:30"), ("12pm", "12:00"), ("4:00 PM", "16:00"), ("noon", "noon")],
)  # fmt: skip
def test_clocks(text, clock):
    assert hsds11.clock(text) == clock


def test_days():
    assert hsds11.day("June 01, 0001") == (date(2000, 6, 1), True)
    assert hsds11.day("12/24/15") == (date(2015, 12, 24), False)
    assert hsds11.day("soon") is None
