"""Texts that go to translators and come back: round trips, plans, what is refused, and files that mean harm."""

import csv
import io
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from accounts.actions import sync_roles
from accounts.models import Membership, User
from services.errors import FileRefused
from services.models import ListingLanguage, Phone, Service, ServiceAtLocation
from services.stewardship import assign
from services.translating import following
from services.translating.exchange import applying, csv_file, plan, xliff
from services.translating.exchange.parcel import texts
from services.translating.selectors import board
from services.translating.texts import fingerprint

from .builders import location, service, team

pytestmark = pytest.mark.django_db
FORMATS = {"csv": csv_file, "xliff": xliff}


@pytest.fixture
def editor():
    sync_roles()
    user = User.objects.create_user("editor", "editor@example.org", "secret")
    Membership.objects.create(user=user, team=team(), role="editor")
    return user


@pytest.fixture
def listing():
    made = service(
        "Épicerie sociale",
        name_nl="Sociale kruidenier",
        summary_fr="De l'aide",
        description_fr="Une ligne.\n\n« Une autre » <3 & plus",
        fees_description_fr="=SUM(A1:A9)",
    )
    made.phones = [Phone(number="02 217 89 05", description_fr="Le soir")]
    made.save()
    return made


def parcel(user, language="nl", **options):
    following.catch_up()
    return list(texts(board(user, language), language, **options))


