"""Users who were removed from media rooms: one row for each room and user, while they may come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, delete, or_, select

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.media.model import RemovedParticipant
from liveroom.domain.rooms.model import RoomStatus
from liveroom.store.sql.dialect import Row, Values, put_row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import removed_participants as removed
from liveroom.store.sql.tables import rooms

_READ: Final = (removed.c.room, removed.c.user_id, removed.c.tenant, removed.c.until)
_LIMIT: Final = bindparam("limit", type_=Integer)
_PUT: Final = put_row(removed)
_OF_USER: Final = statement(
    select(*_READ).where(removed.c.user_id == bindparam("who"), removed.c.until > bindparam("now"))
)
_STATE: Final = select(rooms.c.state).where(rooms.c.id == removed.c.room).scalar_subquery()
_PAGE: Final = statement(
    select(*_READ, _STATE)
    .where(
        removed.c.room >= bindparam("room"),
        or_(removed.c.room > bindparam("room"), removed.c.user_id > bindparam("user")),
        removed.c.until > bindparam("now"),
    )
    .order_by(removed.c.room, removed.c.user_id)
    .limit(_LIMIT)
)
_OLD: Final = statement(
    select(removed.c.room, removed.c.user_id).where(removed.c.until <= bindparam("before")).limit(_LIMIT)
)
_DROP: Final = statement(
    delete(removed).where(
        removed.c.room == bindparam("of"), removed.c.user_id == bindparam("who"), removed.c.until <= bindparam("before")
    )
)


@dataclass(frozen=True, slots=True)
class SqlRemovedParticipants:
    """``ports.RemovedParticipants``."""

    _runner: Runner

    async def put(self, removed: Sequence[RemovedParticipant]) -> None:
        """Write rows in the order of their keys, so that two writers do not lock each other out."""
        rows: list[Values] = [
            {"room": one.room, "user_id": one.user, "tenant": one.tenant, "until": millis(one.until)}
            for one in sorted(removed)
        ]
        if rows:
            await self._runner.put_many(_PUT, rows)

    async def of_user(self, user: UserId, now: datetime) -> Sequence[RemovedParticipant]:
        return [_read(row) for row in await self._runner.rows(_OF_USER, who=user, now=millis(now))]

    async def in_live_rooms(
        self, now: datetime, after: tuple[RoomId, UserId], limit: int
    ) -> Sequence[RemovedParticipant]:
        room, user = after
        found: list[RemovedParticipant] = []
        while len(found) < limit:
            rows = await self._runner.rows(_PAGE, now=millis(now), room=room, user=user, limit=limit)
            found += [_read(row[:-1]) for row in rows if row[-1] == RoomStatus.LIVE.value]
            if len(rows) < limit:
                break
            room, user = RoomId(rows[-1][0]), UserId(rows[-1][1])
        return found[:limit]

    async def purge(self, before: datetime, limit: int) -> int:
        old = await self._runner.rows(_OLD, before=millis(before), limit=limit)
        keys = [{"of": room, "who": user, "before": millis(before)} for room, user in sorted(old)]
        return await self._runner.run_many(_DROP, keys) if keys else 0


def _read(row: Row) -> RemovedParticipant:
    room, user, tenant, until = row
    return RemovedParticipant(RoomId(room), UserId(user), TenantName(tenant), instant(until))
