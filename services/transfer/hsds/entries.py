"""What every HSDS reader gives: one nested service with the place in the file where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Entry:
    """A service with its organization embedded, as HSDS 3.0 JSON has it; with a `reason` it could not be read."""

    line: int  # counts entries of JSON, lines of CSV
    where: str  # "feed.json, /contents/2" or "services.csv, line 3"
    service: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass
class Source:
    """An opened file. `entries` is read once; `warnings` about the whole file grow while it is."""

    file: str
    entries: Iterator[Entry]
    language: str = ""  # that the file itself names
    warnings: list[str] = field(default_factory=list)
