"""The rows that an import refused, as a CSV file to mend and hand in again, each with its reason."""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext

from services import reasons
from services.models import ImportRow, ImportRun
from services.transfer import reading
from services.transfer.csv_cells import guarded, unguarded
from services.transfer.csv_writer import Line
from services.transfer.table import REMARK


def refused_csv(run: ImportRun) -> Iterator[str]:
    """The file's own rows of every listing of which a row was refused, with two remarks first: line and reason.

    All rows of a listing, also its good ones: a file that names only some of a listing's places would remove the others.
    The remarks may stay when the file is handed in again.
    """
    path = Path(run.file.path)
    columns = reading.columns(path)
    refused = dict(
        run.rows.filter(state=ImportRow.State.REFUSED, entity=ImportRow.Entity.SERVICE).values_list(
            "line", "reason"
        )
    )
    wanted = {
        key
        for row in reading.read(path)
        if row.line in refused and (key := _key(row.values, run.source)) is not None
    }
    writer = csv.writer(Line(), lineterminator="\r\n")
    kept = [position for position, name in enumerate(columns) if not name.startswith(REMARK)]
    line_name, reason_name = REMARK + gettext("line"), REMARK + gettext("reason")
    yield "\ufeff" + writer.writerow([line_name, reason_name, *(columns[position] for position in kept)])
    for row in reading.read(path):
        if row.line not in refused and _key(row.values, run.source) not in wanted:
            continue
        cells = [row.raw[position] if position < len(row.raw) else "" for position in kept]
        reason = reasons.words(refused.get(row.line))
        yield writer.writerow([row.line, guarded(reason), *(guarded(unguarded(cell)) for cell in cells)])


def _key(values: dict, source: str) -> tuple[str, str] | None:
    identifier = values.get("external_id")
    return (values.get("scheme") or source, identifier) if identifier else None
