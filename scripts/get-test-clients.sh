#!/bin/sh
# Install what the tests of the official SDKs run: Node, Chromium, the JavaScript SDK, our own
# clients, and Centrifugo where Go is.
set -eu
PATH="$PATH:/usr/sbin:/sbin"

packages=""
command -v node >/dev/null || packages="$packages nodejs"
command -v npm >/dev/null || packages="$packages npm"
command -v chromium >/dev/null || packages="$packages chromium fonts-wqy-microhei"
if [ -n "$packages" ]; then
    echo "The tests need$packages"
    status=0
    sh scripts/apt-install.sh $packages || status=$?
    if [ "$status" = 2 ]; then
        echo "On Debian: apt-get install$packages (as root)." >&2
        exit 1
    fi
    [ "$status" = 0 ] || exit "$status"
fi

sh scripts/npm-install.sh tests/sdk/js
.venv/bin/python web/build.py clients
sh scripts/get-centrifugo.sh
