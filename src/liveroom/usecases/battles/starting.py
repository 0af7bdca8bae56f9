"""Beginning a battle: the rooms that want it are connected where they are not, and all of them have it at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from liveroom.domain.battles.model import SETTLES_AFTER, Battle, BattleRoom, BattleState, InvitedRoom, RoomBattle
from liveroom.domain.connections.model import ROOMS_MAX, RoomConnection, join
from liveroom.domain.ids import RoomId, UserId, new_id
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.ports import Tx
from liveroom.usecases.battles.rows import BattleWriter
from liveroom.usecases.battles.terms import BattleTerms
from liveroom.usecases.connections.rows import Locked, connected, put_connection
from liveroom.usecases.events.recorder import EventRecorder


class Begun(NamedTuple):
    """A battle that has begun, and the rooms that have changed."""

    battle: RoomBattle
    changed: Sequence[RoomId]


@dataclass(frozen=True, slots=True)
class BattleStart:
    """Begins battles within a transaction that has locked their rooms and all that these are connected with."""

    recorder: EventRecorder
    terms: BattleTerms

    async def begin(
        self, tx: Tx, rooms: Locked, row: Battle, wanted: Sequence[InvitedRoom], now: datetime
    ) -> Begun | None:
        """Begin a battle between those of the rooms that have accepted and can have one; None: of fewer than two sides
        any can. ``row``: it is stored, and locked.
        """
        able = [one for one in wanted if await self._is_fit(tx, rooms.get(one.room), one, row, now)]
        connection, fit = await self._connection(tx, rooms, row, able, now)
        if connection is None or len({one.side for one in fit}) < 2:
            return None
        inside = {id: room for id, room in rooms.items() if connection.has(id)}
        joined = await put_connection(tx, self.recorder, inside, connection, now)
        battles = BattleWriter(tx, self.recorder, {**rooms, **joined}, now)
        battle = await self._battle(tx, battles.rooms, row, fit, now)
        due = battle.ends + SETTLES_AFTER
        begun = replace(row, by=UserId(""), state=BattleState.RUNNING, begins=now, ends=battle.ends, due=due)
        await tx.battles.put(begun)
        await tx.battles.withdraw(row.id, {one.room for one in wanted} - battle.inside)
        await tx.battles.begin(row.id, now)
        for one in fit:
            await tx.battle_queue.drop(one.room)
        await battles.put(battle)
        return Begun(battle, list(joined | battles.written))

    async def _is_fit(self, tx: Tx, room: Room | None, one: InvitedRoom, row: Battle, now: datetime) -> bool:
        if room is None or room.state is not RoomStatus.LIVE or room.broadcast != one.broadcast:
            return False
        if not one.has_accepted or room.options.battle is not None or room.tenant != row.tenant:
            return False
        return await self.terms.may_have_another(tx, row.tenant, room.owner, now)

    async def _connection(
        self, tx: Tx, rooms: Locked, row: Battle, fit: Sequence[InvitedRoom], now: datetime
    ) -> tuple[RoomConnection | None, Sequence[InvitedRoom]]:
        """Return the first room's connection with the others in it, and those of the rooms that are."""
        if not fit or fit[0].room != row.room:
            return None, ()
        first, inside = rooms[row.room], [fit[0]]
        connection = first.options.connection
        for one in fit[1:]:
            room = rooms[one.room]
            if connection is None or not connection.has(room.id):
                is_full = connection is not None and len(connection.rooms) >= ROOMS_MAX
                if room.options.connection is not None or is_full:
                    continue
                connection = join(await connected(tx, first), connection, await connected(tx, room), new_id(now), now)
            inside.append(one)
        return connection, inside

    async def _battle(
        self, tx: Tx, rooms: Locked, row: Battle, fit: Sequence[InvitedRoom], now: datetime
    ) -> RoomBattle:
        battling = []
        for one in fit:
            host = await connected(tx, rooms[one.room])
            battling.append(BattleRoom(host.room, host.owner, host.name, host.avatar, one.side))
        return RoomBattle(
            row.id, 1, BattleState.RUNNING, now, now + row.duration, None, tuple(battling), likes_max=row.rule.likes
        )
