#!/bin/sh
# Install the servers that the tests start for themselves, where they are missing and apt-get may be used.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
packages="mariadb-server-core mariadb-client-core redis-server"

missing=""
for program in mariadbd mariadb-install-db mariadb redis-server setpriv; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
[ -n "$missing" ] || exit 0

echo "The tests need$missing"
status=0
sh scripts/apt-install.sh $packages || status=$?
if [ "$status" = 2 ]; then
    echo "On Debian: apt-get install $packages (as root)." >&2
    exit 1
fi
exit "$status"
