#!/bin/sh
# Get nginx and Caddy, in front of which the tests put the service with the recipes of deploy/: nginx with apt-get where
# that is allowed (without starting it as a service), Caddy from its Go module where Go is. What cannot be had is skipped.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
caddy=github.com/caddyserver/caddy/v2/cmd/caddy@v2.10.2

# Built once for each version; go install alone would look for the module on every run.
program=".venv/bin/caddy"
if [ "$(cat "$program.version" 2>/dev/null)" != "$caddy" ] || [ ! -x "$program" ]; then
    if command -v go >/dev/null; then
        echo "Building Caddy (some minutes, once)"
        if GOBIN="$PWD/.venv/bin" go install "$caddy" 2>"$program.log" </dev/null; then
            printf '%s\n' "$caddy" >"$program.version"
        else
            tail -n 5 "$program.log" >&2
            echo "Caddy could not be built: what needs it will be skipped." >&2
        fi
    else
        echo "Go is not installed: what needs a real Caddy will be skipped."
    fi
fi

command -v nginx >/dev/null && exit 0
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    as_root="none"
fi
if [ "$as_root" = none ] || ! command -v apt-get >/dev/null; then
    echo "nginx is not installed: what needs it will be skipped."
    exit 0
fi
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap '$as_root rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
fi
echo "Installing nginx, for the tests of its recipe"
$as_root apt-get update -qq &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends nginx-light </dev/null ||
    echo "nginx could not be installed: what needs it will be skipped." >&2
if command -v nginx >/dev/null && command -v systemctl >/dev/null; then $as_root systemctl disable nginx || true; fi
