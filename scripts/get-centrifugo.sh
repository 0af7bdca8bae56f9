#!/bin/sh
# Build Centrifugo, which tests and benchmarks run beside the service, where Go is.
set -eu
centrifugo=github.com/centrifugal/centrifugo/v6@v6.9.1

# Built once for each version; go install alone would look for the module on every run.
program=".venv/bin/centrifugo"
if [ "$(cat "$program.version" 2>/dev/null)" != "$centrifugo" ] || [ ! -x "$program" ]; then
    if command -v go >/dev/null; then
        echo "Building Centrifugo (some minutes, once)"
        if GOBIN="$PWD/.venv/bin" go install "$centrifugo" 2>"$program.log" </dev/null; then
            printf '%s\n' "$centrifugo" >"$program.version"
        else
            tail -n 5 "$program.log" >&2
            echo "Centrifugo could not be built: what needs it will be skipped." >&2
        fi
    else
        echo "Go is not installed: what needs a real Centrifugo will be skipped."
    fi
fi
