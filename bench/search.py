"""python -m bench.search [--listings 10000 100000]: speed, size and memory of both engines, as tables in Markdown.

The numbers of one run belong together; those of two machines, or of two busy hours, do not. Generated databases are
kept in var/bench: the first run at 100,000 listings makes its own for some minutes.
"""

import argparse
import subprocess
import sys

from bench.data import ROOT
from bench.one_size import add_options

SIZES = (10_000, 100_000)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--listings", type=int, nargs="+", default=list(SIZES))
    add_options(arguments)
    chosen = arguments.parse_args()
    passed = [
        "--seed", str(chosen.seed), "--queries", str(chosen.queries), "--edits", str(chosen.edits),
        "--wagtail-queries", str(chosen.wagtail_queries), "--engines", *chosen.engines,
    ]  # fmt: skip
    for listings in chosen.listings:
        # Each in a process of its own: what one size leaves in memory is not the other's.
        subprocess.run([sys.executable, "-m", "bench.one_size", str(listings), *passed], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
