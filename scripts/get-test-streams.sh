#!/bin/sh
# Get nginx's RTMP module and ffmpeg, for the long tests of live streams. The module is taken out of Debian's package
# into .venv, so that the nginx of the machine is left as it is; where ffmpeg may not be installed, PyPI has a static
# one. What cannot be had is said, and what needs it is skipped.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
kept=.venv/streams

if ! command -v ffmpeg >/dev/null && [ ! -x .venv/bin/ffmpeg ]; then
    sh scripts/apt-install.sh ffmpeg || {
        .venv/bin/python -m pip --disable-pip-version-check --no-input --quiet install --target "$kept/imageio" imageio-ffmpeg &&
            ln -sf "$PWD/$(ls "$kept"/imageio/imageio_ffmpeg/binaries/ffmpeg-*)" .venv/bin/ffmpeg
    } || echo "ffmpeg could not be had: what needs it will be skipped." >&2
fi

[ ! -e "$kept/ngx_rtmp_module.so" ] || exit 0
if ! command -v nginx >/dev/null || ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "nginx or apt-get is missing: what needs nginx-rtmp will be skipped."
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
echo "Getting nginx's RTMP module"
# As root apt-get hands the download to a user of its own, who has to reach the folder.
chmod 755 "$folder"
get() { (cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root libnginx-mod-rtmp </dev/null); }
if get || { apt-get update -qq && get; }; then
    dpkg-deb -x "$folder"/libnginx-mod-rtmp_*.deb "$folder"
    mkdir -p "$kept"
    cp "$folder/usr/lib/nginx/modules/ngx_rtmp_module.so" "$kept/"
else
    echo "The module could not be had: what needs nginx-rtmp will be skipped." >&2
fi
