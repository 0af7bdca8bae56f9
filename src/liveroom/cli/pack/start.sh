#!/bin/bash
# Starts liveroom as a web function: the platform unpacks the package where nothing can be written but /tmp, says on which
# port it calls, and stops the process with SIGTERM. Everything else is said by the function's environment variables:
# docs/serverless.md.
here="$(cd "$(dirname "$0")" && pwd)"
export LIVEROOM_SERVERLESS=on
export LIVEROOM_DATA_DIR="${LIVEROOM_DATA_DIR:-/tmp/liveroom}"
export LIVEROOM_PORT="${LIVEROOM_PORT:-${AWS_LWA_PORT:-${FC_SERVER_PORT:-9000}}}"
export PYTHONPATH="$here/python${PYTHONPATH:+:$PYTHONPATH}"
exec "${PYTHON:-@python@}" -m liveroom serve 2>&1
