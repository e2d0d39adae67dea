"""What is looked at before a file is read: its size, and what it really is, whatever its name says."""

import zipfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop as noop

from services.errors import FileRefused
from services.reasons import Reason

CSV, XLSX = "csv", "xlsx"
# Of a workbook. An ordinary one has some twenty parts and shrinks ten to thirty times.
MOST_PARTS = 1000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes, all parts together
MOST_SHRUNK = 200  # times; of parts of a megabyte and more
_MEGABYTE = 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and workbooks with a password
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
_SAVE_AS = noop("this is %(what)s: save it as an Excel workbook (.xlsx) or as “CSV UTF-8”")


def check_size(path: Path) -> None:
    """Raises FileRefused on a file that is too big, empty or not there; reads nothing of it."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FileRefused(error.strerror or str(error), file=path.name) from None
    check_bytes(size, path.name)


def check_bytes(size: int, name: str) -> None:
    """Raises FileRefused on more bytes than IMPORT_MAX_BYTES."""
    most = settings.IMPORT_MAX_BYTES
    if size > most:
        raise FileRefused(
            noop("%(size)s MB; at most %(most)s MB a file"),
            {"size": f"{size / _MEGABYTE:.0f}", "most": f"{most / _MEGABYTE:g}"},
            file=name,
        )


def format_of(path: Path) -> str:
    """CSV or XLSX, by the first bytes. Raises FileRefused naming what else it is."""
    check_size(path)
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise FileRefused(error.strerror or str(error), file=path.name) from None
    if head.startswith(_OLE):
        raise _refused(path, Reason(noop("Excel 97–2003 (.xls), or protected by a password")))
    if head.startswith(b"%PDF"):
        raise _refused(path, "PDF")
    if head.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")):
        raise _refused(path, Reason(noop("a compressed archive")))
    if head.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise _refused(path, Reason(noop("HTML or XML")))
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return CSV
    if _OPEN_DOCUMENT in head:
        raise _refused(path, "OpenDocument (.ods)")
    return XLSX


def _refused(path: Path, what: str) -> FileRefused:
    return FileRefused(_SAVE_AS, {"what": what}, file=path.name)


def check_workbook(path: Path) -> None:
    """Looks at a workbook's list of parts before any is unpacked. Raises FileRefused on a bomb, macros, a password."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise FileRefused(noop("this is no workbook, or it is damaged"), file=path.name) from None
    if len(parts) > MOST_PARTS:
        raise FileRefused(
            noop("a workbook of %(got)s parts; at most %(most)s"),
            {"got": len(parts), "most": MOST_PARTS},
            file=path.name,
        )
    unpacked = sum(part.file_size for part in parts)
    shrunk = any(
        part.file_size > _MEGABYTE and part.file_size > MOST_SHRUNK * max(1, part.compress_size)
        for part in parts
    )
    if unpacked > MOST_UNPACKED or shrunk:
        raise FileRefused(
            noop("unpacked it would be %(size)s MB, far beyond an ordinary workbook"),
            {"size": f"{unpacked / _MEGABYTE:.0f}"},
            file=path.name,
        )
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused(noop("protected by a password: save it without"), file=path.name)
    if any(name.endswith("vbaproject.bin") for name in names) or path.suffix.lower() in (".xlsm", ".xltm"):
        raise FileRefused(
            noop("it holds macros (.xlsm): save it as an Excel workbook (.xlsx)"), file=path.name
        )
    if "xl/workbook.bin" in names:
        raise _refused(path, Reason(noop("Excel binary (.xlsb)")))
    if "[content_types].xml" not in names:
        raise _refused(path, Reason(noop("a compressed archive")))
