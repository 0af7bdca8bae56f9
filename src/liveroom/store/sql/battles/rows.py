"""Battles and their rooms: found by id, by what is due, and by room or owner."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BindParameter, Integer, Select, bindparam, delete, insert, select, update

from liveroom.domain.battles.counting import BattleResult
from liveroom.domain.battles.model import (
    Battle,
    BattleState,
    InvitedRoom,
    LeftWhy,
    PastBattle,
    PastRoom,
)
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId, first_id
from liveroom.store.sql.battle_tables import battle_rooms, battles
from liveroom.store.sql.battles.stored import battle_values, read_battle
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Values, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_B: Final = battles.c
_R: Final = battle_rooms.c
_LIMIT: Final = bindparam("limit", type_=Integer)
_ROOMS: Final[BindParameter[str]] = bindparam("rooms", expanding=True)
_IDS: Final[BindParameter[str]] = bindparam("ids", expanding=True)
_BY_ID: Final = select(battles).where(_B.id == bindparam("of"))
_ADD: Final = statement(insert(battles))
_GET: Final = statement(_BY_ID)
_LOCK: Final = statement(_BY_ID.with_for_update())
_PUT: Final = statement(
    update(battles)
    .where(_B.id == bindparam("key"))
    .values({column.name: bindparam(column.name) for column in battles.columns if not column.primary_key})
)
_DROP: Final = statement(delete(battles).where(_B.id == bindparam("of")))
_DUE: Final = statement(select(_B.id).where(_B.due <= bindparam("now")).order_by(_B.due, _B.id).limit(_LIMIT))
_RUNNING: Final = statement(
    select(_B.id).where(_B.state == BattleState.RUNNING.value, _B.id > bindparam("after")).order_by(_B.id).limit(_LIMIT)
)
_ADD_ROOM: Final = statement(insert(battle_rooms))
_OF: Final = _R.battle == bindparam("of")
_DROP_ROOMS: Final = statement(delete(battle_rooms).where(_OF))
_WITHDRAW: Final = statement(delete(battle_rooms).where(_OF, _R.room.in_(_ROOMS)))
_ROOMS_OF: Final = statement(
    select(_R.room, _R.broadcast, _R.owner, _R.side, _R.accepted).where(_OF).order_by(_R.number)
)
_ACCEPT: Final = statement(update(battle_rooms).where(_OF, _R.room == bindparam("which")).values(accepted=1))
_BEGIN: Final = statement(update(battle_rooms).where(_OF).values(began=bindparam("at")))
_LEAVE: Final = statement(
    update(battle_rooms).where(_OF, _R.room.in_(_ROOMS), _R.gone == "").values(gone=bindparam("why"))
)
_DECIDE: Final = statement(
    update(battle_rooms)
    .where(_OF, _R.room == bindparam("which"))
    .values(score=bindparam("scored"), likes=bindparam("liked"))
)
_INVITATIONS: Final = statement(
    select(battles)
    .join_from(battle_rooms, battles, _B.id == _R.battle)
    .where(_R.room == bindparam("of"), _R.battle > bindparam("after"), _B.state == BattleState.INVITED.value)
    .order_by(_R.battle)
)
_BEGAN: Final = statement(
    select(_R.began).where(
        _R.tenant == bindparam("tenant"),
        _R.owner == bindparam("by"),
        _R.battle > bindparam("after"),
        _R.began >= bindparam("since"),
    )
)
_PAST_ROOMS: Final = statement(
    select(_R.battle, _R.number, _R.room, _R.owner, _R.side, _R.score, _R.likes, _R.gone).where(_R.battle.in_(_IDS))
)
_INVITATION_LASTS: Final = timedelta(minutes=2)
"""More than any invitation is open: of two processes' clocks one may be behind."""


def _page(found: Select[Any], id: Any, *conditions: Any) -> Any:
    return statement(
        found.where(*conditions, id < bindparam("before"), _B.state != BattleState.INVITED.value)
        .order_by(id.desc())
        .limit(_LIMIT)
    )


_JOINED: Final = select(battles).join_from(battle_rooms, battles, _B.id == _R.battle)
_OF_TENANT: Final = _page(select(battles), _B.id, _B.tenant == bindparam("tenant"))
_OF_ROOM: Final = _page(_JOINED, _R.battle, _B.tenant == bindparam("tenant"), _R.room == bindparam("of"))
_OF_OWNER: Final = _page(_JOINED, _R.battle, _R.tenant == bindparam("tenant"), _R.owner == bindparam("of"))


