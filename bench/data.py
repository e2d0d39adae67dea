"""A database of generated listings, made once a size, seed and schema, and copied for each run."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "var" / "bench"
# What decides the rows: a change in any of these makes another database.
SOURCES = ("*/migrations/*.py", "fixtures/**/*", "services/generate/*.py", "services/transfer/create.py")


def key(listings: int, seed: int) -> str:
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and ".venv" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return f"{listings}-{seed}-{digest.hexdigest()[:12]}"


def cached(listings: int, seed: int) -> Path:
    return CACHE / f"{key(listings, seed)}.sqlite3"


def make(listings: int, seed: int, target: Path, progress: Callable[[str], None]) -> None:
    """Needs Django set up on a fresh DIRECTORY_VAR. The file appears only when it is whole."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils.timezone import localdate

    from audit.actor import acting
    from geo.actions import load_geography
    from services.generate.actions import make_listings
    from services.transfer.fixtures import load_taxonomy

    call_command("migrate", verbosity=0)
    load_geography(by="bench", progress=progress)
    with acting("bench"):
        load_taxonomy()
    make_listings(listings, seed=seed, today=localdate(), by="bench", progress=progress)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    for outdated in target.parent.glob(f"{listings}-{seed}-*.sqlite3"):
        outdated.unlink()
    handle, beside = tempfile.mkstemp(dir=target.parent, suffix=".part")
    os.close(handle)
    shutil.copyfile(os.environ["DIRECTORY_VAR"] + "/directory.sqlite3", beside)
    Path(beside).replace(target)
