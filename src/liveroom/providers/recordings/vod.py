"""Files of recordings at Tencent VOD: found by the stream that was recorded, played, and deleted."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import md5, sha256
from typing import Any, Final
from urllib.parse import urlsplit

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import UserId
from liveroom.domain.moments import moment
from liveroom.domain.recordings.model import NAME_MAX, URL_MAX, RecordingFile
from liveroom.domain.streams.model import StreamName
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import PlayableFile
from liveroom.providers.callbacks import part, rows, sentence, text, whole
from liveroom.providers.tencent.cloud import CloudRefused, TencentCloud
from liveroom.providers.tencent.trtc_control import judge

VOD: Final = "https://vod.tencentcloudapi.com"
VERSION: Final = "2018-07-17"
PLAYED_WITHIN: Final = timedelta(hours=4)
_FOUND_MAX: Final = 100
_UTC: Final = "%Y-%m-%dT%H:%M:%SZ"
_GONE: Final = "ResourceNotFound"
_VODS: Final = (".vod2.myqcloud.com", ".vod.myqcloud.com", ".vod-qcloud.com")


class VodFiles:
    """The files of an account. ``play_key``: VOD's key of hotlink protection; "": addresses are good for everybody."""

    def __init__(self, cloud: TencentCloud, play_key: str = "") -> None:
        self._cloud = cloud
        self._play_key = play_key

    async def remove(self, file: RecordingFile) -> None:
        """Delete a file; one that is gone is deleted. Raises ``VendorFailure``."""
        try:
            await self._call("DeleteMedia", {"FileId": file.name})
        except VendorFailure as failure:
            if not failure.code.startswith(_GONE):
                raise

    async def recorded(self, streams: Sequence[StreamName], since: datetime, now: datetime) -> list[RecordingFile]:
        """Return what was recorded of streams and put here since then, the oldest first. Raises ``VendorFailure``.

        Here is known when a file came, which is after its end: so its begin is somewhat earlier than said.
        """
        said = {
            "StreamIds": list(streams),
            "SourceTypes": ["Record"],
            "CreateTime": {"After": since.astimezone(UTC).strftime(_UTC), "Before": now.astimezone(UTC).strftime(_UTC)},
            "Sort": {"Field": "CreateTime", "Order": "Asc"},
            "Limit": _FOUND_MAX,
            "Filters": ["basicInfo", "metaData"],
        }
        answer = await self._call("SearchMedia", said) if streams else {}
        return [file for row in rows(answer, "MediaInfoSet") if (file := _file(row)) is not None]

    def playable(self, file: RecordingFile, viewer: UserId, now: datetime) -> PlayableFile:
        """Return a file with an address for a viewer."""
        url = _secure(file.url)
        if not (self._play_key and url):
            return PlayableFile(file, url, None)
        expires = now.replace(microsecond=0) + PLAYED_WITHIN
        return PlayableFile(file, hotlink(self._play_key, url, viewer, expires), expires)

    async def _call(self, action: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return await self._cloud.call(action, VERSION, said)
        except CloudRefused as refused:
            raise judge(action, refused.code) from refused
        except ProviderUnavailable as failure:
            raise VendorFailure(Trouble.BUSY, str(failure)) from failure


def hotlink(key: str, url: str, viewer: UserId, expires: datetime) -> str:
    """Return an address of Tencent VOD that is good until then: its "key hotlink protection"."""
    folder = urlsplit(url).path.rpartition("/")[0] + "/"
    until = f"{int(expires.timestamp()):x}"
    whose = sha256(viewer.encode()).hexdigest()[:10]
    sign = md5(f"{key}{folder}{until}{whose}".encode(), usedforsecurity=False).hexdigest()
    return f"{url}?t={until}&us={whose}&sign={sign}"


def _secure(url: str) -> str:
    """Return an address that pages over HTTPS may play: the domains that VOD gives by itself answer both ways, and VOD
    tells the one that is set as its primary protocol (tencentcloud.com 266/35768).
    """
    scheme, _, rest = url.partition("://")
    is_vods = rest.partition("/")[0].endswith(_VODS)
    return f"https://{rest}" if scheme == "http" and is_vods else url


def _file(row: Mapping[str, Any]) -> RecordingFile | None:
    basic, meta = part(row, "BasicInfo"), part(row, "MetaData")
    name, url = sentence(row.get("FileId"), NAME_MAX), sentence(basic.get("MediaUrl"), URL_MAX)
    try:
        came = datetime.strptime(text(basic.get("CreateTime")), _UTC).replace(tzinfo=UTC)
    except ValueError:
        return None
    found = meta.get("Duration")
    seconds = float(found) if isinstance(found, int | float) and 0 < found < 10**6 else 0.0
    begins = moment(came - timedelta(seconds=seconds))
    format = sentence(basic.get("Type"), 8) or url.rpartition(".")[2][:8]
    return RecordingFile(name, url, format, whole(meta.get("Size")) or 0, seconds, begins) if name and url else None
