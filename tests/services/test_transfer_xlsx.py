"""Workbooks: what people typed comes back from what a spreadsheet made of it, and nothing in one is ever executed."""

import datetime as dt
import zipfile
from io import StringIO

import pytest
from django.core.management import call_command
from openpyxl import Workbook

from services.errors import FileRefused
from services.models import Change, Phone, Service
from services.transfer import reading, xlsx_reader, xlsx_writer
from services.transfer.file_checks import format_of

from . import builders

HEADER = ["external_id", "name_fr", "postcode", "phone", "verified_at", "house_number", "age_min"]


@pytest.fixture
def book(tmp_path):
    def book(rows, *, title="Sheet", before=()):
        workbook = Workbook()
        workbook.active.title = title
        for row in rows:
            workbook.active.append(row)
        for name in before:
            workbook.create_sheet(name, 0).append(["not", "this"])
        path = tmp_path / "listings.xlsx"
        workbook.save(path)
        return path

    return book


def rows_of(path):
    return list(reading.read(path))


def test_what_a_spreadsheet_made_of_it_is_what_was_typed(book):
    day = dt.datetime(2026, 10, 2)
    (row,) = rows_of(book([HEADER, ["a1", "Épicerie", 1080, 22129612, day, 12, 18.0]]))
    assert (row.line, row.reason) == (2, "")
    assert row.values == {
        "external_id": "a1",
        "name_fr": "Épicerie",
        "postcode": "1080",
        "phone": ("022129612",),
        "verified_at": day.date(),
        "house_number": "12",
        "age_min": 18,
    }


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (22129612, "022129612"),  # 02 212 96 12 without its 0
        (32212345, "032212345"),  # 03 221 23 45: +32 212345 is too short for a number
        (3222129612, "+3222129612"),
        (470123456, "0470123456"),
        (32470123456, "+32470123456"),
        (1712, "1712"),
        (112, "112"),
    ],
)
def test_a_phone_that_lost_its_beginning(book, number, read):
    (row,) = rows_of(book([HEADER, ["a1", "x", None, number]]))
    assert row.values["phone"] == (read,)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("name_fr", "=1+1", r"name_fr .B2.: a formula"),
        ("name_fr", '=HYPERLINK("http://example.org")', "a formula"),
        ("name_fr", "#N/A", "an error of the spreadsheet"),
        ("phone", 99, "lost its beginning"),
        ("phone", 12345678901, "lost its beginning"),
        ("phone", 2.5, "made a number"),
        ("house_number", dt.datetime(2026, 12, 14), r"house_number .F2.: the spreadsheet made a date"),
        ("verified_at", dt.datetime(2026, 12, 14, 9, 30), "made a date or time"),
        ("external_id", 12345678901234567, "made a number"),
        ("age_min", 18.5, "a whole number"),
        ("name_fr", "<b>gras</b>", "name_fr: HTML is not taken"),
    ],
)
def test_what_is_not_certain_is_refused_by_the_cell(book, column, value, reason):
    values = {"external_id": "a1", "name_fr": "x", column: value}
    (row,) = rows_of(book([HEADER, [values.get(name) for name in HEADER], ["a2", "bon"]]))[:1]
    import re

    assert re.search(reason, row.reason), row.reason
    assert (
        rows_of(book([HEADER, [values.get(name) for name in HEADER], ["a2", "bon"]]))[1].values["external_id"]
        == "a2"
    )


def test_the_sheet_called_listings_is_the_one(book):
    (row,) = rows_of(book([["external_id", "name_fr"], ["a1", "x"]], title="Listings", before=["Notes"]))
    assert row.values["external_id"] == "a1"
    with pytest.raises(FileRefused, match="unknown column not, this"):
        rows_of(book([["external_id", "name_fr"], ["a1", "x"]], title="Données", before=["Notes"]))


def test_a_cell_beyond_the_columns_is_not_lost_silently(book):
    (row,) = rows_of(book([["external_id", "name_fr"], ["a1", "x", None, "perdu"]]))
    assert row.reason == "a cell beyond the last column: D2"


def test_empty_rows_and_a_far_last_row_cost_nothing(book, settings):
    path = book([["external_id", "name_fr"], [], ["a1", "x"]])
    assert [row.line for row in rows_of(path)] == [3]
    settings.IMPORT_MAX_ROWS = 1
    with pytest.raises(FileRefused, match="more than 1 rows"):
        rows_of(book([["external_id", "name_fr"], ["a1", "x"], ["a2", "y"]]))


def repacked(path, change, drop=()):
    """The workbook with some of its parts' texts changed."""
    parts = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name not in drop:
                parts[name] = archive.read(name)
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHEET_PART = "xl/worksheets/sheet1.xml"
PLAIN = [["external_id", "name_fr"], ["a1", "x"]]


