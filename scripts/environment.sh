#!/bin/sh
# Makes sure .venv holds exactly what a lock file asks for: scripts/environment.sh requirements.lock
# Costs a few milliseconds when nothing changed; otherwise finds a Python and hands over to environment.py.
set -eu
cd "$(dirname "$0")/.."
lock="$1"

# The stamp is a copy of the lock, written last: a half-done installation never equals it.
if [ -x .venv/bin/python ] && [ ! -e .venv/.installing ] && cmp -s "$lock" ".venv/.installed-$lock"; then
    exit 0
fi

# 3.11 first: it is the version that the locks are tested with. $PYTHON overrides.
for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$candidate" scripts/environment.py "$lock"
    fi
done

{
    echo "No usable Python found: version 3.11 or newer, with its venv module, is needed."
    echo "  Debian, Ubuntu: sudo apt install python3 python3-venv      Fedora: sudo dnf install python3"
    echo "  macOS: brew install python@3.12                            elsewhere: see python.org"
    echo "Installed under another name? make $( [ "$lock" = requirements.lock ] && echo run || echo test ) PYTHON=/path/to/python3"
} >&2
exit 1
