#!/bin/sh
# Build LiveKit, a media server, and get its client for Python, for the long tests of media, where Go is. The releases after
# this one need forks that no proxy of Go's has.
set -eu
GOFLAGS=-mod=mod sh scripts/go-build.sh LiveKit livekit-server github.com/livekit/livekit-server/cmd/server@v1.13.5
.venv/bin/python -m pip --disable-pip-version-check --no-input --quiet install livekit -c constraints.txt
