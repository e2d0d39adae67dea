#!/bin/sh
# Gets a Chromium for the browser tests: installs Debian's when it can, else says what to do.
set -eu

find_browser() {
    for candidate in "${CHROMIUM:-}" /usr/bin/chromium chromium chromium-browser google-chrome; do
        if [ -n "$candidate" ] && path=$(command -v "$candidate"); then
            echo "$path"
            return 0
        fi
    done
    return 1
}

if browser=$(find_browser); then
    echo "The browser tests use $browser ($("$browser" --version 2>/dev/null || echo "version unknown"))."
    exit 0
fi

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] && apt-cache policy chromium 2>/dev/null | grep -q 'Candidate: [0-9]'; then
    echo "Installing Debian's chromium …"
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core
    browser=$(find_browser)
    echo "The browser tests use $browser."
    exit 0
fi

cat <<'HELP'
No Chromium was found. Install one, then run the tests again:
  Debian:           sudo apt-get update && sudo apt-get install chromium
  Ubuntu, Windows:  Google Chrome's own package (Ubuntu's chromium is a snap, which tests cannot drive reliably)
  Fedora:           sudo dnf install chromium
  macOS:            brew install --cask google-chrome
Installed elsewhere: set CHROMIUM to the program's path.
HELP
exit 1
