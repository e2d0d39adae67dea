"""The folder of the embedded index: which index is current, who may write, what readers have open.

    <root>/CURRENT            the name of the current index folder, replaced in one step
    <root>/write.lock         held by the one process that writes (flock: the system frees it if that process dies)
    <root>/rebuild.lock       held by the one process that rebuilds a missing or damaged index by itself
    <root>/<hash>-<stamp>/    a tantivy index, columns.npz (its columns as of some generation) and state.json

`state.json` holds `cursor` (the last change applied) and `generation` (how many times the index was written). It is
written after tantivy's commit: a kill between both means that the same changes are applied again, which is harmless.
"""

import fcntl
import json
import os
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import tantivy

from search.engine import EngineError, IndexBusy, IndexMissing

from .schema import schema, schema_hash


@dataclass(frozen=True)
class State:
    cursor: int
    generation: int

    def check(self) -> int:
        """A changed digit would lose edits without anybody noticing."""
        return zlib.crc32(f"{self.cursor} {self.generation}".encode())


class Store:
    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    @property
    def _pointer(self) -> Path:
        return self.root / "CURRENT"

    def current(self) -> Path:
        """The current index folder; raises IndexMissing."""
        try:
            name = self._pointer.read_text().strip()
        except (OSError, UnicodeDecodeError):
            raise IndexMissing(
                f"no search index in {self.root.name}/: run `manage.py search_rebuild`"
            ) from None
        folder = self.root / name
        if not name.startswith(schema_hash()) or not (folder / "state.json").exists():
            raise IndexMissing("the search index is of another version: run `manage.py search_rebuild`")
        return folder

    def stamp(self) -> tuple:
        """Changes whenever there is something new to read; two stats."""
        try:
            folder = self.current_cached()
            pointer, state = os.stat(self._pointer), os.stat(folder / "state.json")
        except (OSError, UnicodeDecodeError):
            return ()
        return (pointer.st_mtime_ns, pointer.st_ino, state.st_mtime_ns, state.st_ino)

    def current_cached(self) -> Path:
        pointer = os.stat(self._pointer)
        key = (pointer.st_mtime_ns, pointer.st_ino)
        if getattr(self, "_cached_key", None) != key:
            self._cached_folder = self.root / self._pointer.read_text().strip()
            self._cached_key = key
        return self._cached_folder

    def state(self, folder: Path) -> State:
        """Raises IndexMissing on a missing or damaged file."""
        try:
            values = json.loads((folder / "state.json").read_text())
            state = State(values["cursor"], values["generation"])
            if values["check"] != state.check():
                raise ValueError("state.json is not as it was written")
        except (OSError, ValueError, TypeError, LookupError) as error:
            raise IndexMissing(
                f"the search index is damaged ({error}): run `manage.py search_rebuild`"
            ) from None
        return state

    def write_state(self, folder: Path, state: State) -> None:
        beside = folder / "state.part"
        beside.write_text(json.dumps({**asdict(state), "check": state.check()}))
        beside.replace(folder / "state.json")

    @contextmanager
    def writing(self, wait_seconds: float = 0.0) -> Iterator[None]:
        """Holds the writer's lock; raises IndexBusy when another process has it for longer than `wait_seconds`."""
        self.root.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + wait_seconds
        with (self.root / "write.lock").open("w") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise IndexBusy("another process is writing the search index") from None
                    time.sleep(0.02)
            yield

    def claim_rebuild(self) -> IO[str] | None:
        """The lock that allows to rebuild, held until the file is closed, here and where it was handed on to; None
        when somebody else has it. Raises OSError when the folder cannot be written."""
        self.root.mkdir(parents=True, exist_ok=True)
        file = (self.root / "rebuild.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def condemn(self, folder: Path) -> None:
        """Nobody shall read this folder any more: what one process found out, all have to know."""
        try:
            with self.writing():
                if self.current() == folder:
                    self._pointer.unlink(missing_ok=True)
        except EngineError:  # somebody is replacing it, or has
            pass

    def new_folder(self) -> Path:
        folder = self.root / f"{schema_hash()}-{time.time_ns()}"
        folder.mkdir(parents=True)
        return folder

    def create(self, folder: Path) -> tantivy.Index:
        return tantivy.Index(schema(), path=str(folder), reuse=False)

    def open(self, folder: Path) -> tantivy.Index:
        """Raises IndexMissing when tantivy cannot open it."""
        try:
            return tantivy.Index.open(str(folder))
        except Exception as error:  # tantivy raises ValueError, OSError and its own kinds alike
            raise IndexMissing(
                f"the search index is damaged ({error}): run `manage.py search_rebuild`"
            ) from None

    def publish(self, folder: Path) -> None:
        """Make `folder` the current index and drop the others; readers of an old one keep its open files."""
        beside = self.root / "CURRENT.part"
        beside.write_text(folder.name)
        beside.replace(self._pointer)
        for other in self.root.iterdir():
            if other.is_dir() and other != folder:
                shutil.rmtree(other, ignore_errors=True)
