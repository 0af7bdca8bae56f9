"""Occasions of which many people are told: one row for each, until all of them were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Integer, and_, bindparam, delete, select, update

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.alerts import AlertKind, RoomAlert
from liveroom.domain.rooms.paging import UserMark
from liveroom.store.sql.dialect import Row, put_row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.reminder_tables import room_alerts
from liveroom.store.sql.runner import Runner

_C: Final = room_alerts.c
_IS: Final = _C.occasion == bindparam("key")
_ADD: Final = put_row(room_alerts)
_DUE: Final = statement(
    select(*_C)
    .where(_C.due <= bindparam("now", type_=BigInteger))
    .order_by(_C.due)
    .limit(bindparam("limit", type_=Integer))
)
_AS_SEEN: Final = and_(
    _IS,
    _C.kind == bindparam("seen_kind"),
    _C.at == bindparam("seen_moment", type_=BigInteger),
    _C.due == bindparam("seen_due", type_=BigInteger),
    _C.after_at == bindparam("seen_at", type_=BigInteger),
    _C.after_user == bindparam("seen_user"),
)
_PUT: Final = statement(
    update(room_alerts)
    .where(_AS_SEEN)
    .values(due=bindparam("new_due"), after_at=bindparam("new_at"), after_user=bindparam("new_user"))
)
_END: Final = statement(delete(room_alerts).where(_IS))


@dataclass(frozen=True, slots=True)
class SqlRoomAlerts:
    """``ports.RoomAlertRows``."""

    _runner: Runner

    async def add(self, alert: RoomAlert) -> None:
        await self._runner.run(
            _ADD,
            occasion=alert.key,
            kind=alert.kind.value,
            tenant=alert.tenant,
            room=alert.room,
            host=alert.host,
            broadcast=alert.broadcast,
            at=millis(alert.when),
            after_at=millis(alert.told.at),
            after_user=alert.told.user,
            due=millis(alert.due),
        )

    async def due(self, now: datetime, limit: int) -> Sequence[RoomAlert]:
        return [_read(row) for row in await self._runner.rows(_DUE, now=millis(now), limit=limit)]

    async def put(self, seen: RoomAlert, new: RoomAlert) -> bool:
        changed = await self._runner.run(
            _PUT,
            key=seen.key,
            seen_kind=seen.kind.value,
            seen_moment=millis(seen.when),
            seen_due=millis(seen.due),
            seen_at=millis(seen.told.at),
            seen_user=seen.told.user,
            new_due=millis(new.due),
            new_at=millis(new.told.at),
            new_user=new.told.user,
        )
        return changed > 0

    async def end(self, alert: RoomAlert) -> None:
        await self._runner.run(_END, key=alert.key)


def _read(row: Row) -> RoomAlert:
    _, kind, tenant, room, host, broadcast, when, at, user, due = row
    return RoomAlert(
        AlertKind(kind),
        TenantName(tenant),
        RoomId(room),
        UserId(host),
        BroadcastId(broadcast),
        instant(when),
        UserMark(instant(at), UserId(user)),
        instant(due),
    )
