"""Activities: found by id, by what is due, and by room."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, case, func, insert, null, select, update

from liveroom.domain.activities.goals import Goal
from liveroom.domain.activities.model import NO_AWARD, Activity, ActivityEnd, Award
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.ports.activities import HeldActivities
from liveroom.store.sql.activities.stored import read_choices, write_choices
from liveroom.store.sql.activity_tables import activities
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Value, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner

_C: Final = activities.c
_IDS: Final[BindParameter[str]] = bindparam("ids", expanding=True)
_TYPES: Final[BindParameter[str]] = bindparam("types", expanding=True)
_LIMIT: Final = bindparam("limit", type_=Integer)
_NOW: Final = bindparam("now", type_=BigInteger)
_BY_ID: Final = select(activities).where(_C.id == bindparam("of"))
_SOME: Final = select(activities).where(_C.id.in_(_IDS)).order_by(_C.id)
_ADD: Final = statement(insert(activities))
_GET: Final = statement(_BY_ID)
_LOCK: Final = statement(_BY_ID.with_for_update())
_LOCK_ALL: Final = statement(_SOME.with_for_update())
_READ: Final = statement(_SOME)
_PUT: Final = statement(
    update(activities)
    .where(_C.id == bindparam("key"))
    .values({column.name: bindparam(column.name) for column in activities.columns if not column.primary_key})
)
_CLOSE: Final = statement(update(activities).where(_C.id.in_(_IDS), _C.ended == null()).values(due=_NOW))
_RAISE: Final = statement(
    update(activities)
    .where(_C.id == bindparam("key"), _C.ended == null(), _C.votes < bindparam("number"))
    .values(votes=bindparam("number"))
)
_DUE: Final = statement(select(activities).where(_C.due <= _NOW).order_by(_C.due, _C.id).limit(_LIMIT))
_VOTED: Final = statement(
    select(activities).where(_C.ended == null(), _C.id > bindparam("after"), _C.votes > 0).order_by(_C.id).limit(_LIMIT)
)
_RUNNING: Final = statement(
    select(activities)
    .where(_C.ended == null(), _C.id > bindparam("after"), _C.type.in_(_TYPES))
    .order_by(_C.id)
    .limit(_LIMIT)
)
_PAST: Final = statement(
    select(activities)
    .where(
        _C.room == bindparam("room"),
        _C.tenant == bindparam("tenant"),
        _C.id < bindparam("before"),
        _C.ended != null(),
    )
    .order_by(_C.id.desc())
    .limit(_LIMIT)
)
_OF_ROOM: Final = statement(
    select(activities)
    .where(_C.room == bindparam("room"), _C.tenant == bindparam("tenant"), _C.id < bindparam("before"))
    .order_by(_C.id.desc())
    .limit(_LIMIT)
)
_HELD: Final = statement(
    select(_C.broadcast, func.count(), func.sum(case((_C.type == Goal.type, 0), else_=_C.votes)))
    .where(_C.broadcast.in_(_IDS))
    .group_by(_C.broadcast)
)
_read_tally: Final = msgspec.json.Decoder(dict[str, int]).decode
_write_tally: Final = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True, slots=True)
class SqlActivities:
    """``ports.ActivityRows``."""

    _runner: Runner

    async def add(self, activity: Activity) -> None:
        await self._runner.run(_ADD, **_values(activity))

    async def get(self, id: str) -> Activity | None:
        row = await self._runner.row(_GET, of=id)
        return _read(row) if row and row[0] == id else None

    async def lock(self, id: str) -> Activity | None:
        row = await self._runner.row(_LOCK, of=id)
        return _read(row) if row and row[0] == id else None

    async def lock_all(self, ids: Collection[str]) -> Mapping[str, Activity]:
        rows = await self._runner.rows(_LOCK_ALL, ids=sorted(ids)) if ids else ()
        return {activity.id: activity for activity in map(_read, rows)}

    async def some(self, ids: Collection[str]) -> Mapping[str, Activity]:
        rows = await self._runner.rows(_READ, ids=sorted(ids)) if ids else ()
        return {activity.id: activity for activity in map(_read, rows)}

    async def put(self, activity: Activity) -> None:
        values = _values(activity)
        await self._runner.run(_PUT, key=values.pop("id"), **values)

    async def raise_votes(self, votes: Mapping[str, int]) -> None:
        if votes:
            await self._runner.run_many(_RAISE, [{"key": id, "number": votes[id]} for id in sorted(votes)])

    async def close(self, ids: Collection[str], now: datetime) -> None:
        if ids:
            await self._runner.run(_CLOSE, ids=sorted(ids), now=millis(now))

    async def due(self, now: datetime, limit: int) -> Sequence[Activity]:
        return [_read(row) for row in await self._runner.rows(_DUE, now=millis(now), limit=limit)]

    async def voted(self, after: str, limit: int) -> Sequence[Activity]:
        return [_read(row) for row in await self._runner.rows(_VOTED, after=after, limit=limit)]

    async def running(self, types: Collection[str], after: str, limit: int) -> Sequence[Activity]:
        return [_read(row) for row in await self._runner.rows(_RUNNING, types=sorted(types), after=after, limit=limit)]

    async def past(self, tenant: TenantName, room: RoomId, before: str, limit: int) -> Sequence[Activity]:
        values: dict[str, Value] = {"tenant": tenant, "room": room, "before": before or BEHIND_ALL, "limit": limit}
        return [_read(row) for row in await self._runner.rows(_PAST, **values)]

    async def of_room(self, tenant: TenantName, room: RoomId, before: str, limit: int) -> Sequence[Activity]:
        values: dict[str, Value] = {"tenant": tenant, "room": room, "before": before or BEHIND_ALL, "limit": limit}
        return [_read(row) for row in await self._runner.rows(_OF_ROOM, **values)]

    async def held(self, broadcasts: Collection[BroadcastId]) -> Mapping[BroadcastId, HeldActivities]:
        rows = await self._runner.rows(_HELD, ids=sorted(broadcasts)) if broadcasts else ()
        return {BroadcastId(row[0]): HeldActivities(row[1], int(row[2])) for row in rows}


def _values(activity: Activity) -> dict[str, Value]:
    return {
        "id": activity.id,
        "tenant": activity.tenant,
        "room": activity.room,
        "broadcast": activity.broadcast,
        "type": activity.type,
        "made_by": activity.by,
        "version": activity.version,
        "state": activity.state,
        "created": millis(activity.began),
        "due": optional_millis(activity.due),
        "votes": activity.votes,
        "tally": _write_tally(activity.tally).decode(),
        "award_choice": write_choices([activity.award.choice]) if activity.award.points else "",
        "award_points": activity.award.points,
        "secret": int(activity.secret),
        "ended": optional_millis(activity.ended),
        "ended_by": None if activity.end is None else activity.end.value,
        "result": activity.result,
    }


def _read(row: Row) -> Activity:
    return Activity(
        id=row[0],
        tenant=TenantName(row[1]),
        room=RoomId(row[2]),
        broadcast=BroadcastId(row[3]),
        type=row[4],
        by=UserId(row[5]),
        version=row[6],
        state=row[7],
        began=instant(row[8]),
        due=optional_instant(row[9]),
        votes=row[10],
        tally=_read_tally(row[11]),
        award=Award(read_choices(row[12])[0], row[13]) if row[13] else NO_AWARD,
        secret=row[14] == 1,
        ended=optional_instant(row[15]),
        end=ActivityEnd(row[16]) if row[16] else None,
        result=row[17],
    )