@dataclass(frozen=True, slots=True)
class SqlBattles:
    """``ports.BattleRows``."""

    _runner: Runner

    async def add(self, battle: Battle, rooms: Sequence[InvitedRoom]) -> None:
        await self._runner.run(_ADD, **battle_values(battle))
        values = [_room_values(battle, number, one) for number, one in enumerate(rooms)]
        await self._runner.run_many(_ADD_ROOM, values)

    async def get(self, id: str) -> Battle | None:
        row = await self._runner.row(_GET, of=id)
        return read_battle(row) if row else None

    async def lock(self, id: str) -> Battle | None:
        row = await self._runner.row(_LOCK, of=id)
        return read_battle(row) if row else None

    async def put(self, battle: Battle) -> None:
        values = battle_values(battle)
        await self._runner.run(_PUT, key=values.pop("id"), **values)

    async def drop(self, id: str) -> None:
        await self._runner.run(_DROP, of=id)
        await self._runner.run(_DROP_ROOMS, of=id)

    async def rooms_of(self, id: str) -> Sequence[InvitedRoom]:
        rows = await self._runner.rows(_ROOMS_OF, of=id)
        return [
            InvitedRoom(RoomId(room), BroadcastId(broadcast), UserId(owner), side, accepted == 1)
            for room, broadcast, owner, side, accepted in rows
        ]

    async def accept(self, id: str, room: RoomId) -> None:
        await self._runner.run(_ACCEPT, of=id, which=room)

    async def withdraw(self, id: str, rooms: Collection[RoomId]) -> None:
        if rooms:
            await self._runner.run(_WITHDRAW, of=id, rooms=sorted(rooms))

    async def begin(self, id: str, began: datetime) -> None:
        await self._runner.run(_BEGIN, of=id, at=millis(began))

    async def leave(self, id: str, rooms: Collection[RoomId], why: LeftWhy) -> None:
        await self._runner.run(_LEAVE, of=id, rooms=sorted(rooms), why=why.value)

    async def decide(self, id: str, results: Sequence[BattleResult]) -> None:
        values: list[Values] = [
            {"of": id, "which": one.room, "scored": one.score, "liked": one.likes} for one in results
        ]
        await self._runner.run_many(_DECIDE, values)

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        return [row[0] for row in await self._runner.rows(_DUE, now=millis(now), limit=limit)]

    async def running(self, after: str, limit: int) -> Sequence[str]:
        return [row[0] for row in await self._runner.rows(_RUNNING, after=after, limit=limit)]

    async def invitations_of(self, room: RoomId, now: datetime) -> Sequence[Battle]:
        after = first_id(now - _INVITATION_LASTS)
        return [read_battle(row) for row in await self._runner.rows(_INVITATIONS, of=room, after=after)]

    async def began(self, tenant: TenantName, owner: UserId, since: datetime) -> Sequence[datetime]:
        after = first_id(since - _INVITATION_LASTS)
        rows = await self._runner.rows(_BEGAN, tenant=tenant, by=owner, after=after, since=millis(since))
        return [instant(row[0]) for row in rows]

    async def past(
        self, tenant: TenantName, room: RoomId | None, owner: UserId | None, before: str, limit: int
    ) -> Sequence[PastBattle]:
        values: dict[str, Any] = {"tenant": tenant, "before": before or BEHIND_ALL, "limit": limit}
        if room is not None:
            rows = await self._runner.rows(_OF_ROOM, of=room, **values)
        elif owner is not None:
            rows = await self._runner.rows(_OF_OWNER, of=owner, **values)
        else:
            rows = await self._runner.rows(_OF_TENANT, **values)
        found = list({battle.id: battle for battle in map(read_battle, rows)}.values())
        return await self._with_rooms(found)

    async def _with_rooms(self, found: Sequence[Battle]) -> Sequence[PastBattle]:
        rooms = defaultdict[str, list[PastRoom]](list)
        ids = sorted(battle.id for battle in found)
        for row in sorted(await self._runner.rows(_PAST_ROOMS, ids=ids)) if ids else ():
            rooms[row[0]].append(_past_room(row))
        return [PastBattle(battle, tuple(rooms[battle.id])) for battle in found]


def _past_room(row: Row) -> PastRoom:
    _, _, room, owner, side, score, likes, gone = row
    return PastRoom(RoomId(room), UserId(owner), side, score, likes, LeftWhy(gone) if gone else None)


def _room_values(battle: Battle, number: int, one: InvitedRoom) -> Values:
    return {
        "battle": battle.id,
        "room": one.room,
        "tenant": battle.tenant,
        "broadcast": one.broadcast,
        "owner": one.owner,
        "number": number,
        "side": one.side,
        "accepted": int(one.has_accepted),
        "began": None,
        "score": 0,
        "likes": 0,
        "gone": "",
    }
