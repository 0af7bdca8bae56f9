#!/bin/sh
# Install the servers that fan-out is measured beside. What cannot be had here is left out of the measurement.
set -eu

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "Node and npm are not installed: ws and Socket.IO will not be measured."
else
    sh scripts/npm-install.sh tests/bench/fanout/nodejs ||
        echo "npm could not install ws and Socket.IO: they will not be measured." >&2
fi
sh scripts/get-centrifugo.sh
