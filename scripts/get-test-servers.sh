#!/bin/sh
# Install the servers that the tests start for themselves, where they are missing and apt-get may be used.
# Debian would start and enable them as system services: a policy-rc.d prevents the first, systemctl the second.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
packages="mariadb-server-core mariadb-client-core redis-server"

missing=""
for program in mariadbd mariadb-install-db mariadb redis-server setpriv; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    as_root="none"
fi
if [ "$as_root" = none ] || ! command -v apt-get >/dev/null; then
    echo "The tests need$missing. On Debian: apt-get install $packages (as root)." >&2
    exit 1
fi

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap '$as_root rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
fi
echo "The tests need$missing: installing $packages"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $packages </dev/null
case "$missing" in
    *redis-server*) if command -v systemctl >/dev/null; then $as_root systemctl disable redis-server || true; fi ;;
esac
