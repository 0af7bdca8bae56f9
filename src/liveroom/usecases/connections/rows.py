"""What a connection is in the rows of its rooms: written in one transaction, in which all these rows are locked.

Rows are locked in the order of their ids. Whoever holds one of them already may wait for another that waits for them:
the database says so, and the transaction is run again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from liveroom.domain.battles.model import LeftWhy
from liveroom.domain.connections.model import ConnectedRoom, LeaveCause, RoomConnection, handed, without
from liveroom.domain.events import connections as connection_events
from liveroom.domain.events.records import NewEvent
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import Room
from liveroom.ports import Tx
from liveroom.usecases.battles.rows import BattleWriter
from liveroom.usecases.events.recorder import EventRecorder

Locked = Mapping[RoomId, Room]
"""Rooms whose rows are locked."""
_WHY: Final = {LeaveCause.CLOSED: LeftWhy.CLOSED}


async def lock_rooms(tx: Tx, rooms: Collection[RoomId]) -> dict[RoomId, Room]:
    """Lock rooms, and all that they are connected with; return those that there are.

    A room that joins while others are waited for is locked behind them.
    """
    locked: dict[RoomId, Room] = {}
    seen: set[RoomId] = set()
    known = await tx.rooms.some(rooms)
    wanted = {*rooms, *_connected(known)}
    while missing := wanted - seen:
        for id in sorted(missing):
            seen.add(id)
            if (room := await tx.rooms.lock(id)) is not None:
                locked[id] = room
        wanted |= set(_connected(locked.values()))
    return locked


async def put_connection(
    tx: Tx,
    recorder: EventRecorder,
    rooms: Locked,
    after: RoomConnection,
    now: datetime,
    cause: LeaveCause = LeaveCause.LEFT,
) -> dict[RoomId, Room]:
    """Write a connection to the rows of these locked rooms, and take it out of those that are not in it (any more).

    Returns the rooms that have changed. ``cause``: why those that are not in it have left it.
    """
    written: dict[RoomId, Room] = {}
    for room in rooms.values():
        connection = after if after.has(room.id) else None
        if room.options.connection == connection:
            continue
        changed = replace(room, options=replace(room.options, connection=connection), rev=room.rev + 1)
        await tx.rooms.put(changed)
        await recorder.record_for_room(tx, changed, _event(room, changed, after, now, cause))
        written[room.id] = changed
    return written


def _event(before: Room, room: Room, after: RoomConnection, now: datetime, cause: LeaveCause) -> NewEvent:
    if room.options.connection is None:
        return connection_events.ended(room, after, now, cause)
    if before.options.connection is None:
        return connection_events.started(room, after, now)
    return connection_events.changed(room, after, now)


async def leave(
    tx: Tx, recorder: EventRecorder, rooms: Locked, leaving: Collection[RoomId], now: datetime, cause: LeaveCause
) -> dict[RoomId, Room]:
    """Take rooms out of the connection that these locked rooms have, and of their battle. Returns what has changed.

    Those that are left alone by it are not connected any more either.
    """
    battles = BattleWriter(tx, recorder, dict(rooms), now, _WHY.get(cause, LeftWhy.DISCONNECTED))
    await battles.leave(leaving)
    return battles.written | await _disconnect(tx, recorder, battles.rooms, leaving, now, cause)


async def _disconnect(
    tx: Tx, recorder: EventRecorder, rooms: Locked, leaving: Collection[RoomId], now: datetime, cause: LeaveCause
) -> dict[RoomId, Room]:
    connection = next(found for id in leaving if id in rooms and (found := rooms[id].options.connection) is not None)
    rest = without(connection, leaving)
    if rest is not None:
        return await put_connection(tx, recorder, rooms, rest, now, cause)
    over = connection._replace(version=connection.version + 1, rooms=())
    left = {id: room for id, room in rooms.items() if id in leaving}
    alone = {id: room for id, room in rooms.items() if id not in leaving}
    written = await put_connection(tx, recorder, left, over, now, cause)
    return written | await put_connection(tx, recorder, alone, over, now, LeaveCause.ALONE)


async def close(tx: Tx, recorder: EventRecorder, room: Room, now: datetime) -> tuple[Room, tuple[RoomId, ...]]:
    """Take a locked room that is about to close out of its connection; return it, and the others that have changed."""
    if room.options.connection is None:
        # Left alone, it may still show the result of a battle.
        battles = BattleWriter(tx, recorder, {room.id: room}, now, LeftWhy.CLOSED)
        await battles.leave([room.id])
        return battles.rooms[room.id], ()
    rooms = await lock_rooms(tx, [room.id])
    written = await leave(tx, recorder, rooms, [room.id], now, LeaveCause.CLOSED)
    return written.get(room.id, room), _others(written, room)


async def hand_over(tx: Tx, recorder: EventRecorder, room: Room, now: datetime) -> tuple[Room, tuple[RoomId, ...]]:
    """Say in the connection of a locked room who owns it now; return it, and the others that have changed."""
    connection = room.options.connection
    if connection is None:
        return room, ()
    rooms = {**await lock_rooms(tx, [room.id]), room.id: room}
    owner = await connected(tx, room)
    written = await put_connection(tx, recorder, rooms, handed(connection, owner), now)
    battles = BattleWriter(tx, recorder, {**rooms, **written}, now)
    await battles.hand_over(room.id, owner.name, owner.avatar)
    written |= battles.written
    return written.get(room.id, room), _others(written, room)


async def connected(tx: Tx, room: Room) -> ConnectedRoom:
    """Return a room as a connection has it."""
    owner = await tx.users.get(room.owner)
    return ConnectedRoom(room.id, room.owner, *((owner.name, owner.avatar) if owner is not None else ("", "")))


def _connected(rooms: Iterable[Room]) -> list[RoomId]:
    found = [room.options.connection for room in rooms]
    return [id for connection in found if connection is not None for id in connection.ids]


def _others(written: Collection[RoomId], room: Room) -> tuple[RoomId, ...]:
    return tuple(id for id in written if id != room.id)
