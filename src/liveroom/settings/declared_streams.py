"""The settings of pushed streams: like those of ``declared``, behind them."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from liveroom.settings import values
from liveroom.settings.declared_tracing import DeclaredTracing
from liveroom.settings.declaring import setting
from liveroom.settings.values import Secret


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredStreams(DeclaredTracing):
    """What the operator may decide about streams that encoders push."""

    streams: str = setting(
        "off",
        "Which server takes streams that hosts push from an encoder such as OBS: off (there are none), css (Tencent), "
        "srs, mediamtx, nginx_rtmp or livekit (its ingress, with the LiveKit server above).",
        parse=values.choice("off", "css", "srs", "mediamtx", "nginx_rtmp", "livekit"),
        starts="Streams",
    )
    streams_servers: Path | None = setting(
        None,
        "File (TOML) of further servers, each with a name, for all tenants or as some tenants' own: "
        "docs/stream-servers.md has the form.",
        parse=values.parse_path,
    )
    streams_open_rooms: bool = setting(
        True, "Whether a stream opens its host's room, scheduled or closed, so that going live takes no app."
    )
    streams_grace: timedelta = setting(
        timedelta(seconds=15),
        "How long an encoder may be away until its stream is over: 5 seconds to 5 minutes. OBS comes back after 2 to "
        "10 seconds.",
    )
    streams_key_lifetime: timedelta = setting(
        timedelta(days=30), "How long a stream's key is good: 1 minute to 365 days; hosts may always have another."
    )
    streams_play_lifetime: timedelta = setting(
        timedelta(minutes=10),
        "How long a viewer's signed address is good: 1 minute to 1 day. Where the server asks nobody, a kicked viewer "
        "may watch for as long.",
    )
    streams_callback_key: Secret | None = setting(
        None,
        "Key that the server shows when it asks or reports something: in the address of its callbacks "
        "(/callbacks/streams/<server>?key=...), with css as the callback key of the domain.",
        parse=values.parse_secret,
        secret=True,
    )
    streams_play_key: Secret | None = setting(
        None,
        "Key with which viewers' addresses are signed, for servers that ask us about viewers; unset, whoever has an "
        "address watches.",
        parse=values.parse_secret,
        secret=True,
    )
    streams_app: str = setting("live", "Application, or folder, that the server has for them.")
    streams_rtmp_url: str = setting("", "Where the server takes RTMP, such as rtmp://live.example.com.")
    streams_srt_url: str = setting("", "Where it takes SRT, such as srt://live.example.com:8890.")
    streams_webrtc_url: str = setting("", "Where it has WHIP and WHEP, such as https://live.example.com:8889.")
    streams_http_url: str = setting(
        "", "Where viewers get HLS, and FLV from srs, such as https://live.example.com/hls."
    )
    streams_flv_url: str = setting(
        "", "Where viewers get FLV with nginx_rtmp, such as https://live.example.com/flv, where it is made there."
    )
    streams_ffmpeg: str = setting(
        "ffmpeg",
        "Program that takes a frame of a stream every 30 seconds, in rooms that allow it, as their picture in lists; "
        "off, or where it is missing: lists show the rooms' own pictures.",
    )
    streams_token_key: Path | None = setting(
        None,
        "File of a private key (PEM, on P-256). Set, addresses for mediamtx have tokens that it believes until they "
        "end, and it does not ask us (authMethod: jwt).",
        parse=values.parse_path,
    )
    streams_api_url: str = setting("", "Where liveroom reaches the server's own API, such as http://127.0.0.1:1985.")
    streams_api_user: str = setting("", "Name with which it signs in there, if it has to.")
    streams_api_password: Secret | None = setting(
        None, "Password with which it signs in there.", parse=values.parse_secret, secret=True
    )
    css_push_domain: str = setting("", "Push domain of Tencent CSS, such as push.example.com.")
    css_play_domain: str = setting("", "Its play domain, such as play.example.com.")
    css_push_key: Secret | None = setting(None, "Main key of the push domain.", parse=values.parse_secret, secret=True)
    css_push_backup_key: Secret | None = setting(
        None, "Backup key of the push domain, if it has one.", parse=values.parse_secret, secret=True
    )
    css_play_key: Secret | None = setting(
        None,
        "Key of the play domain; unset, whoever has an address watches.",
        parse=values.parse_secret,
        secret=True,
    )
    css_digest: str = setting("md5", "How addresses of both domains are signed.", parse=values.choice("md5", "sha256"))
