#!/bin/sh
# Deletes what the directory made on this machine (var/), after asking; the servers' notes stay.
set -eu
cd "$(dirname "$0")/.."

if [ ! -d var ]; then
    echo "There is no var/: nothing to delete."
    exit 0
fi
echo "This deletes the local database, the index and uploaded files in var/. What you edited is lost."
printf 'Type "delete" to go on: '
read -r answer || answer=
if [ "$answer" != delete ]; then
    echo "Nothing was deleted."
    exit 1
fi
find var -mindepth 1 -maxdepth 1 ! -name services ! -name environment.lock -exec rm -rf {} +
echo "Deleted. make run builds a new directory."
