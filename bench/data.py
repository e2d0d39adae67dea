"""Databases to measure on, made once for what decides their rows and copied for each run: generated, or the fixtures."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "var" / "bench"
# What decides the rows: a change in any of these makes another database. Other migrations run on the copy.
SOURCES = (
    "services/migrations/*.py",
    "geo/migrations/*.py",
    "fixtures/taxonomy.json",
    "fixtures/geo/*",
    "fixtures/listings/*",
    "services/generate/*.py",
    "services/transfer/*.py",
)
DEMONSTRATION = "demonstration"

Progress = Callable[[str], None]


def _key(name: str) -> str:
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return f"{name}-{digest.hexdigest()[:12]}"


def prepare(name: str, fill: Callable[[Progress], None], progress: Progress) -> None:
    """Give the empty DIRECTORY_VAR, on which Django is set up, the database called `name`.

    `fill` writes its rows where no earlier run kept them. The kept file appears only when it is whole.
    """
    from django.core.management import call_command
    from django.db import connection

    from directory_site.actions import ensure_concepts

    kept = CACHE / f"{_key(name)}.sqlite3"
    database = Path(os.environ["DIRECTORY_VAR"]) / "directory.sqlite3"
    if kept.exists():
        shutil.copyfile(kept, database)
    call_command("migrate", verbosity=0)
    if kept.exists():
        ensure_concepts(progress)  # what was added to them since costs little to add here
        return
    progress(f"Making the database {kept.name}, once …")
    fill(progress)
    ensure_concepts(progress)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    CACHE.mkdir(parents=True, exist_ok=True)
    for outdated in CACHE.glob(f"{name}-*.sqlite3"):
        outdated.unlink()
    handle, beside = tempfile.mkstemp(dir=CACHE, suffix=".part")
    os.close(handle)
    shutil.copyfile(database, beside)
    Path(beside).replace(kept)


def generated(listings: int, seed: int, progress: Progress) -> None:
    """`listings` plausible ones: about a minute for each 10,000 when nothing is kept."""

    def fill(progress: Progress) -> None:
        from django.utils.timezone import localdate

        from audit.actor import acting
        from geo.actions import load_geography
        from services.generate.actions import make_listings
        from services.transfer.fixtures import load_taxonomy

        load_geography(by="bench", progress=progress)
        with acting("bench"):
            load_taxonomy()
        make_listings(listings, seed=seed, today=localdate(), by="bench", progress=progress)

    prepare(f"{listings}-{seed}", fill, progress)


def demonstration(progress: Progress) -> None:
    """The directory of a fresh clone, which the judgements are about; nothing that somebody edited since."""

    def fill(progress: Progress) -> None:
        from directory_site.actions import ensure_catalogue

        ensure_catalogue(progress)

    prepare(DEMONSTRATION, fill, progress)
