#!/bin/sh
# Install what the tests of the official SDKs run: Node, Chromium, the JavaScript SDK, and Centrifugo where Go is.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
js=tests/sdk/js

packages=""
command -v node >/dev/null || packages="$packages nodejs"
command -v npm >/dev/null || packages="$packages npm"
command -v chromium >/dev/null || packages="$packages chromium fonts-wqy-microhei"
if [ -n "$packages" ]; then
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        as_root="none"
    fi
    if [ "$as_root" = none ] || ! command -v apt-get >/dev/null; then
        echo "The tests need$packages. On Debian: apt-get install$packages (as root)." >&2
        exit 1
    fi
    echo "The tests need$packages: installing"
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $packages </dev/null
fi

if [ ! -e "$js/node_modules/.package-lock.json" ] || [ "$js/package-lock.json" -nt "$js/node_modules/.package-lock.json" ]; then
    echo "Installing the JavaScript SDK into $js/node_modules"
    npm ci --prefix "$js" --silent --no-audit --no-fund --ignore-scripts </dev/null
    touch "$js/node_modules/.package-lock.json"
fi

sh scripts/get-centrifugo.sh
