"""Access records: one row for each user who is anything to a room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, Integer, and_, bindparam, delete, func, or_, select

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import Role
from liveroom.store.sql.dialect import Row, Value, put_row, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.show_tables import access_records

_LIMIT: Final = bindparam("limit", type_=Integer)
_USERS: Final[BindParameter[str]] = bindparam("users", expanding=True)
_IN_ROOM: Final = access_records.c.room == bindparam("of")
_ONE: Final = and_(_IN_ROOM, access_records.c.user_id == bindparam("user"))
_BEHIND: Final = and_(_IN_ROOM, access_records.c.user_id > bindparam("after"))
_GET: Final = statement(select(access_records).where(_ONE))
_PUT: Final = put_row(access_records)
_REMOVE: Final = statement(delete(access_records).where(_ONE))
_OF_ROOM: Final = statement(select(access_records).where(_IN_ROOM).order_by(access_records.c.user_id))
_APPOINTED: Final = statement(
    select(access_records).where(_IN_ROOM, access_records.c.role != "").order_by(access_records.c.user_id)
)
_BANNED: Final = statement(
    select(access_records)
    .where(_BEHIND, access_records.c.banned_until > bindparam("now"))
    .order_by(access_records.c.user_id)
    .limit(_LIMIT)
)
_MUTED: Final = statement(
    select(access_records)
    .where(_BEHIND, access_records.c.muted_until > bindparam("now"))
    .order_by(access_records.c.user_id)
    .limit(_LIMIT)
)
_COUNT: Final = statement(select(func.count()).where(_IN_ROOM))
_OVER: Final = statement(
    select(access_records.c.user_id)
    .where(
        _IN_ROOM,
        access_records.c.role == "",
        access_records.c.invited == 0,
        or_(access_records.c.banned_until.is_(None), access_records.c.banned_until <= bindparam("now")),
        or_(access_records.c.muted_until.is_(None), access_records.c.muted_until <= bindparam("now")),
    )
    .limit(_LIMIT)
)
_DROP: Final = statement(delete(access_records).where(_IN_ROOM, access_records.c.user_id.in_(_USERS)))
_ROOMS_OF: Final = statement(select(access_records.c.room).where(access_records.c.user_id == bindparam("user")))
_HELD_OF: Final = statement(
    select(access_records)
    .where(
        access_records.c.user_id == bindparam("user"),
        or_(access_records.c.banned_until > bindparam("now"), access_records.c.muted_until > bindparam("now")),
    )
    .limit(_LIMIT)
)
_BANNED_FROM: Final = statement(
    select(access_records.c.room).where(
        access_records.c.user_id == bindparam("user"), access_records.c.banned_until > bindparam("now")
    )
)


@dataclass(frozen=True, slots=True)
class SqlRoomAccess:
    """``ports.RoomAccessRows``."""

    _runner: Runner

    async def get(self, room: RoomId, user: UserId) -> RoomAccess | None:
        row = await self._runner.row(_GET, of=room, user=user)
        return read_room_access(row) if row and row[:2] == (room, user) else None

    async def put(self, access: RoomAccess) -> None:
        await self._runner.run(_PUT, **_values(access))

    async def remove(self, room: RoomId, user: UserId) -> None:
        await self._runner.run(_REMOVE, of=room, user=user)

    async def of_room(self, room: RoomId) -> Sequence[RoomAccess]:
        return list(map(read_room_access, await self._runner.rows(_OF_ROOM, of=room)))

    async def appointed(self, room: RoomId) -> Sequence[RoomAccess]:
        return list(map(read_room_access, await self._runner.rows(_APPOINTED, of=room)))

    async def banned(self, room: RoomId, now: datetime, after: UserId, limit: int) -> Sequence[RoomAccess]:
        rows = await self._runner.rows(_BANNED, of=room, now=millis(now), after=after, limit=limit)
        return list(map(read_room_access, rows))

    async def muted(self, room: RoomId, now: datetime, after: UserId, limit: int) -> Sequence[RoomAccess]:
        rows = await self._runner.rows(_MUTED, of=room, now=millis(now), after=after, limit=limit)
        return list(map(read_room_access, rows))

    async def count(self, room: RoomId) -> int:
        row = await self._runner.row(_COUNT, of=room)
        return row[0] if row else 0

    async def drop_over(self, room: RoomId, now: datetime, limit: int) -> int:
        over = [row[0] for row in await self._runner.rows(_OVER, of=room, now=millis(now), limit=limit)]
        if over:
            await self._runner.run(_DROP, of=room, users=over)
        return len(over)

    async def rooms_of(self, user: UserId) -> Sequence[RoomId]:
        return [RoomId(row[0]) for row in await self._runner.rows(_ROOMS_OF, user=user)]

    async def held(self, user: UserId, now: datetime, limit: int) -> Sequence[RoomAccess]:
        rows = await self._runner.rows(_HELD_OF, user=user, now=millis(now), limit=limit)
        return list(map(read_room_access, rows))

    async def banned_from(self, user: UserId, now: datetime) -> Sequence[RoomId]:
        return [RoomId(row[0]) for row in await self._runner.rows(_BANNED_FROM, user=user, now=millis(now))]


def read_room_access(row: Row) -> RoomAccess:
    """Return the access record that a row of the table holds."""
    return RoomAccess(
        RoomId(row[0]),
        UserId(row[1]),
        TenantName(row[2]),
        Role(row[3]) if row[3] else None,
        optional_instant(row[4]),
        row[5],
        optional_instant(row[6]),
        row[7],
        row[8] == 1,
        UserId(row[9]),
        instant(row[10]),
        row[11],
    )


def _values(access: RoomAccess) -> dict[str, Value]:
    return {
        "room": access.room,
        "user_id": access.user,
        "tenant": access.tenant,
        "role": access.role.value if access.role else "",
        "banned_until": optional_millis(access.banned_until),
        "ban_reason": access.ban_reason,
        "muted_until": optional_millis(access.muted_until),
        "mute_reason": access.mute_reason,
        "invited": int(access.invited),
        "updated_by": access.updated_by,
        "updated": millis(access.updated),
        "rev": access.rev,
    }
