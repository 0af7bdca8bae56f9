#!/bin/sh
# Install Debian packages where that is allowed: `sh scripts/apt-install.sh nginx-light …`. Ends with 2, and changes
# nothing, where it is not (no root, no apt-get). Debian would start servers as system services: a policy-rc.d keeps it
# from that.
set -eu
PATH="$PATH:/usr/sbin:/sbin"

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    exit 2
fi
command -v apt-get >/dev/null || exit 2

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap '$as_root rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
fi
fresh=""
for service in redis-server nginx caddy; do
    command -v "$service" >/dev/null || fresh="$fresh $service"
done
echo "Installing $*"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" </dev/null
# What was not there before would be started with the next boot all the same.
for service in $fresh; do
    if command -v "$service" >/dev/null && command -v systemctl >/dev/null; then
        $as_root systemctl disable "$service" || true
    fi
done