def returned(
    user, answers: dict[str, str], *, kind="csv", language="nl", name="file"
) -> plan.TranslationFile:
    """The file that a translator who answers by source text sends back."""
    out = FORMATS[kind].write(parcel(user, language), language)
    if kind == "csv":
        rows = list(csv.DictReader(io.StringIO(out.decode("utf-8-sig"), newline="")))
        for row in rows:
            row["target"] = answers.get(row["source"], row["target"])
        back = io.StringIO(newline="")
        writer = csv.DictWriter(back, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        return plan.keep(name, back.getvalue().encode(), user)
    root = ET.fromstring(out)
    space = {"x": xliff.NAMESPACE}
    for unit in root.iterfind(".//x:trans-unit", space):
        source = unit.find("x:source", space).text
        unit.find("x:target", space).text = answers.get(source, "")
    return plan.keep(name, ET.tostring(root), user)


def outcomes(file) -> dict[str, tuple[str, str]]:
    return {line.key.partition(":")[0]: (line.outcome, line.reason) for line in plan.lines(file)}


def one_line(made: Service, **values) -> bytes:
    """A CSV file of one text, right but for these cells."""
    cells = {
        "uuid": str(made.uuid),
        "field": "summary",
        "language": "nl",
        "source_hash": fingerprint(made.summary_fr),
        "target": "Hulp",
        **values,
    }
    out = io.StringIO(newline="")
    csv.writer(out).writerows([cells.keys(), cells.values()])
    return out.getvalue().encode()


class TestGoingOut:
    def test_what_needs_work_or_everything(self, editor, listing):
        assert [text.key.partition(":")[0] for text in parcel(editor)] == [
            "summary",
            "description",
            "fees_description",
            "phone",
        ]
        assert next(text.key for text in parcel(editor, everything=True)) == "name"

    @pytest.mark.parametrize("kind", FORMATS)
    def test_a_round_trip_loses_nothing(self, editor, listing, kind):
        sent = parcel(editor, everything=True)
        language, back = FORMATS[kind].read(FORMATS[kind].write(sent, "nl"))
        assert language == "nl"
        assert [(text.uuid, text.key, text.source_hash, text.target) for text in back] == [
            (text.uuid, text.key, text.source_hash, text.target) for text in sent
        ]

    def test_a_spreadsheet_runs_nothing(self, editor, listing):
        out = csv_file.write(parcel(editor), "nl").decode("utf-8-sig")
        assert "'=SUM(A1:A9)" in out
        assert ",=SUM" not in out

    def test_xliff_says_what_a_tool_needs(self, editor, listing):
        root = ET.fromstring(xliff.write(parcel(editor), "nl"))
        space = {"x": xliff.NAMESPACE}
        [file] = root.findall("x:file", space)
        assert (file.get("source-language"), file.get("target-language")) == ("fr", "nl")
        unit = file.find(".//x:trans-unit[@resname='summary']", space)
        assert unit.get("maxwidth") == "200"
        assert unit.find("x:target", space).get("state") == "needs-translation"
        assert unit.find("x:source", space).text == "De l'aide"

    def test_other_teams_and_hidden_places_stay_here(self, editor, listing):
        assign(Service.objects.filter(pk=service("Autre").pk), team("nord"))
        hidden = location(address_visibility="address_hidden")
        listing.service_at_locations = [ServiceAtLocation(location=hidden, description_fr="Sonnette verte")]
        listing.save()
        sent = parcel(editor)
        assert {text.uuid for text in sent} == {str(listing.uuid)}
        assert "Sonnette verte" not in [text.source for text in sent]


class TestComingBack:
    @pytest.mark.parametrize("kind", FORMATS)
    def test_it_is_planned_then_applied_and_published(self, editor, listing, kind):
        file = returned(
            editor,
            {"De l'aide": "Hulp", "Le soir": "'s Avonds", listing.description_fr: "Een regel.\n\nTwee & <3"},
            kind=kind,
        )
        assert outcomes(file) == {
            "summary": ("apply", ""),
            "description": ("apply", ""),
            "fees_description": ("unchanged", ""),
            "phone": ("apply", ""),
        }
        assert not Service.objects.get(pk=listing.pk).summary_nl, "the plan writes nothing"
        assert applying.apply(file=file, by=editor, publish=True) == 0
        after = Service.objects.get(pk=listing.pk)
        assert (after.summary_nl, after.description_nl) == ("Hulp", "Een regel.\n\nTwee & <3")
        assert after.phones.get().description_nl == "'s Avonds"
        file.refresh_from_db()
        assert file.applied_at
        assert outcomes(file)["summary"] == ("published", "")
        states = ListingLanguage.objects.get(service=listing, language="nl").todo
        assert states["summary"] == "to_review"
        assert states["fees_description"] == "missing"

    def test_as_a_draft_when_not_published(self, editor, listing):
        file = returned(editor, {"De l'aide": "Hulp"})
        applying.apply(file=file, by=editor, publish=False)
        assert outcomes(file)["summary"] == ("drafted", "")
        assert not Service.objects.get(pk=listing.pk).summary_nl

    def test_who_may_not_publish_drafts(self, editor, listing):
        Membership.objects.filter(user=editor).update(role="contributor")
        user = User.objects.get(pk=editor.pk)
        file = returned(user, {"De l'aide": "Hulp"})
        applying.apply(file=file, by=user, publish=True)
        assert outcomes(file)["summary"] == ("drafted", "")

    def test_an_original_that_changed_meanwhile_is_outdated_unless_told(self, editor, listing):
        file = returned(editor, {"De l'aide": "Hulp"})
        listing.summary_fr = "De l'aide payante"
        listing.save_revision().publish()
        applying.apply(file=file, by=editor, publish=True)
        assert outcomes(file)["summary"] == ("outdated", "")
        assert not Service.objects.get(pk=listing.pk).summary_nl
        applying.apply(file=file, by=editor, publish=True, outdated=True)
        assert Service.objects.get(pk=listing.pk).summary_nl == "Hulp"
        assert ListingLanguage.objects.get(service=listing, language="nl").todo["summary"] == "stale"

    def test_the_plan_says_outdated_too(self, editor, listing):
        language, back = csv_file.read(one_line(listing, source_hash="0123456789abcdef"))
        assert [line.outcome for line in plan.plan(language, back, editor)] == ["outdated"]

    @pytest.mark.parametrize(
        ("cells", "reason"),
        [
            ({"uuid": "00000000-0000-4000-8000-000000000000"}, "unknown_listing"),
            ({"uuid": "1 OR 1=1"}, "unknown_listing"),
            ({"field": "steward"}, "unknown_text"),
            ({"field": "eligibility_description"}, "unknown_text"),
            ({"field": "phone:00000000-0000-4000-8000-000000000000"}, "unknown_text"),
            ({"source_hash": ""}, "no_hash"),
            ({"source_hash": "ABC"}, "no_hash"),
            ({"language": "fr"}, "original"),
            ({"target": "<b>Hulp</b>"}, "html"),
            ({"target": "x" * 201}, "too_long"),
            ({"target": "a\x07b"}, "control"),
            ({"target": "twee\nlijnen"}, "lines"),
        ],
    )
    def test_what_is_refused_says_why_and_where(self, editor, listing, cells, reason):
        language, back = csv_file.read(one_line(listing, **cells))
        [line] = plan.plan(language, back, editor)
        assert (line.outcome, line.reason, line.line) == ("refused", reason, 2)
        assert reason in plan.REASONS

    def test_another_teams_listing_is_refused_and_a_draft_not_even_named(self, editor, listing):
        assign(Service.objects.filter(pk=listing.pk), team("nord"))
        language, back = csv_file.read(one_line(listing))
        [line] = plan.plan(language, back, editor)
        assert (line.reason, line.listing) == ("foreign", "")
        Service.objects.get(pk=listing.pk).unpublish()
        [line] = plan.plan(language, back, editor)
        assert line.reason == "unknown_listing"

    def test_handed_over_after_the_plan_is_not_written(self, editor, listing):
        file = returned(editor, {"De l'aide": "Hulp"})
        assign(Service.objects.filter(pk=listing.pk), team("nord"))
        applying.apply(file=file, by=editor, publish=True)
        assert outcomes(file)["summary"] == ("refused", "unknown_listing")
        assert not Service.objects.get(pk=listing.pk).summary_nl

    def test_good_texts_are_kept_when_others_are_refused(self, editor, listing):
        file = returned(editor, {"De l'aide": "Hulp", listing.description_fr: "<script>x</script>"})
        drafted = Service.objects.get(pk=listing.pk)
        drafted.fees_description_nl = "Iemand schreef dit"
        drafted.save_revision()
        for line in file.texts:
            if line["key"] == "fees_description":
                line |= {"target": "Iets anders", "outcome": "apply"}
        applying.apply(file=file, by=editor, publish=True)
        assert outcomes(file)["summary"] == ("published", "")
        assert outcomes(file)["description"] == ("refused", "html")
        assert outcomes(file)["fees_description"] == ("refused", "draft_differs")
        assert Service.objects.get(pk=listing.pk).summary_nl == "Hulp"

    def test_the_same_text_twice_counts_once(self, editor, listing):
        content = one_line(listing) + one_line(listing, target="Iets").splitlines(keepends=True)[1]
        language, back = csv_file.read(content)
        assert [line.reason for line in plan.plan(language, back, editor)] == ["", "twice"]

    def test_when_time_is_up_the_next_one_goes_on(self, editor):
        made = [service(f"Aide {number}") for number in range(3)]
        file = returned(editor, {f"Aide {number}": f"Hulp {number}" for number in range(3)})
        assert applying.apply(file=file, by=editor, publish=True, seconds=0) == 2
        assert applying.apply(file=file, by=editor, publish=True) == 0
        names = Service.objects.filter(pk__in=[one.pk for one in made]).order_by("pk")
        assert list(names.values_list("name_nl", flat=True)) == ["Hulp 0", "Hulp 1", "Hulp 2"]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;">]>
<xliff version="1.2"><file original="service/x" target-language="nl"><body><trans-unit id="name@0"><source>x</source>
<target>&lol2;</target></trans-unit></body></file></xliff>"""
FETCH = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xliff version="1.2">&e;</xliff>"""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlf", BOMB, "DTD"),
        ("a.xlf", FETCH, "DTD"),
        ("a.xlf", b"<xliff version='2.0'/>", "2.0"),
        ("a.xlf", b"<html/>", "no XLIFF"),
        ("a.xlf", b"<xliff version='1.2'><file>", "line 1"),
        ("a.xlf", b"<?xml version='1.0' encoding='x-none'?><xliff/>", "encoding"),
        ("a.xlf", b"", "line 1"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\xff\xfeu\x00u\x00", "UTF-8"),
        ("a.csv", "uuid,field\né".encode("latin-1"), "line 2"),
        ("a.csv", b"uuid,field,language,source_hash\n", "target"),
        ("a.csv", b"uuid,field,language,source_hash,target,target\n", "twice"),
        ("a.csv", b"uuid,field,language,source_hash,target\n", "target language"),
        ("a.csv", b"uuid,field,language,source_hash,target\nx,name,xx,,y\n", "“xx”"),
        ("a.csv", b"uuid,field,language,source_hash,target\nx,name,nl,,y\nx,name,en,,y\n", "several"),
        ("a.csv", b"uuid,field,language,source_hash,target\nx,na\x00me,nl,,y\n", "zero byte"),
        ("a.xlsx", b"PK\x03\x04....", "zip"),
        ("a.csv", b"x" * (20 * 1024 * 1024 + 1), "at most 20 MB"),
        ("a.csv", b"uuid,field,language,source_hash,target\n" + b"x,name,nl,,y\n" * 10_001, "10000"),
        (
            "a.csv",
            b"uuid,field,language,source_hash,target\n"
            + b"".join(b"%d,name,nl,,y\n" % n for n in range(501)),
            "500 listings",
        ),
    ],
)
def test_files_that_cannot_be_read_say_what_is_wrong(name, content, said):
    with translation.override("en"), pytest.raises(FileRefused, match=said):
        plan.read(name, content)


def test_markup_in_a_target_is_refused_and_alternatives_are_not_read():
    _language, [one, other] = (
        xliff.read(b"""<xliff version="1.2"><file original="service/x" target-language="nl-BE">
    <body><trans-unit id="name@0"><source>x</source><target>a <g id="1">b</g></target></trans-unit>
    <trans-unit id="summary@1"><source>x</source><target>good</target>
    <alt-trans><source>y</source><target>bad</target></alt-trans></trans-unit></body></file></xliff>""")
    )
    assert (one.key, one.broken) == ("name", "markup")
    assert (other.key, other.source_hash, other.target) == ("summary", "1", "good")


def test_a_broken_line_of_csv_does_not_break_the_others():
    _language, found = csv_file.read(
        b"uuid;field;language;source_hash;target;mine\n"
        b'a;name;nl;0;"good";x\n'
        b"b;name;nl\n"
        b'c;name;nl;0;"open"x;x\n'
        b"d;name;nl;0;good;x\n"
    )
    assert [(text.uuid, text.broken) for text in found] == [
        ("a", ""), ("", "cells"), ("", "quotes"), ("d", ""),
    ]  # fmt: skip
