#!/bin/sh
# Make .venv with the newest Python that the constraints are resolved for, or say what is missing.
set -eu
check='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
for python in python3.13 python3.12 python3.11 python3; do
    if "$python" -c "$check" >/dev/null 2>&1; then
        "$python" -m venv .venv || { rm -rf .venv; exit 1; }
        exit 0
    fi
done
echo "liveroom needs Python 3.11 or newer with venv. On Debian: apt-get install python3-venv (as root)." >&2
exit 1
