#!/bin/sh
# Build a program into .venv/bin from its Go module: `sh scripts/go-build.sh Caddy caddy github.com/…@v2`. Where Go is
# missing, or the module cannot be had, it says what will be skipped, and succeeds.
set -eu
name=$1
program=".venv/bin/$2"
module=$3

# Built once for each version; go install alone would look for the module on every run.
[ "$(cat "$program.version" 2>/dev/null)" != "$module" ] || [ ! -x "$program" ] || exit 0
if ! command -v go >/dev/null; then
    echo "Go is not installed: what needs a real $name will be skipped."
    exit 0
fi
echo "Building $name (some minutes, once)"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
# Go names it after the last part of its path, which may be as little as "server".
if GOBIN="$folder" go install "$module" 2>"$program.log" </dev/null; then
    mv "$folder"/* "$program"
    printf '%s\n' "$module" >"$program.version"
else
    tail -n 5 "$program.log" >&2
    echo "$name could not be built: what needs it will be skipped." >&2
fi
