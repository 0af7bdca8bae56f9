"""``admin/*`` about bans: who is banned from the tenant and from rooms, and which addresses are covered."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.moderation.methods import PAGE_MAX
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.room_access import utc_text
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import time_or_empty
from liveroom.usecases.moderation.bans import BanLists, Banned

_EVERYWHERE = "everywhere"
_ADDRESSES = "addresses"


class BanRow(Shape):
    """A ban."""

    user_id: str
    name: str
    room_id: str
    """From which room; empty: from the whole tenant."""
    until_utc: str
    """Empty: permanently."""
    reason: str
    by: str
    """Which user changed a room's ban last; empty: the operator."""
    since_utc: str
    """Of addresses: accounts made there since then are refused."""


class ListBans(Request):
    """``kind``: ``everywhere`` (default) or ``addresses``. With ``roomId``: who is banned from this room. With
    ``userId``: from where this user is banned. ``cursor``: the ``nextCursor`` of the previous page.
    """

    kind: Annotated[str, Text(16)] = _EVERYWHERE
    room_id: Id | None = None
    user_id: Id | None = None
    cursor: Annotated[str, Text(128)] = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/admin/list_bans",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="bans.view",
    reply=list[BanRow],
    data=Data.LIST,
    codes=(Code.RoomNotExists,),
)
async def list_bans(call: ListBans, operator: Operator, ban_lists: BanLists) -> Page:
    """List bans that are in force: from the tenant (those that end first come first), of addresses, from a room, or of
    a user. ``admin/unban_user`` lifts one from the tenant, and that of addresses with it.
    """
    tenant, following = operator.tenant.name, ""
    if call.room_id and call.user_id:
        raise BadRequest("roomId, userId: at most one of them")
    if call.user_id:
        found = await ban_lists.of_user(tenant, UserId(call.user_id))
    elif call.room_id:
        room = RoomId(call.room_id)
        found, following = await ban_lists.of_room(tenant, room, cursor=call.cursor, limit=call.limit)
    elif call.kind == _ADDRESSES:
        found = ban_lists.of_addresses(tenant)
    elif call.kind == _EVERYWHERE:
        found, following = await ban_lists.everywhere(tenant, cursor=call.cursor, limit=call.limit)
    else:
        raise BadRequest(f"kind: must be {_EVERYWHERE} or {_ADDRESSES}")
    return Page.of([_row(ban) for ban in found], following)


def _row(ban: Banned) -> BanRow:
    return BanRow(
        user_id=ban.user,
        name=ban.name,
        room_id=ban.room,
        until_utc=utc_text(ban.until),
        reason=ban.reason,
        by=ban.by,
        since_utc=time_or_empty(ban.since),
    )
