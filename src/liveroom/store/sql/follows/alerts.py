"""Followers who are to be told of a broadcast: one row for each broadcast, until all of them were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Integer, and_, bindparam, delete, select, update

from liveroom.domain.follows.alerts import FollowAlert
from liveroom.domain.follows.model import FollowMark
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.store.sql.dialect import Row, Statement, statement
from liveroom.store.sql.follow_tables import follow_alerts
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_C: Final = follow_alerts.c
_IS: Final = _C.broadcast == bindparam("key")
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(follow_alerts))
_DUE: Final = statement(
    select(*_C)
    .where(_C.due <= bindparam("now", type_=BigInteger))
    .order_by(_C.due)
    .limit(bindparam("limit", type_=Integer))
)
_AS_SEEN: Final = and_(
    _IS,
    _C.due == bindparam("seen_due", type_=BigInteger),
    _C.after_at == bindparam("seen_at", type_=BigInteger),
    _C.after_user == bindparam("seen_user"),
)
_PUT: Final = statement(
    update(follow_alerts)
    .where(_AS_SEEN)
    .values(due=bindparam("new_due"), after_at=bindparam("new_at"), after_user=bindparam("new_user"))
)
_END: Final = statement(delete(follow_alerts).where(_IS))


@dataclass(frozen=True, slots=True)
class SqlFollowAlerts:
    """``ports.FollowAlertRows``."""

    _runner: Runner

    async def add(self, alert: FollowAlert) -> None:
        await self._runner.run(
            _ADD,
            broadcast=alert.broadcast,
            tenant=alert.tenant,
            room=alert.room,
            host=alert.host,
            opened=millis(alert.opened),
            after_at=millis(alert.told.at),
            after_user=alert.told.user,
            due=millis(alert.due),
        )

    async def due(self, now: datetime, limit: int) -> Sequence[FollowAlert]:
        return [_read(row) for row in await self._runner.rows(_DUE, now=millis(now), limit=limit)]

    async def put(self, seen: FollowAlert, new: FollowAlert) -> bool:
        changed = await self._runner.run(
            _PUT,
            key=seen.broadcast,
            seen_due=millis(seen.due),
            seen_at=millis(seen.told.at),
            seen_user=seen.told.user,
            new_due=millis(new.due),
            new_at=millis(new.told.at),
            new_user=new.told.user,
        )
        return changed > 0

    async def end(self, broadcast: BroadcastId) -> None:
        await self._runner.run(_END, key=broadcast)


def _read(row: Row) -> FollowAlert:
    broadcast, tenant, room, host, opened, at, user, due = row
    told = FollowMark(instant(at), UserId(user))
    return FollowAlert(
        BroadcastId(broadcast), TenantName(tenant), RoomId(room), UserId(host), instant(opened), told, instant(due)
    )