class TestHostileFiles:
    def test_a_bomb_is_not_unpacked(self, book):
        path = repacked(book(PLAIN), lambda parts: parts.update({SHEET_PART: b" " * 60_000_000}))
        assert path.stat().st_size < 200_000
        with pytest.raises(FileRefused, match="unpacked it would be 57 MB"):
            rows_of(path)

    def test_many_parts(self, book):
        path = repacked(book(PLAIN), lambda parts: parts.update({f"x/{n}": b"" for n in range(2000)}))
        with pytest.raises(FileRefused, match="parts; at most 1000"):
            rows_of(path)

    def test_entities_are_not_expanded(self, book):
        bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'

        def declare(parts):
            parts[SHEET_PART] = bomb + parts[SHEET_PART].split(b"?>", 1)[-1].replace(
                b"<sheetData>", b"<sheetData>&b;"
            )

        with pytest.raises(FileRefused, match="declares entities"):
            rows_of(repacked(book(PLAIN), declare))

    def test_a_file_elsewhere_is_not_read(self, book, tmp_path):
        (tmp_path / "secret").write_text("top secret")
        outside = (
            f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]>'.encode()
        )

        def declare(parts):
            parts["xl/workbook.xml"] = outside + parts["xl/workbook.xml"].split(b"?>", 1)[-1]

        with pytest.raises(FileRefused, match="declares entities"):
            rows_of(repacked(book(PLAIN), declare))

    def test_macros_old_formats_and_what_is_no_workbook(self, book, tmp_path):
        with pytest.raises(FileRefused, match=r"macros .\.xlsm."):
            rows_of(repacked(book(PLAIN), lambda parts: parts.update({"xl/vbaProject.bin": b"x"})))
        for content, reason in [
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, r"Excel 97–2003 \(\.xls\)"),
            (b"%PDF-1.7", "PDF"),
            (b"PK\x03\x04 nonsense", "no workbook, or it is damaged"),
            (b"<html><table>", "HTML"),
            (b"\x1f\x8b\x08", "compressed archive"),
        ]:
            path = tmp_path / "x.xlsx"
            path.write_bytes(content)
            with pytest.raises(FileRefused, match=reason):
                rows_of(path)

    def test_a_damaged_workbook(self, book):
        path = repacked(book(PLAIN), lambda parts: parts.update({SHEET_PART: b"<worksheet><sheetData><row>"}))
        with pytest.raises(FileRefused, match="damaged"):
            rows_of(path)
        path = repacked(book(PLAIN), lambda parts: None, drop=["xl/workbook.xml"])
        with pytest.raises(FileRefused, match="damaged"):
            rows_of(path)

    def test_a_row_number_out_of_this_world(self, book):
        def far(parts):
            parts[SHEET_PART] = (
                parts[SHEET_PART]
                .replace(b'r="2"', b'r="9999999999999"')
                .replace(b'r="A2"', b'r="A9999999999999"')
            )

        with pytest.raises(FileRefused):
            rows_of(repacked(book(PLAIN), far))

    def test_the_size_is_looked_at_first(self, book, settings):
        settings.IMPORT_MAX_BYTES = 100
        with pytest.raises(FileRefused, match="at most"):
            rows_of(book(PLAIN))

    def test_openpyxl_reads_xml_with_defusedxml(self):
        assert xlsx_reader.DEFUSEDXML is True


@pytest.mark.django_db
class TestRoundTrip:
    NASTY = [
        "=1+1",
        "+32 dit",
        "-5 %",
        "@bonjour",
        "'=1+1",
        "''=x",
        "'@",
        "#N/A",
        "1e5",
        "TRUE",
        "  ",
        "a\nb",
        "00123",
    ]

    def test_nothing_is_a_formula_and_all_comes_back(self, tmp_path):
        for text in self.NASTY:
            made = builders.service(
                f"x {text}".replace("\n", " ").strip(), description_fr=text.strip() or "-"
            )
            made.phones.add(Phone(number="+32 2 212 96 12"))
            made.save()
        path = tmp_path / "out.xlsx"
        assert xlsx_writer.export(path) == (len(self.NASTY), len(self.NASTY))
        with zipfile.ZipFile(path) as archive:
            sheet = archive.read(SHEET_PART)
        assert b"<f>" not in sheet
        rows = rows_of(path)
        assert [row.reason for row in rows] == [""] * len(rows)
        texts = {made.description_fr for made in Service.objects.all()}
        assert {row.values["description_fr"] for row in rows} == texts
        out = StringIO()
        before = Change.objects.count()
        call_command("import_listings", path, format="xlsx", stdout=out, stderr=out)
        assert f"created 0, updated 0, unchanged {len(rows)}, refused 0" in out.getvalue()
        assert Change.objects.count() == before

    def test_the_fixtures_make_a_round_trip_without_a_change(self, tmp_path):
        call_command("load_fixtures", stdout=StringIO(), stderr=StringIO())
        path = tmp_path / "all.xlsx"
        call_command("export_listings", path, format="xlsx", stdout=StringIO())
        assert format_of(path) == "xlsx"
        out = StringIO()
        call_command("import_listings", path, format="xlsx", stdout=out, stderr=out)
        count = Service.objects.filter(live=True).count()
        assert count > 250
        assert f"created 0, updated 0, unchanged {count}, refused 0" in out.getvalue()
