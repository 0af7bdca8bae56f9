"""Pushed streams: found by id, name, room and tenant, by what their server should have, and by when something is to be
done about them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, delete, insert, select, update

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.streams.covers import DueCover
from liveroom.domain.streams.lifecycle import PushedStream, StreamState, StreamTask
from liveroom.domain.streams.model import PushSession, StreamName, StreamServerName
from liveroom.store.sql.dialect import Row, Values, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.push_tables import push_streams
from liveroom.store.sql.runner import Runner

_C: Final = push_streams.c
_NAMES: Final[BindParameter[str]] = bindparam("names", expanding=True)
_LIMIT: Final = bindparam("limit", type_=Integer)
_FIXED: Final = frozenset({"id", "tenant", "room", "user_id", "server", "created", "cover_due"})
_ADD: Final = statement(insert(push_streams))
_GET: Final = statement(select(push_streams).where(_C.id == bindparam("which")))
_LOCK: Final = statement(select(push_streams).where(_C.id == bindparam("which")).with_for_update())
_NAMED: Final = statement(select(push_streams).where(_C.name.in_(_NAMES)))
_PUT: Final = statement(
    update(push_streams)
    .where(_C.id == bindparam("which"))
    .values({one.name: bindparam(f"new_{one.name}", type_=one.type) for one in _C if one.name not in _FIXED})
)
_DROP: Final = statement(delete(push_streams).where(_C.id == bindparam("which")))
_REMOVE_OF: Final = statement(
    update(push_streams)
    .where(_C.user_id == bindparam("of"))
    .values(task=StreamTask.REMOVE.value, stopped=1, retry=None, due=0)
)
_CUT_OFF: Final = (
    update(push_streams)
    .where(_C.user_id == bindparam("of"), _C.stopped == 0)
    .values(task=StreamTask.FORBID.value, stopped=1, retry=None, due=0)
)
_CUT_OFF_EVERYWHERE: Final = statement(_CUT_OFF)
_CUT_OFF_IN: Final = statement(_CUT_OFF.where(_C.room == bindparam("where")))
_LOOK: Final = statement(
    update(push_streams)
    .where(_C.user_id.in_(bindparam("users", expanding=True)), _C.seat > 0, _C.task.is_(None))
    .values(task=StreamTask.LOOK.value, retry=None, due=0)
)
_OF_ROOM: Final = statement(select(push_streams).where(_C.room == bindparam("of")).order_by(_C.id))
_PAGE: Final = statement(
    select(push_streams).where(_C.tenant == bindparam("of"), _C.id > bindparam("after")).order_by(_C.id).limit(_LIMIT)
)
_LIVE: Final = statement(
    select(push_streams)
    .where(_C.server == bindparam("at"), _C.state == StreamState.LIVE.value, _C.id > bindparam("after"))
    .order_by(_C.id)
    .limit(_LIMIT)
)
_ANY: Final = statement(select(_C.id).where(_C.server == bindparam("at")).limit(1))
_DUE: Final = statement(
    select(push_streams).where(_C.due <= bindparam("now", type_=BigInteger)).order_by(_C.due, _C.id).limit(_LIMIT)
)
_WANT_COVER: Final = statement(
    update(push_streams).where(_C.id == bindparam("which")).values(cover_due=bindparam("due_then", type_=BigInteger))
)
_COVERS_DUE: Final = statement(
    select(push_streams)
    .where(_C.cover_due <= bindparam("now", type_=BigInteger))
    .order_by(_C.cover_due, _C.id)
    .limit(_LIMIT)
)
_PUT_COVER_OFF: Final = statement(
    update(push_streams)
    .where(_C.id == bindparam("which"), _C.cover_due == bindparam("was", type_=BigInteger))
    .values(cover_due=bindparam("due_then", type_=BigInteger))
)
_read_sessions: Final = msgspec.json.Decoder(
    tuple[PushSession, tuple[PushSession, ...], tuple[PushSession, ...]]
).decode


@dataclass(frozen=True, slots=True)
class SqlPushStreams:
    """``ports.PushStreamRows``."""

    _runner: Runner

    async def add(self, stream: PushedStream, due: datetime | None) -> None:
        fixed = {"id": stream.id, "tenant": stream.tenant, "room": stream.room, "user_id": stream.user}
        fixed |= {"server": stream.server}
        created = millis(stream.created)
        await self._runner.run(_ADD, **fixed, created=created, cover_due=None, **_changing(stream, due))

    async def get(self, id: str) -> PushedStream | None:
        row = await self._runner.row(_GET, which=id)
        return _read(row) if row else None

    async def lock(self, id: str) -> PushedStream | None:
        row = await self._runner.row(_LOCK, which=id)
        return _read(row) if row else None

    async def named(self, names: Collection[StreamName]) -> Sequence[PushedStream]:
        return list(map(_read, await self._runner.rows(_NAMED, names=sorted(names)))) if names else []

    async def put(self, stream: PushedStream, due: datetime | None) -> None:
        new = {f"new_{name}": value for name, value in _changing(stream, due).items()}
        await self._runner.run(_PUT, which=stream.id, **new)

    async def drop(self, id: str) -> None:
        await self._runner.run(_DROP, which=id)

    async def remove_of(self, user: UserId) -> None:
        await self._runner.run(_REMOVE_OF, of=user)

    async def cut_off(self, user: UserId, room: RoomId | None = None) -> None:
        if room is None:
            await self._runner.run(_CUT_OFF_EVERYWHERE, of=user)
        else:
            await self._runner.run(_CUT_OFF_IN, of=user, where=room)

    async def look_at_seats(self, users: Collection[UserId]) -> None:
        if users:
            await self._runner.run(_LOOK, users=sorted(users))

    async def of_room(self, room: RoomId) -> Sequence[PushedStream]:
        return list(map(_read, await self._runner.rows(_OF_ROOM, of=room)))

    async def page(self, tenant: TenantName, after: str, limit: int) -> Sequence[PushedStream]:
        return list(map(_read, await self._runner.rows(_PAGE, of=tenant, after=after, limit=limit)))

    async def has_any(self, server: StreamServerName) -> bool:
        return await self._runner.row(_ANY, at=server) is not None

    async def live(self, server: StreamServerName, after: str, limit: int) -> Sequence[PushedStream]:
        return list(map(_read, await self._runner.rows(_LIVE, at=server, after=after, limit=limit)))

    async def want_cover(self, id: str, now: datetime) -> None:
        await self._runner.run(_WANT_COVER, which=id, due_then=millis(now))

    async def covers_due(self, now: datetime, limit: int) -> Sequence[DueCover]:
        rows = await self._runner.rows(_COVERS_DUE, now=millis(now), limit=limit)
        return [DueCover(_read(row), instant(row[-1])) for row in rows]

    async def put_cover_off(self, id: str, was: datetime, until: datetime | None) -> bool:
        changed = await self._runner.run(_PUT_COVER_OFF, which=id, was=millis(was), due_then=optional_millis(until))
        return changed == 1

    async def due(self, now: datetime, limit: int) -> Sequence[PushedStream]:
        return list(map(_read, await self._runner.rows(_DUE, now=millis(now), limit=limit)))


def _changing(stream: PushedStream, due: datetime | None) -> Values:
    """Return what may change of a stream."""
    return {
        "name": stream.name,
        "key_digest": stream.key_digest,
        "key_expires": millis(stream.key_expires),
        "state": stream.state.value,
        "broadcast": stream.broadcast,
        "sessions": msgspec.json.encode((stream.session, stream.others, stream.over)).decode(),
        "since": optional_millis(stream.since),
        "interrupted": optional_millis(stream.interrupted),
        "sighted": optional_millis(stream.sighted),
        "width": stream.width,
        "height": stream.height,
        "kilobits": stream.kilobits,
        "stopped": int(stream.stopped),
        "task": None if stream.task is None else stream.task.value,
        "retry": optional_millis(stream.retry),
        "due": optional_millis(due),
        "seat": stream.seat,
    }


def _read(row: Row) -> PushedStream:
    (
        id, tenant, room, user, server, name, digest, expires, created, state, broadcast, sessions, since, interrupted,
        sighted, width, height, kilobits, stopped, task, retry, _due, seat, _cover_due,
    ) = row  # fmt: skip
    session, others, over = _read_sessions(sessions)
    return PushedStream(
        id, TenantName(tenant), RoomId(room), UserId(user), StreamServerName(server), StreamName(name), digest,
        instant(expires), instant(created), StreamState(state), BroadcastId(broadcast), session, others, over,
        optional_instant(since), optional_instant(interrupted), optional_instant(sighted),
        width, height, kilobits, stopped == 1, StreamTask(task) if task else None, optional_instant(retry), seat,
    )  # fmt: skip
