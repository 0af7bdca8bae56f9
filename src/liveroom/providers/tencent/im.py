"""Tencent IM by its REST API: accounts, and a group (AVChatRoom) for each live room, whose id is the room's.

Every tenant has an application of its own; all have the administrator of the setting. Which host serves an application
depends on the region in which it was made.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from secrets import randbelow
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from liveroom.domain.accounts.users import Profile
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.messages.model import Message
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import Clock
from liveroom.providers.outgoing import Outgoing
from liveroom.providers.tencent.im_codes import GROUP_IN_USE, NO_SUCH_ACCOUNT, NO_SUCH_GROUP, failure_of
from liveroom.providers.tencent.usersig import user_sig

INTERNATIONAL_BELOW: Final = 1_400_000_000
"""SDKAppIDs of Tencent's international edition."""
CHINA: Final = "console.tim.qq.com"
_REGIONS: Final = {
    "ap-singapore": "adminapisgp.im.qcloud.com",
    "ap-seoul": "adminapikr.im.qcloud.com",
    "ap-tokyo": "adminapijpn.im.qcloud.com",
    "eu-frankfurt": "adminapiger.im.qcloud.com",
    "ap-mumbai": "adminapiind.im.qcloud.com",
    "na-siliconvalley": "adminapiusa.im.qcloud.com",
    "ap-jakarta": "adminapiidn.im.qcloud.com",
}
_SIG_TTL: Final = timedelta(hours=24)
_SIG_RENEWED: Final = timedelta(hours=23)
_GROUP_NAME_MAX: Final = 30
_FACE_MAX: Final = 500
_LONGEST: Final = 2**32 - 1
"""Seconds: Tencent's word for ever."""
_UNNAMED: Final = "live"
_JSON: Final = {"Content-Type": "application/json"}
_PROBE: Final = "im_open_login_svc/account_check"


def im_host(sdk_app_id: int, region: str) -> str:
    """Return the host of an application: the region's where it is named, else the edition's first."""
    if region in _REGIONS:
        return _REGIONS[region]
    return _REGIONS["ap-singapore"] if sdk_app_id < INTERNATIONAL_BELOW else CHINA


