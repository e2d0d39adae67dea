"""The file formats of the import and export commands, and who reads and writes each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .apply import Applied, apply
from .csv_writer import export as export_csv
from .hsds.apply import apply_hsds
from .hsds.plan import plan_hsds
from .hsds.writer import export as export_hsds
from .plan import plan_csv
from .xlsx_writer import export as export_xlsx

FORMATS = ("csv", "xlsx", "hsds")


def plan_file(path: Path, *, format: str, source: str, language: str = "") -> Any:
    """A plan with creations, updates, unchanged and refused; nothing is written. Raises FileRefused.

    `language`: of HSDS' plain texts; empty: the one the file names, else the site's first. CSV names its own.
    """
    if format == "hsds":
        return plan_hsds(path, source=source, language=language)
    return plan_csv(path, source=source)


def apply_plan(
    plan: Any, *, format: str, by: str, progress: Callable[[str], None] = lambda line: None
) -> Applied:
    """Write what the plan says."""
    return (apply_hsds if format == "hsds" else apply)(plan, by=by, progress=progress)


def export_file(path: Path, *, format: str, with_hidden: bool = False, language: str = "") -> str:
    """Write every published listing; what was written, for people. Raises FileRefused, OSError."""
    if format == "hsds":
        count = export_hsds(path, with_hidden=with_hidden, language=language)
        return f"{count} listings"
    write = export_xlsx if format == "xlsx" else export_csv
    listings, rows = write(path, with_hidden=with_hidden)
    return f"{listings} listings in {rows} rows"
