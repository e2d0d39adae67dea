"""CSV files as such: encodings, delimiters, columns, lines; and the refusals that name them."""

import pytest

from services.errors import FileRefused
from services.transfer import csv_reader

HEADER = "external_id,name_fr,street,verified_at\n"


@pytest.fixture
def file(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "listings.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_delimiters_and_the_byte_order_mark(file, mark, start):
    content = start + f"external_id{mark}name_fr\r\n1{mark}Épicerie\r\n".encode()
    rows = list(csv_reader.read(file(content)))
    assert [(row.line, row.values, row.reason) for row in rows] == [
        (2, {"external_id": "1", "name_fr": "Épicerie"}, "")
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
def test_encodings_that_are_certain_are_read(file, encoding):
    (row,) = csv_reader.read(file("external_id;name_fr\n1;Épicerie\n".encode(encoding)))
    assert row.values == {"external_id": "1", "name_fr": "Épicerie"}


def test_lines_are_those_of_the_file(file):
    content = (
        HEADER + '1,"Nom",Haute,\n\n2,"deux\nlignes",Haute,\n3,Trois,Haute,hier\n4,Quatre,Haute,2026-01-01\n'
    )
    rows = list(csv_reader.read(file(content)))
    assert [(row.line, bool(row.reason)) for row in rows] == [(2, False), (4, True), (6, True), (7, False)]
    assert "name_fr: one line" in rows[1].reason
    assert rows[2].reason.startswith("verified_at")
    assert rows[2].values == {"external_id": "3"}, "a wrong row still says whose it is"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,a", "2 cells for 4 columns"),
        (",a,,", "external_id is empty"),
        ('1,"a"b,,', "quotes: text stands after"),
        ('1,"never closed,,', "quotes: one is opened here"),
    ],
)
def test_rows_that_cannot_be_read(file, row, reason):
    assert reason in next(csv_reader.read(file(HEADER + row))).reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("external_id,name_fr,telephone\n", "unknown column telephone"),
        ("external_id,name_fr,\n", r"unknown column \(empty\)"),
        ("name_fr\n", "external_id is missing"),
        ("external_id,street\n", "name_fr.* is needed"),
        ("external_id,name_fr,name_fr\n", "stands twice"),
        ("", "first line is empty"),
        (HEADER.encode() + "1,a,,\n2,Épicerie,,\n".encode("latin-1"), "line 3: not UTF-8 .byte 0xC9"),
        (HEADER.encode("utf-32"), "UTF-32"),
        (HEADER.encode("utf-16") + b"\x00", "not UTF-16"),
        (HEADER.encode("utf-16-le"), "line 1: holds a zero byte"),
        (HEADER.encode() + "1,Épicerie d'été,,\n".encode("cp1252"), "probably Windows-1252"),
        (HEADER.encode() + "1,Épicerie d'été,,\n".encode("mac_roman"), "probably Mac Roman"),
        (HEADER.encode() + "1,Épicerie d'été,,\n".encode("cp850"), r"probably DOS .850."),
        (",".join(f"c{number}" for number in range(5000)), "5000 columns; at most 200"),
        (HEADER + "1," + "x" * 1_100_000 + ",,\n", "line 2 is longer"),
        (HEADER.encode() + b"1,a\x00,,\n", "line 2: holds a zero byte"),
    ],
)
def test_files_that_cannot_be_read(file, content, reason):
    with pytest.raises(FileRefused, match=reason):
        list(csv_reader.read(file(content)))


def test_a_file_that_is_too_big_or_missing(file, settings, tmp_path):
    settings.IMPORT_MAX_BYTES = 10
    with pytest.raises(FileRefused, match="at most"):
        csv_reader.header(file(HEADER))
    with pytest.raises(FileRefused, match="No such file"):
        csv_reader.header(tmp_path / "nothing.csv")
