"""Finds the CSV files of tabular HSDS: in a folder, in a zip, or those that a datapackage.json names. Nothing is unpacked."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from services.errors import FileRefused

MAX_BYTES = 1024**3  # all files together, unpacked
MAX_RATIO = 200  # unpacked to packed; texts reach 10 to 30
MAX_FILES = 200
MAX_PACKAGE_BYTES = 10 * 1024**2
PACKAGE = "datapackage.json"


@contextmanager
def tables(path: Path) -> Iterator[list[tuple[str, "CsvFile"]]]:
    """(table's name, its file) of each CSV in a folder, zip or package. Raises FileRefused."""
    if path.is_dir():
        yield _in_folder(path)
    elif path.suffix.lower() == ".json":
        yield _packaged(path.parent, path.read_bytes(), path.name)
    else:
        try:
            with zipfile.ZipFile(path) as archive:
                yield _in_zip(path, archive)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise FileRefused(f"{path.name}: no readable zip file ({error})") from None


class CsvFile:
    def __init__(self, name: str, path: Path | None = None, archive: zipfile.ZipFile | None = None) -> None:
        self.name = name
        self._path, self._archive = path, archive

    def open(self) -> IO[bytes]:
        if self._archive is not None:
            return self._archive.open(self.name)
        assert self._path is not None  # noqa: S101 - one of the two is given
        return self._path.open("rb")

    @property
    def short_name(self) -> str:
        return PurePosixPath(self.name).name


def _in_folder(folder: Path) -> list[tuple[str, CsvFile]]:
    package = folder / PACKAGE
    if package.is_file():
        return _packaged(folder, package.read_bytes(), package.name)
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".csv" and file.is_file())
    _check_size(folder.name, sum(file.stat().st_size for file in files), len(files))
    return [(file.stem.lower(), CsvFile(file.name, path=file)) for file in files]


def _packaged(folder: Path, content: bytes, name: str) -> list[tuple[str, CsvFile]]:
    found, size = [], 0
    for table, inside in _resources(content, name):
        file = folder / inside
        if not file.is_file():
            raise FileRefused(f"{name}: {inside} is named and is not there")
        if not file.resolve().is_relative_to(folder.resolve()):
            raise FileRefused(f"{name}: {inside} lies outside the folder")
        size += file.stat().st_size
        found.append((table, CsvFile(inside, path=file)))
    _check_size(name, size, len(found))
    return found


def _in_zip(path: Path, archive: zipfile.ZipFile) -> list[tuple[str, CsvFile]]:
    inside = {
        info.filename: info
        for info in archive.infolist()
        if not info.is_dir() and not PurePosixPath(info.filename).name.startswith((".", "_"))
    }
    packed = sum(info.compress_size for info in inside.values())
    size = sum(info.file_size for info in inside.values())
    _check_size(path.name, size, len(inside))
    if size > MAX_RATIO * max(packed, 10_000):
        raise FileRefused(f"{path.name}: unpacks to {size // max(packed, 1)} times its size; not opened")
    packages = [name for name in inside if PurePosixPath(name).name == PACKAGE]
    if packages:
        package = min(packages, key=len)
        if inside[package].file_size > MAX_PACKAGE_BYTES:
            raise FileRefused(f"{path.name}: {package} is too large")
        found = []
        for table, name in _resources(archive.read(package), package):
            full = str(PurePosixPath(package).parent / name)
            if full not in inside:
                raise FileRefused(f"{path.name}: {package} names {name}, which is not there")
            found.append((table, CsvFile(full, archive=archive)))
        return found
    return [
        (PurePosixPath(name).stem.lower(), CsvFile(name, archive=archive))
        for name in sorted(inside)
        if name.lower().endswith(".csv")
    ]


def _check_size(name: str, size: int, files: int) -> None:
    if size > MAX_BYTES:
        raise FileRefused(f"{name}: {size / 1024**2:.0f} MB of tables; at most {MAX_BYTES // 1024**2} MB")
    if files > MAX_FILES:
        raise FileRefused(f"{name}: {files} files; at most {MAX_FILES}")


def _resources(content: bytes, name: str) -> list[tuple[str, str]]:
    """(table, path) of the CSV resources; a path is one relative file name, never an address."""
    if len(content) > MAX_PACKAGE_BYTES:
        raise FileRefused(f"{name}: too large for a data package")
    try:
        resources = json.loads(content.decode("utf-8-sig"))["resources"]
        pairs = [(str(item.get("name") or ""), item["path"]) for item in resources]
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FileRefused(f"{name}: no data package (resources, each with a name and a path)") from None
    found = []
    for table, path in pairs:
        if (
            not isinstance(path, str)
            or "://" in path
            or path.startswith("/")
            or ".." in PurePosixPath(path).parts
        ):
            raise FileRefused(f"{name}: {str(path)[:80]!r} is no file beside it")
        if path.lower().endswith(".csv"):
            found.append((table.lower() or PurePosixPath(path).stem.lower(), path))
    return found
