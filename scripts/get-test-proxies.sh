#!/bin/sh
# Get nginx and Caddy, in front of which the tests put the service with the recipes of deploy/: nginx and an old Caddy
# with apt-get where that is allowed, the newest Caddy from its Go module where Go is. What cannot be had is skipped.
set -eu
PATH="$PATH:/usr/sbin:/sbin"

sh scripts/go-build.sh Caddy caddy github.com/caddyserver/caddy/v2/cmd/caddy@v2.10.2
command -v caddy >/dev/null || sh scripts/apt-install.sh caddy ||
    echo "Debian's Caddy could not be installed: what needs it will be skipped." >&2
command -v nginx >/dev/null || sh scripts/apt-install.sh nginx-light ||
    echo "nginx could not be installed: what needs it will be skipped." >&2
