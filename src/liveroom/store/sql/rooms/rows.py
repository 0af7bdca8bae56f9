"""Rooms and broadcasts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Integer, bindparam, case, func, insert, select, update

from liveroom.domain.activities.model import read_running, write_running
from liveroom.domain.envelopes.model import read_shown, write_shown
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId, room_bucket
from liveroom.domain.parts import parts
from liveroom.domain.recordings.model import read_shown as read_recording
from liveroom.domain.recordings.model import write_shown as write_recording
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.options import Access, PinnedMessage, RoomOptions, SeatMode
from liveroom.domain.rooms.placement import NOWHERE, Placement
from liveroom.domain.streams.shown import read_streams, write_streams
from liveroom.store.sql.battles.stored import read_room_battle, write_room_battle
from liveroom.store.sql.connections.stored import read_connection, write_connection
from liveroom.store.sql.dialect import Row, Statement, Value, Values, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.statistics.queue import mark_broadcasts
from liveroom.store.sql.tables import broadcasts, rooms

ROOM: Final = [column for column in rooms.columns if column is not rooms.c.room_bucket]
_IS_LIVE: Final = rooms.c.state == RoomStatus.LIVE.value
_BY_ID: Final = select(*ROOM).where(rooms.c.id == bindparam("id"))
_GET: Final = statement(_BY_ID)
_LOCK: Final = statement(_BY_ID.with_for_update())
_ADD: Final = statement(insert(rooms))
_PUT: Final = statement(
    update(rooms)
    .where(rooms.c.id == bindparam("key"))
    .values({column.name: bindparam(column.name) for column in rooms.columns if not column.primary_key})
)
_OPEN_BROADCAST: Final = statement(insert(broadcasts))
_CLOSE_BROADCAST: Final = statement(
    update(broadcasts)
    .where(broadcasts.c.id == bindparam("key"), broadcasts.c.closed.is_(None))
    .values(closed=bindparam("at"), reason=bindparam("why"))
)
_CATEGORIES: Final = statement(
    select(broadcasts.c.id, case((rooms.c.broadcast == broadcasts.c.id, rooms.c.category), else_=broadcasts.c.category))
    .select_from(broadcasts.outerjoin(rooms, rooms.c.id == broadcasts.c.room))
    .where(broadcasts.c.id.in_(bindparam("broadcasts", expanding=True)))
)
_LIKES: Final = statement(
    select(broadcasts.c.id, broadcasts.c.likes).where(
        broadcasts.c.id.in_(bindparam("broadcasts", expanding=True)), broadcasts.c.likes > 0
    )
)
_PUT_LIKES: Final = statement(
    update(broadcasts)
    .where(broadcasts.c.id == bindparam("key"), broadcasts.c.likes < bindparam("most"))
    .values(likes=bindparam("most"))
)
_OWNED_LIVE: Final = statement(select(rooms.c.opened, rooms.c.id).where(rooms.c.owner == bindparam("by"), _IS_LIVE))
_RESERVED: Final = statement(
    select(rooms.c.opened, rooms.c.id).where(
        rooms.c.holder == bindparam("by"), rooms.c.state == RoomStatus.RESERVED.value, rooms.c.starts.is_(None)
    )
)
_COUNT_LIVE: Final = statement(select(func.count()).where(rooms.c.tenant == bindparam("of"), _IS_LIVE))
_LIVE: Final = statement(
    select(*ROOM)
    .where(_IS_LIVE, rooms.c.id > bindparam("after"))
    .order_by(rooms.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_LIVE_OF_TENANT: Final = statement(
    select(*ROOM)
    .where(rooms.c.tenant == bindparam("of"), _IS_LIVE, rooms.c.id > bindparam("after"))
    .order_by(rooms.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_OF_STATE: Final = statement(
    select(*ROOM)
    .where(rooms.c.tenant == bindparam("of"), rooms.c.state == bindparam("standing"), rooms.c.id > bindparam("after"))
    .order_by(rooms.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_BARRED: Final = statement(
    select(*ROOM)
    .where(rooms.c.tenant == bindparam("of"), rooms.c.delisted == 1, rooms.c.id > bindparam("after"))
    .order_by(rooms.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_SOME: Final = statement(select(*ROOM).where(rooms.c.id.in_(bindparam("ids", expanding=True))))
_LIVE_IN_BUCKET: Final = statement(select(*ROOM).where(rooms.c.room_bucket == bindparam("bucket"), _IS_LIVE))

_OVERDUE_PLACEMENTS: Final = statement(
    select(rooms.c.id)
    .where(rooms.c.placed_until <= bindparam("now"))
    .order_by(rooms.c.placed_until, rooms.c.id)
    .limit(bindparam("limit", type_=Integer))
)

_AT_ONCE: Final = 512
_read_pinned: Final = msgspec.json.Decoder(PinnedMessage).decode
_read_placement: Final = msgspec.json.Decoder(Placement).decode


@dataclass(frozen=True, slots=True)
class SqlRooms:
    """``ports.Rooms``."""

    _runner: Runner

    async def get(self, room: RoomId) -> Room | None:
        row = await self._runner.row(_GET, id=room)
        return read_room(row) if row and row[0] == room else None

    async def lock(self, room: RoomId) -> Room | None:
        row = await self._runner.row(_LOCK, id=room)
        return read_room(row) if row and row[0] == room else None

    async def add(self, room: Room) -> None:
        await self._runner.run(_ADD, id=room.id, **room_values(room))

    async def put(self, room: Room) -> None:
        await self._runner.run(_PUT, key=room.id, **room_values(room))

    async def open_broadcast(self, room: Room) -> None:
        await self._runner.run(_OPEN_BROADCAST, **broadcast_values(room))
        await mark_broadcasts(self._runner, {room.broadcast})

    async def close_broadcast(self, broadcast: BroadcastId, at: datetime, reason: str) -> None:
        await self._runner.run(_CLOSE_BROADCAST, key=broadcast, at=millis(at), why=reason)
        await mark_broadcasts(self._runner, {broadcast}, at_once=True)

    async def categories(self, broadcasts: Collection[BroadcastId]) -> Mapping[BroadcastId, str]:
        return await self._of_broadcasts(_CATEGORIES, broadcasts)

    async def likes(self, broadcasts: Collection[BroadcastId]) -> Mapping[BroadcastId, int]:
        return await self._of_broadcasts(_LIKES, broadcasts)

    async def _of_broadcasts(self, query: Statement, broadcasts: Collection[BroadcastId]) -> Mapping[BroadcastId, Any]:
        asked, found = list(broadcasts), dict[BroadcastId, Any]()
        for some in parts(asked, _AT_ONCE):
            rows = await self._runner.rows(query, broadcasts=some)
            found |= {BroadcastId(id): value for id, value in rows}
        return found

    async def put_likes(self, likes: Mapping[BroadcastId, int]) -> None:
        many: list[Values] = [{"key": id, "most": count} for id, count in likes.items()]

        async def work(runner: Runner) -> None:
            await runner.run_many(_PUT_LIKES, many)
            await mark_broadcasts(runner, likes)

        await self._runner.together(work)

    async def owned_live(self, owner: UserId) -> Sequence[RoomId]:
        return _oldest_first(await self._runner.rows(_OWNED_LIVE, by=owner))

    async def reserved(self, holder: UserId) -> Sequence[RoomId]:
        return _oldest_first(await self._runner.rows(_RESERVED, by=holder))

    async def count_live(self, tenant: TenantName) -> int:
        row = await self._runner.row(_COUNT_LIVE, of=tenant)
        return row[0] if row else 0

    async def live(self, tenant: TenantName | None, after: RoomId, limit: int) -> Sequence[Room]:
        if tenant is None:
            rows = await self._runner.rows(_LIVE, after=after, limit=limit)
        else:
            rows = await self._runner.rows(_LIVE_OF_TENANT, of=tenant, after=after, limit=limit)
        return [read_room(row) for row in rows]

    async def of_state(self, tenant: TenantName, state: RoomStatus, after: RoomId, limit: int) -> Sequence[Room]:
        rows = await self._runner.rows(_OF_STATE, of=tenant, standing=state.value, after=after, limit=limit)
        return [read_room(row) for row in rows]

    async def barred(self, tenant: TenantName, after: RoomId, limit: int) -> Sequence[Room]:
        return [read_room(row) for row in await self._runner.rows(_BARRED, of=tenant, after=after, limit=limit)]

    async def some(self, rooms: Collection[RoomId]) -> Sequence[Room]:
        wanted, found = set(rooms), list[Room]()
        for some in parts(sorted(wanted), _AT_ONCE):
            rows = await self._runner.rows(_SOME, ids=some)
            found += [read_room(row) for row in rows if row[0] in wanted]
        return found

    async def overdue_placements(self, now: datetime, limit: int) -> Sequence[RoomId]:
        return [RoomId(row[0]) for row in await self._runner.rows(_OVERDUE_PLACEMENTS, now=millis(now), limit=limit)]

    async def live_in_bucket(self, bucket: int) -> Sequence[Room]:
        return [read_room(row) for row in await self._runner.rows(_LIVE_IN_BUCKET, bucket=bucket)]


def _oldest_first(rows: Sequence[Row]) -> Sequence[RoomId]:
    """Return the rooms in the order in which they were opened. A user has few: no index is worth that."""
    return [RoomId(row[1]) for row in sorted(rows, key=lambda row: (row[0], row[1]))]


def read_room(row: Row) -> Room:
    """Return the room that a row of the columns ``ROOM`` holds."""
    return Room(
        RoomId(row[0]),
        TenantName(row[1]),
        UserId(row[2]),
        UserId(row[3]),
        RoomStatus(row[4]),
        UserId(row[5]),
        UserId(row[6]),
        instant(row[7]),
        instant(row[8]),
        BroadcastId(row[9]),
        row[10],
        row[11],
        row[12],
        row[13],
        row[14],
        row[15],
        row[16],
        row[17],
        row[18],
        row[19] == 1,
        _read_options(row[20:44]),
        row[44] == 1,
        _read_placement(row[45]) if row[45] else NOWHERE,
    )


def _read_options(row: Sequence[Any]) -> RoomOptions:
    (
        access, password, seats, mode, locks, slow, muted, starts, ends, guarded, link_key, pinned, gifts, connection,
        battle, open_battles, envelopes, followers_chat, followers_seats, streams, recorded, recording,
        activities, live_cover,
    ) = row  # fmt: skip
    return RoomOptions(
        Access(access), password, seats, SeatMode(mode), locks, timedelta(milliseconds=slow), muted == 1,
        optional_instant(starts), optional_instant(ends), guarded == 1, link_key,
        _read_pinned(pinned) if pinned else None, gifts == 1, read_connection(connection),
        read_room_battle(battle), open_battles == 1,
        read_shown(envelopes), followers_chat == 1, followers_seats == 1, read_streams(streams),
        recorded == 1, read_recording(recording),
        read_running(activities), live_cover,
    )  # fmt: skip


def _option_values(options: RoomOptions) -> dict[str, Value]:
    return {
        "access": options.access.value,
        "password": options.password,
        "seats": options.seats,
        "seat_mode": options.seat_mode.value,
        "seat_locks": options.seat_locks,
        "slow": options.slow // timedelta(milliseconds=1),
        "muted": int(options.muted),
        "starts": optional_millis(options.starts),
        "ends": optional_millis(options.ends),
        "guarded": int(options.guarded),
        "link_key": options.link_key,
        "pinned": None if options.pinned is None else msgspec.json.encode(options.pinned).decode(),
        "gifts": int(options.gifts),
        "connection": write_connection(options.connection),
        "connection_id": None if options.connection is None else options.connection.id,
        "battle": write_room_battle(options.battle),
        "open_battles": int(options.open_battles),
        "envelopes": write_shown(options.envelopes) or None,
        "followers_chat": int(options.followers_chat),
        "followers_seats": int(options.followers_seats),
        "streams": write_streams(options.streams) or None,
        "recorded": int(options.recorded),
        "recording": write_recording(options.recording) or None,
        "activities": write_running(options.activities) or None,
        "live_cover": options.live_cover,
    }


def room_values(room: Room) -> dict[str, Value]:
    """Return what is written for a room, beside its id."""
    return {
        "tenant": room.tenant,
        "holder": room.holder,
        "owner": room.owner,
        "state": room.state.value,
        "created_by": room.created_by,
        "updated_by": room.updated_by,
        "opened": millis(room.opened),
        "updated": millis(room.updated),
        "broadcast": room.broadcast,
        "category": room.category,
        "title": room.title,
        "cover": room.cover,
        "subject": room.subject,
        "description": room.description,
        "capacity": room.capacity,
        "kind": room.kind,
        "star": room.star,
        "rev": room.rev,
        "room_bucket": room_bucket(room.id),
        "delisted": int(room.delisted),
        "aside": int(room.aside),
        **_option_values(room.options),
        "placement": None if room.placement == NOWHERE else msgspec.json.encode(room.placement).decode(),
        "placed_until": optional_millis(room.placement.until),
    }


def broadcast_values(room: Room) -> dict[str, Value]:
    """Return what is written at the start of a room's broadcast."""
    return {
        "id": room.broadcast,
        "room": room.id,
        "tenant": room.tenant,
        "owner": room.owner,
        "category": room.category,
        "title": room.title,
        "opened": millis(room.opened),
        "closed": None,
        "reason": None,
        "likes": room.star,
    }
