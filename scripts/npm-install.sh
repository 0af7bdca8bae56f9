#!/bin/sh
# Install what a folder's package-lock.json names, unless it is there: `sh scripts/npm-install.sh tests/sdk/js`.
set -eu
lock="$1/package-lock.json"
done="$1/node_modules/.package-lock.json"

if [ -e "$done" ] && [ ! "$lock" -nt "$done" ]; then exit 0; fi
echo "Installing what $lock names"
npm ci --prefix "$1" --silent --no-audit --no-fund --ignore-scripts </dev/null
touch "$done"
