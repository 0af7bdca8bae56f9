"""Who wants to be reminded of the broadcast that is scheduled in a room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, delete, func, or_, select

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.paging import UserMark
from liveroom.ports.reminders import Reminder
from liveroom.store.sql.dialect import BEHIND_ALL, Statement, Value, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.reminder_tables import reminders
from liveroom.store.sql.runner import Runner

_C: Final = reminders.c
_END: Final = 1 << 62
"""Behind every time."""
_ROOM: Final = _C.room == bindparam("of")
_USER: Final = _C.user_id == bindparam("user")
_AT: Final = bindparam("mark_at", type_=BigInteger)
_LIMIT: Final = bindparam("limit", type_=Integer)
# By the user as such MariaDB would go through the primary key.
_BY_TIME: Final = func.coalesce(_C.user_id, "")

_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(reminders))
_REMOVE: Final = statement(delete(reminders).where(_ROOM, _USER))
_HAS: Final = statement(select(_C.at).where(_ROOM, _USER))
_NTH: Final = statement(
    select(_C.at).where(_ROOM).order_by(_C.at, _C.user_id).limit(1).offset(bindparam("seen", type_=Integer))
)
_COUNT: Final = statement(select(func.count()).where(_ROOM))
_COUNT_OF: Final = statement(select(func.count()).where(_USER))
_OF: Final = statement(
    select(_C.room, _C.at)
    .where(_USER, _C.at <= _AT, or_(_C.at < _AT, func.coalesce(_C.room, "") < bindparam("mark_room")))
    .order_by(_C.at.desc(), _C.room.desc())
    .limit(_LIMIT)
)
_PAGE: Final = statement(
    select(_C.at, _C.user_id)
    .where(
        _ROOM,
        _C.at >= _AT,
        or_(_C.at > _AT, bindparam("mark_user") < _BY_TIME),
        _C.at <= bindparam("until", type_=BigInteger),
    )
    .order_by(_C.at, _C.user_id)
    .limit(_LIMIT)
)
_SPEND: Final = statement(
    delete(reminders).where(_ROOM, _C.at <= _AT, or_(_C.at < _AT, bindparam("mark_user") >= _BY_TIME))
)


@dataclass(frozen=True, slots=True)
class SqlReminders:
    """``ports.ReminderRows``."""

    _runner: Runner

    async def add(self, room: RoomId, user: UserId, at: datetime) -> None:
        await self._runner.run(_ADD, room=room, user_id=user, at=millis(at))

    async def remove(self, room: RoomId, user: UserId) -> None:
        await self._runner.run(_REMOVE, of=room, user=user)

    async def has(self, room: RoomId, user: UserId) -> bool:
        return await self._runner.row(_HAS, of=room, user=user) is not None

    async def count(self, room: RoomId, limit: int) -> int:
        if await self._runner.row(_NTH, of=room, seen=limit - 1) is not None:
            return limit
        row = await self._runner.row(_COUNT, of=room)
        return 0 if row is None else int(row[0])

    async def count_of(self, user: UserId) -> int:
        row = await self._runner.row(_COUNT_OF, user=user)
        return 0 if row is None else int(row[0])

    async def of(self, user: UserId, before: tuple[datetime, RoomId] | None, limit: int) -> Sequence[Reminder]:
        at, room = (_END, "") if before is None else (millis(before[0]), before[1])
        rows = await self._runner.rows(_OF, user=user, mark_at=at, mark_room=room, limit=limit)
        return [Reminder(RoomId(room), instant(at)) for room, at in rows]

    async def page(self, room: RoomId, behind: UserMark, until: datetime | None, limit: int) -> Sequence[UserMark]:
        last = _END if until is None else millis(until)
        mark: dict[str, Value] = {"mark_at": millis(behind.at), "mark_user": behind.user}
        rows = await self._runner.rows(_PAGE, of=room, until=last, limit=limit, **mark)
        return [UserMark(instant(at), UserId(user)) for at, user in rows]

    async def spend(self, room: RoomId, until: UserMark | None) -> None:
        at, user = (_END, BEHIND_ALL) if until is None else (millis(until.at), until.user)
        await self._runner.run(_SPEND, of=room, mark_at=at, mark_user=user)
