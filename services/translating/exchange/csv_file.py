"""The same texts as CSV: one a row, for whoever translates in a spreadsheet.

UTF-8 with a byte-order mark, which Excel wants. Cells that a spreadsheet would run are guarded
(services.transfer.csv_cells). Columns may come back in any order, and others beside them are not looked at.
"""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from services.errors import FileRefused
from services.transfer.csv_cells import guarded, unguarded

from .parcel import MOST_BYTES, MOST_TEXTS, Returned, Text, at_line, one_language, too_many_texts

COLUMNS = (
    "uuid",
    "field",
    "language",
    "source_language",
    "source_hash",
    "source",
    "target",
    "max_length",
    "listing",
    "note",
)
NEEDED = ("uuid", "field", "language", "source_hash", "target")
DELIMITERS = ",;\t"


def write(texts: Iterable[Text], language: str) -> bytes:
    """The file, UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for text in texts:
        longest = str(text.longest or "")
        cells = [text.uuid, text.key, language, text.source_language, text.source_hash]
        writer.writerow(
            [*cells, *map(guarded, (text.source, text.target)), longest, guarded(text.listing), text.note]
        )
    return out.getvalue().encode("utf-8-sig")


def read(content: bytes) -> tuple[str, list[Returned]]:
    """(target language, the texts). Raises FileRefused."""
    rows = _records(_decoded(content))
    columns = next(rows)[1]
    names = [str(name).strip().lower() for name in columns]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        said = _("these columns are missing: %(names)s")
        raise FileRefused(at_line(1, said % {"names": ", ".join(missing)}))
    twice = sorted({name for name in NEEDED if names.count(name) > 1})
    if twice:
        said = _("these columns stand twice: %(names)s")
        raise FileRefused(at_line(1, said % {"names": ", ".join(twice)}))
    place = {name: names.index(name) for name in NEEDED}
    found: list[Returned] = []
    languages: set[str] = set()
    for line, row in rows:
        if isinstance(row, str):
            found.append(Returned(line, "", "", "", "", row))
        elif any(cell.strip() for cell in row):
            if len(row) != len(names):
                found.append(Returned(line, "", "", "", "", "cells"))
                continue
            cell = {name: unguarded(row[index]) for name, index in place.items()}
            languages.add(cell["language"].strip().lower())
            found.append(
                Returned(
                    line,
                    cell["uuid"].strip(),
                    cell["field"].strip(),
                    cell["source_hash"].strip(),
                    cell["target"],
                )
            )
        if len(found) > MOST_TEXTS:
            raise FileRefused(at_line(line, too_many_texts()))
    one_language(languages)
    return next(iter(languages), ""), found


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileRefused(at_line(line, _("it is not UTF-8; save it as “CSV UTF-8”"))) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise FileRefused(at_line(line, _("it holds a zero byte; save it as “CSV UTF-8”")))
    if not text.strip():
        raise FileRefused(_("it is empty"))
    return text


def _records(text: str):
    """(first line, cells or the code of what is wrong with them) of each record."""
    csv.field_size_limit(MOST_BYTES)
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            if line == 1:
                raise FileRefused(at_line(1, _("the quotes are not closed"))) from None
            yield line, "quotes"