class TencentIm:
    """``ports.Messages``. ``origin`` takes the place of https:// and the host (in tests)."""

    def __init__(
        self, outgoing: Outgoing, clock: Clock, *, administrator: str, region: str = "", origin: str = ""
    ) -> None:
        self.outgoing = outgoing
        self._clock = clock
        self._administrator = administrator
        self._region = region
        self._origin = origin
        self._sigs: dict[tuple[int, str], tuple[datetime, str]] = {}

    async def hang_up(self) -> None:
        """Let the connections go."""
        await self.outgoing.close()

    async def add_account(self, tenant: Tenant, user: UserId, profile: Profile) -> None:
        said = {"UserID": user, "Nick": profile.name, "FaceUrl": _face(profile)}
        await self._call(tenant, "im_open_login_svc/account_import", said)

    async def change_account(self, tenant: Tenant, user: UserId, profile: Profile) -> bool:
        items = [
            {"Tag": "Tag_Profile_IM_Nick", "Value": profile.name},
            {"Tag": "Tag_Profile_IM_Image", "Value": _face(profile)},
        ]
        said = {"From_Account": user, "ProfileItem": items}
        return await self._call(tenant, "profile/portrait_set", said, but=NO_SUCH_ACCOUNT) == 0

    async def remove_account(self, tenant: Tenant, user: UserId) -> None:
        said = {"DeleteItem": [{"UserID": user}]}
        await self._call(tenant, "im_open_login_svc/account_delete", said, but=NO_SUCH_ACCOUNT)

    async def make_group(self, tenant: Tenant, room: RoomId, owner: UserId, name: str) -> bool:
        said = {"Type": "AVChatRoom", "GroupId": room, "Name": group_name(name), "Owner_Account": owner}
        return await self._call(tenant, "group_open_http_svc/create_group", said, but=GROUP_IN_USE) == 0

    async def rename_group(self, tenant: Tenant, room: RoomId, name: str) -> bool:
        said = {"GroupId": room, "Name": group_name(name)}
        command = "group_open_http_svc/modify_group_base_info"
        return await self._call(tenant, command, said, but=NO_SUCH_GROUP) == 0

    async def dissolve_group(self, tenant: Tenant, room: RoomId) -> None:
        await self._call(tenant, "group_open_http_svc/destroy_group", {"GroupId": room}, but=NO_SUCH_GROUP)

    async def say(self, tenant: Tenant, message: Message) -> bool:
        said = {
            "GroupId": message.room,
            "Random": message.fingerprint,
            "From_Account": message.user,
            "MsgPriority": message.priority.value.capitalize(),
            "MsgBody": _elements(message),
            "CloudCustomData": f'{{"liveroom":{{"messageId":"{message.id}"}}}}',
        }
        return await self._call(tenant, "group_open_http_svc/send_group_msg", said, but=NO_SUCH_GROUP) == 0

    async def mute_member(self, tenant: Tenant, room: RoomId, user: UserId, lasts: timedelta) -> bool:
        said = {"GroupId": room, "Members_Account": [user], "MuteTime": _seconds(lasts)}
        return await self._about_member(tenant, "group_open_http_svc/forbid_send_msg", said)

    async def ban_member(self, tenant: Tenant, room: RoomId, user: UserId, lasts: timedelta) -> bool:
        said: dict[str, Any] = {"GroupId": room, "Members_Account": [user]}
        if not lasts:
            return await self._about_member(tenant, "group_open_http_svc/unban_group_member", said)
        said["Duration"] = _seconds(lasts)
        return await self._about_member(tenant, "group_open_http_svc/ban_group_member", said)

    async def _about_member(self, tenant: Tenant, command: str, said: Mapping[str, Any]) -> bool:
        """Call; for somebody who has no account there is nothing to do."""
        code = await self._call(tenant, command, said, but=NO_SUCH_GROUP | NO_SUCH_ACCOUNT)
        return code not in NO_SUCH_GROUP

    async def has_group(self, tenant: Tenant, room: RoomId) -> bool:
        """Say whether the room's group is there."""
        command = "group_open_http_svc/get_online_member_num"
        return await self._call(tenant, command, {"GroupId": room}, but=NO_SUCH_GROUP) == 0

    async def check(self, tenant: Tenant) -> None:
        """Return when the application has accepted the administrator; changes nothing there."""
        await self._call(tenant, _PROBE, {"CheckItem": [{"UserID": self._administrator}]})

    async def _call(
        self, tenant: Tenant, command: str, said: Mapping[str, Any], *, but: frozenset[int] = frozenset()
    ) -> int:
        """Call, and return the answer's code: 0, or one of ``but``; everything else is a failure."""
        code, _ = await self._exchange(tenant, command, said)
        if code and code not in but:
            raise failure_of(command, code)
        return code

    async def ask(self, tenant: Tenant, command: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call, and return the answer. Raises ``VendorFailure``."""
        code, body = await self._exchange(tenant, command, said)
        if code:
            raise failure_of(command, code)
        return body

    async def _exchange(self, tenant: Tenant, command: str, said: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        """Call, and return the answer with its code."""
        url = f"{self._origin_of(tenant)}/v4/{command}?{self._query(tenant)}"
        status, body = await self.outgoing.post(url, msgspec.json.encode(said), _JSON)
        code = body.get("ErrorCode")
        if type(code) is not int:
            text = f"Tencent IM answered what cannot be read ({command}, HTTP {status})"
            raise VendorFailure(Trouble.BUSY, text, in_doubt=True)
        return code or _worst_of(body.get("ResultItem")), body

    def _origin_of(self, tenant: Tenant) -> str:
        return self._origin or f"https://{im_host(tenant.sdk_app_id, self._region)}"

    def _query(self, tenant: Tenant) -> str:
        return urlencode(
            {
                "sdkappid": tenant.sdk_app_id,
                "identifier": self._administrator,
                "usersig": self.sig(tenant),
                "random": randbelow(2**32),
                "contenttype": "json",
            }
        )

    def sig(self, tenant: Tenant) -> str:
        """Return the administrator's UserSig, made once a day."""
        key, now = (tenant.sdk_app_id, tenant.sdk_secret), self._clock.now()
        made, sig = self._sigs.get(key, (now, ""))
        if not sig or not timedelta(0) <= now - made < _SIG_RENEWED:
            sig = user_sig(*key, self._administrator, now=now, ttl=_SIG_TTL)
            self._sigs[key] = (now, sig)
        return sig


def _elements(message: Message) -> list[dict[str, Any]]:
    """Return what a message is made of at Tencent: its text, and its data as a custom element."""
    found: list[dict[str, Any]] = []
    if message.text:
        found.append({"MsgType": "TIMTextElem", "MsgContent": {"Text": message.text}})
    if message.data:
        found.append({"MsgType": "TIMCustomElem", "MsgContent": {"Data": message.data.decode()}})
    return found


def group_name(title: str) -> str:
    """Return what of a room's title Tencent takes as the name of a group: 30 bytes, no half character, never none."""
    return title.encode()[:_GROUP_NAME_MAX].decode(errors="ignore").strip() or _UNNAMED


def _seconds(lasts: timedelta) -> int:
    """Return whole seconds, at least one of any time."""
    return min(ceil(lasts.total_seconds()), _LONGEST)


def _face(profile: Profile) -> str:
    """Return the picture's address; half of one that is too long would be of no use."""
    return profile.avatar if len(profile.avatar.encode()) <= _FACE_MAX else ""


def _worst_of(items: Any) -> int:
    """Return the code of an item that was refused, where a command answers for each of several."""
    if not isinstance(items, list):
        return 0
    codes = [item.get("ResultCode") for item in items if isinstance(item, dict)]
    return next((code for code in codes if type(code) is int and code), 0)
