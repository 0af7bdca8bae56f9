#!/bin/sh
# Take Prometheus and promtool out of Debian's package into .venv/bin, for the long tests of dashboards and alerts: no
# service of the machine, and no root needed. Where apt-get has no such package, it says what will be skipped, and succeeds.
set -eu
[ ! -x .venv/bin/prometheus ] || [ ! -x .venv/bin/promtool ] || exit 0
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "This is not Debian: what needs Prometheus will be skipped."
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
echo "Getting Prometheus"
# As root apt-get hands the download to a user of its own, who has to reach the folder.
chmod 755 "$folder"
get() { (cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root prometheus </dev/null); }
if get || { apt-get update -qq && get; }; then
    dpkg-deb -x "$folder"/prometheus_*.deb "$folder"
    cp "$folder/usr/bin/prometheus" "$folder/usr/bin/promtool" .venv/bin/
else
    echo "Prometheus could not be had: what needs it will be skipped." >&2
fi
