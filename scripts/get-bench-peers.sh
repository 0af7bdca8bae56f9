#!/bin/sh
# Install the servers that fan-out is measured beside. What cannot be had here is left out of the measurement.
set -eu
nodejs=tests/bench/fanout/nodejs

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "Node and npm are not installed: ws and Socket.IO will not be measured."
elif [ ! -e "$nodejs/node_modules/.package-lock.json" ] || [ "$nodejs/package-lock.json" -nt "$nodejs/node_modules/.package-lock.json" ]; then
    echo "Installing ws and Socket.IO into $nodejs/node_modules"
    if npm ci --prefix "$nodejs" --silent --no-audit --no-fund --ignore-scripts </dev/null; then
        touch "$nodejs/node_modules/.package-lock.json"
    else
        echo "npm could not install them: they will not be measured." >&2
    fi
fi
sh scripts/get-centrifugo.sh
