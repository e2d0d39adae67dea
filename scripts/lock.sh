#!/bin/sh
# Remakes requirements.lock and requirements-dev.lock with uv, from an environment of its own in var/tools.
set -eu
cd "$(dirname "$0")/.."

scripts/environment.sh requirements-dev.lock
if [ ! -x var/tools/bin/uv ]; then
    rm -rf var/tools
    .venv/bin/python -m venv var/tools
    var/tools/bin/python -m pip install --quiet --disable-pip-version-check uv
fi

# One lock for every system and every Python ≥ 3.11; hashes, so that a changed file is refused; no index address, so
# that it installs from whichever index a machine uses.
compile() {
    var/tools/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
        -c requirements/constraints.txt pyproject.toml "$@"
}
compile -o requirements.lock
# What runs and what is tested are the same versions.
compile --extra dev -o requirements-dev.lock
echo "Locks made. Look at the difference (git diff --text requirements.lock), then run make test."
