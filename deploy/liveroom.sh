#!/bin/sh
# The command `liveroom` on a machine where deploy/liveroom.service runs: as its user, in its folder, with its settings.
# Install it as /usr/local/bin/liveroom.
set -eu
case "$(id -un)" in
liveroom)
    cd /var/lib/liveroom
    export LIVEROOM_DATA_DIR=/var/lib/liveroom
    exec /opt/liveroom/bin/liveroom "$@"
    ;;
root) exec runuser -u liveroom -- "$0" "$@" ;;
*) exec sudo -u liveroom -- "$0" "$@" ;;
esac
