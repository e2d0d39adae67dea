"""Wagtail's database search on PostgreSQL: another database means another process, which prints its report as JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.data import ROOT
from bench.starting import own_folder, say, start_django

VARIABLE = "BENCH_POSTGRES_URL"


def measured(url: str, judgements: Path) -> dict:
    """{"name", "how", "report"} of the empty database at `url`. Raises CalledProcessError."""
    answer = subprocess.run(
        [sys.executable, "-m", "bench.baselines.wagtail_postgres", str(judgements)],
        check=True,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {VARIABLE: url},
    )
    return json.loads(answer.stdout)


def main() -> None:
    with own_folder():
        start_django(database_url=os.environ[VARIABLE])
        from django.core.management import call_command

        from bench.baselines.wagtail_database import WagtailDatabase
        from bench.judging import judged, languages, of_baseline

        call_command("migrate", verbosity=0)
        from bench.baselines.listings import Catalogue
        from directory_site.actions import ensure_catalogue

        ensure_catalogue(say)
        catalogue, baseline = Catalogue(languages()), WagtailDatabase()
        baseline.fill(catalogue.listings)
        report = of_baseline(judged(Path(sys.argv[1])), baseline, catalogue, near=False)
        json.dump({"name": baseline.name, "how": baseline.how, "report": report.as_json()}, sys.stdout)


if __name__ == "__main__":
    main()
