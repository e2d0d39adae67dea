"""Whether the files of an index are what was written: tantivy's own checksums, read without tantivy.

Damage shows late or never by itself: a wrong byte in a posting list gives a wrong answer, not an error. tantivy ends
each file of a segment with its CRC-32 and looks at it only when asked, which its Python bindings cannot do.
"""

import json
import os
import struct
import zlib
from pathlib import Path

from . import postings

# What every segment consists of; deletions stand in a further file, named with their number.
PARTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")
_MAGIC = 1337  # closes a file of tantivy
_PIECE = 1 << 20
_READ_AGAIN = 5


class Checkup:
    """Looks at an index folder again and again. Files of a segment never change once written, so a look is some stats;
    a file that did change is read whole."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[int, int, int]] = {}

    def damage(self, folder: Path, *, thorough: bool = False) -> str | None:
        """What is wrong with the index, or None. `thorough` reads every file: about a second for a gigabyte."""
        for _attempt in range(_READ_AGAIN):
            meta = _text(folder / "meta.json")
            found = self._damage(folder, meta, thorough)
            # A writer may have replaced segments while we looked: then what was missing is missing rightly.
            if found is None or meta == _text(folder / "meta.json"):
                return found or (postings.damage(folder / "postings") if thorough else None)
        return None

    def _damage(self, folder: Path, meta: str, thorough: bool) -> str | None:
        try:
            files = [folder / name for name in _segment_files(json.loads(meta))]
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            return f"meta.json cannot be read ({error})"
        seen = {}
        for file in files:
            try:
                stat = os.stat(file)
                seen[file] = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
                changed = self._seen.get(file, seen[file]) != seen[file]
                if (thorough or changed) and not _is_whole(file):
                    return f"{file.name} is not as it was written"
            except OSError as error:
                return f"{file.name} cannot be read ({error.strerror})"
        self._seen = seen
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        return ""


def _segment_files(meta: dict) -> list[str]:
    names = []
    for segment in meta["segments"]:
        name = segment["segment_id"].replace("-", "")
        names += [f"{name}.{part}" for part in PARTS]
        if segment["deletes"]:
            names.append(f"{name}.{segment['deletes']['opstamp']}.del")
    return names


def _is_whole(file: Path) -> bool:
    """Whether the file's content has the checksum that stands at its end. Raises OSError."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        if size < 8:
            return False
        opened.seek(size - 8)
        length, magic = struct.unpack("<II", opened.read(8))
        body = size - 8 - length
        if magic != _MAGIC or body < 0:
            return False
        opened.seek(body)
        try:
            expected = json.loads(opened.read(length))["crc"]
        except (ValueError, LookupError, TypeError):
            return False
        opened.seek(0)
        crc = 0
        while body > 0:
            piece = opened.read(min(_PIECE, body))
            if not piece:
                return False
            crc = zlib.crc32(piece, crc)
            body -= len(piece)
        return crc == expected
