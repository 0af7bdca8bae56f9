"""The settings of recordings: like those of ``declared``, behind them."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from liveroom.settings import values
from liveroom.settings.declared_streams import DeclaredStreams
from liveroom.settings.declaring import setting
from liveroom.settings.values import Secret


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredRecordings(DeclaredStreams):
    """What the operator may decide about them."""

    recordings: str = setting(
        "off",
        "Who records broadcasts: off (nobody), trtc (TRTC's cloud recording, to Tencent VOD), css (record tasks of "
        "Tencent CSS, likewise), livekit (its egress, to your bucket), or server (the server of streams, which writes "
        "files by itself).",
        parse=values.choice("off", "trtc", "css", "livekit", "server"),
        starts="Recordings",
    )
    recordings_start: str = setting(
        "asked",
        "Which broadcasts are recorded: asked (where a host starts it, and in rooms with the option recorded), or all.",
        parse=values.choice("asked", "all"),
    )
    recordings_notice: timedelta = setting(
        timedelta(seconds=5), "How long before a recording begins everybody in the room is told; at least 3 s."
    )
    recordings_keep: timedelta = setting(
        timedelta(0), "How long recordings are kept; 0 keeps them until somebody deletes them."
    )
    recordings_play_key: Secret | None = setting(
        None,
        "Key with which addresses of files are signed: of hotlink protection at Tencent VOD, or of secure_link where "
        "files are below LIVEROOM_RECORDINGS_URL; without it, everybody who knows such an address can play the file.",
        parse=values.parse_secret,
        secret=True,
    )
    recordings_template: int = setting(
        0, "Recording template of the console of Tencent CSS, by its number; 0: CSS's own, HLS that is kept for ever."
    )
    recordings_s3_url: str = setting("", "Endpoint of the S3 store for LiveKit's files, without the bucket.")
    recordings_s3_region: str = setting("us-east-1", "Region with which its requests are signed; auto for R2.")
    recordings_s3_bucket: str = setting(
        "", "Bucket of LiveKit's files, which nobody else may read; they are below recordings/."
    )
    recordings_s3_key: str = setting(
        "", "Access key id with which LiveKit writes there, and liveroom reads and deletes."
    )
    recordings_s3_secret: Secret | None = setting(
        None, "Secret of that access key.", parse=values.parse_secret, secret=True
    )
    recordings_s3_style: str = setting(
        "auto",
        "Whether the bucket is in the host (virtual) or in the path; auto: as the endpoint wants it.",
        parse=values.choice("auto", "virtual", "path"),
    )
    recordings_url: str = setting(
        "", "Address below which the files of a server of streams are, where they are in no folder that liveroom sees."
    )
    recordings_folder: Path | None = setting(
        None,
        "Folder of the files of a server of streams, as liveroom sees it: it finds them there, plays them to "
        "whoever has a signed address, and deletes them.",
        parse=values.parse_path,
    )
    recordings_recorder: str = setting(
        "",
        "Recorder in nginx-rtmp's configuration that liveroom begins and ends (record all manual), such as liveroom; "
        "unset, the server decides by itself what it writes.",
    )
