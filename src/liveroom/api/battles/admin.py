"""``admin/*`` about battles: an operator sees all of them, and ends one."""

from typing import Annotated

from liveroom.api.battles.shapes import ListedBattle, listed_battle
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.battles.current import RoomBattles
from liveroom.usecases.battles.ending import BattleEnds


class FindBattles(Request):
    """``roomId``: only battles of this room. ``userId``: only of rooms that this user owned then; not together with
    ``roomId``, which counts if both are given. ``cursor``: the ``nextCursor`` of the previous page.
    """

    room_id: Id = ""
    user_id: Id = ""
    limit: Annotated[int, Whole(1, 500)] = 100
    cursor: Id = ""


@method(
    "base/v1/admin/list_battles",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[ListedBattle],
    data=Data.LIST,
)
async def list_battles(call: FindBattles, operator: Operator, battles: RoomBattles) -> Page:
    """List the tenant's battles, the newest first."""
    room, owner = RoomId(call.room_id) if call.room_id else None, UserId(call.user_id) if call.user_id else None
    found, cursor = await battles.past(operator.tenant.name, room, owner, cursor=call.cursor, limit=call.limit)
    return Page.of([listed_battle(past) for past in found], cursor)


class OneBattle(Request):
    """The battle."""

    battle_id: Id


@method(
    "base/v1/admin/end_battle",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    codes=(Code.BattleNotExists,),
)
async def end_battle(call: OneBattle, operator: Operator, ends: BattleEnds) -> None:
    """End a battle: it is decided by the scores that it has. An open invitation is closed. Neither: 3061."""
    await ends.end(operator, call.battle_id)
