"""Lists of Tencent IM: the groups of an application, and who is online in one (TENCENT.md 3)."""

from collections.abc import Collection
from typing import Any, Final

from liveroom.domain.drift.groups import ListedMembers
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import Rest
from liveroom.providers.tencent.im import TencentIm
from liveroom.providers.tencent.im_codes import NO_SUCH_GROUP

_PAGE: Final = 2000
"""Groups asked for at once: Tencent gives up to 10,000, in more bytes than an answer of ours may have."""
_APART: Final = 1.05
"""Seconds after each page: Tencent takes one such call a second."""
_SHOWN: Final = 30
"""How many members the lower editions list: of more, it is not known who is missing."""


class TencentImLists:
    """``ports.GroupLists``."""

    def __init__(self, im: TencentIm) -> None:
        self._im = im

    async def groups(self, tenant: Tenant, rest: Rest) -> Collection[RoomId]:
        """Return all live groups (AVChatRoom) of the tenant's application, page by page."""
        found, after = set[RoomId](), 0
        while True:
            said = {"Limit": _PAGE, "Next": after, "GroupType": "AVChatRoom"}
            body = await self._im.ask(tenant, "group_open_http_svc/get_appid_group_list", said)
            found |= {RoomId(str(one["GroupId"])) for one in _rows(body, "GroupIdList") if "GroupId" in one}
            after = body.get("Next", 0)
            if type(after) is not int:
                raise _unreadable("get_appid_group_list")
            if after == 0:
                return found
            await rest(_APART)

    async def online_members(self, tenant: Tenant, room: RoomId) -> ListedMembers | None:
        """Return who is online in a room's group, the first page of it; None where there is no such group."""
        command, said = "group_open_avchatroom_http_svc/get_members", {"GroupId": room, "Timestamp": 0}
        try:
            body = await self._im.ask(tenant, command, said)
        except VendorFailure as failure:
            if failure.code.isdigit() and int(failure.code) in NO_SUCH_GROUP:
                return None
            raise
        rows = _rows(body, "MemberList")
        users = {UserId(str(one["Member_Account"])) for one in rows if "Member_Account" in one}
        return ListedMembers(users, is_whole=len(rows) < _SHOWN and body.get("NextTimestamp", 0) == 0)


def _rows(body: Any, name: str) -> list[dict[str, Any]]:
    """Return a list of objects; an answer without it is none."""
    found = body.get(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _unreadable(name)
    return found


def _unreadable(what: str) -> VendorFailure:
    return VendorFailure(Trouble.BUSY, f"Tencent IM answered a list that cannot be read ({what})", in_doubt=True)
