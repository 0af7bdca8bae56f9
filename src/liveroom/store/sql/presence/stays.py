"""Stays: attendance, one row for each stay of a member in a broadcast, written in batches by the live store."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, delete, func, or_, select

from liveroom.domain.events.stays import Known
from liveroom.domain.ids import (
    BroadcastId,
    EntryId,
    RoomId,
    SessionId,
    StayId,
    TenantName,
    UserId,
    first_id,
    room_bucket,
    user_bucket,
)
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import LeaveReason, Role, Stay
from liveroom.store.sql.dialect import New, Row, Statement, Value, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner, put_apart
from liveroom.store.sql.statistics.queue import mark_broadcasts
from liveroom.store.sql.tables import broadcasts, stays

_STAY: Final = [
    column for column in stays.columns if column not in {stays.c.room_bucket, stays.c.user_bucket, stays.c.sat}
]
_PLACES: Final = msgspec.json.Decoder(tuple[tuple[str, str], ...])


def _newer_wins(new: New) -> list[tuple[str, ColumnElement[object]]]:
    """Take each column of a newer version; but of two ends keep the first, which has been told, with the newer version.

    The end comes behind the other columns, and the version last: MySQL compares with what it has assigned. That they
    had a seat is taken over from any version.
    """
    behind = ["left_at", "version", "sat"]
    names = [column.name for column in stays.columns if column.name not in {"id", *behind}]
    is_newer = new["version"] > stays.c.version
    is_taken = and_(is_newer, or_(stays.c.left_at.is_(None), new["left_at"].is_(None)))
    taken = [(name, case((is_taken, new[name]), else_=stays.c[name])) for name in [*names, "left_at"]]
    sat = ("sat", case((new["sat"] > stays.c.sat, new["sat"]), else_=stays.c.sat))
    return [sat, *taken, ("version", case((is_newer, new["version"]), else_=stays.c.version))]


_PUT: Final = Statement(lambda dialect: dialect.upsert(stays, _newer_wins))
_PUT_OPEN: Final = Statement(lambda dialect: dialect.upsert(stays, _newer_wins, "left_at", "reason"))
_OPEN_IN_ROOMS: Final = statement(
    select(*_STAY).where(stays.c.room_bucket == bindparam("bucket"), stays.c.left_at.is_(None))
)
_OPEN_OF_USERS: Final = statement(
    select(*_STAY)
    .select_from(stays.outerjoin(broadcasts, broadcasts.c.id == stays.c.broadcast))
    .where(stays.c.user_bucket == bindparam("bucket"), stays.c.left_at.is_(None), broadcasts.c.closed.is_(None))
)
_KNOWN: Final = statement(
    select(
        stays.c.id,
        stays.c.version,
        stays.c.role,
        stays.c.name,
        stays.c.avatar,
        stays.c.left_at,
        stays.c.seat,
        stays.c.seat_mutes,
    ).where(stays.c.id.in_(bindparam("stays", expanding=True)))
)
_NEWEST_OF: Final = statement(
    select(*_STAY)
    .where(stays.c.user_id == bindparam("user"))
    .order_by(stays.c.entered.desc())
    .limit(bindparam("limit", type_=Integer))
)
_PAGE_OF: Final = statement(
    select(*_STAY)
    .where(stays.c.user_id == bindparam("user"), stays.c.entered <= bindparam("until"))
    .order_by(stays.c.entered.desc())
    .limit(bindparam("limit", type_=Integer))
)
_PAST_USERS: Final = statement(
    select(stays.c.broadcast, stays.c.user_id)
    .where(stays.c.broadcast.in_(bindparam("broadcasts", expanding=True)))
    .group_by(stays.c.broadcast, stays.c.user_id)
    .having(func.count() == func.count(stays.c.left_at))
)
_WAS_IN: Final = statement(
    select(stays.c.id).where(stays.c.broadcast == bindparam("of"), stays.c.user_id == bindparam("user")).limit(1)
)
_TEXTS: Final[dict[Role | LeaveReason, str]] = {word: word.value for words in (Role, LeaveReason) for word in words}
"""An enumeration's own ``value`` takes ten times as long, and each change of a stay asks twice."""
_OLD: Final = statement(
    select(stays.c.id)
    .where(stays.c.id < bindparam("first"), stays.c.left_at < bindparam("before"))
    .order_by(stays.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_DROP: Final = statement(delete(stays).where(stays.c.id.in_(bindparam("stays", expanding=True))))
_READ_AT_ONCE: Final = 1000
_BROADCASTS_AT_ONCE: Final = 512
_STAYS_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class SqlStays:
    """``ports.Stays``."""

    _runner: Runner

    async def put(self, stays: Sequence[Stay]) -> None:
        """Write stays in the order of their ids, so that two writers of the same ones do not lock each other out."""
        if not stays:
            return
        rows = [stay_values(stay) for stay in sorted(stays, key=lambda stay: (stay.id, stay.version))]

        async def work(runner: Runner) -> None:
            await put_apart(runner, _PUT_OPEN, _PUT, "left_at", rows)
            await mark_broadcasts(runner, {stay.broadcast for stay in stays})

        await self._runner.together(work)

    async def known(self, stays: Sequence[StayId]) -> Mapping[StayId, Known]:
        found: dict[StayId, Known] = {}
        for some in parts(stays, _STAYS_AT_ONCE):
            rows = await self._runner.rows(_KNOWN, stays=some)
            found |= {
                StayId(row[0]): Known(row[1], Role(row[2]), row[3], row[4], row[5] is not None, row[6], row[7])
                for row in rows
            }
        return found

    async def open_in_room_bucket(self, bucket: int) -> Sequence[Stay]:
        return await _read_all(await self._runner.rows(_OPEN_IN_ROOMS, bucket=bucket))

    async def open_in_user_bucket(self, bucket: int) -> Sequence[Stay]:
        return await _read_all(await self._runner.rows(_OPEN_OF_USERS, bucket=bucket))

    async def newest_of(self, user: UserId, limit: int) -> Sequence[Stay]:
        return await _read_all(await self._runner.rows(_NEWEST_OF, user=user, limit=limit))

    async def page_of(self, user: UserId, until: datetime, limit: int) -> Sequence[Stay]:
        return await _read_all(await self._runner.rows(_PAGE_OF, user=user, until=millis(until), limit=limit))

    async def past_users(self, broadcasts: Sequence[BroadcastId]) -> Mapping[BroadcastId, Sequence[UserId]]:
        past: dict[BroadcastId, list[UserId]] = {broadcast: [] for broadcast in broadcasts}
        asked = list(past)
        for some in parts(asked, _BROADCASTS_AT_ONCE):
            for broadcast, user in await self._runner.rows(_PAST_USERS, broadcasts=some):
                past[BroadcastId(broadcast)].append(UserId(user))
        return past

    async def was_in(self, broadcast: BroadcastId, user: UserId) -> bool:
        return bool(await self._runner.row(_WAS_IN, of=broadcast, user=user))

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop some by their ids, which sort by the time of entering: there is no other index of it."""
        rows = await self._runner.rows(_OLD, first=first_id(before), before=millis(before), limit=limit)
        old = [row[0] for row in rows]
        for some in parts(old, _STAYS_AT_ONCE):
            await self._runner.run(_DROP, stays=some)
        return len(old)


async def _read_all(rows: Sequence[Row]) -> Sequence[Stay]:
    """Return the stays, giving others their turn: a bucket may hold those of a crowd of hundreds of thousands."""
    found: list[Stay] = []
    for some in parts(rows, _READ_AT_ONCE):
        found += [_read(row) for row in some]
        await asyncio.sleep(0)
    return found


def _read(row: Row) -> Stay:
    return Stay(
        StayId(row[0]),
        TenantName(row[1]),
        BroadcastId(row[2]),
        RoomId(row[3]),
        UserId(row[4]),
        Role(row[5]),
        row[6],
        row[7],
        instant(row[8]),
        row[9],
        tuple([(SessionId(session), EntryId(entry)) for session, entry in _PLACES.decode(row[10])]),
        row[12],
        optional_instant(row[13]),
        LeaveReason(row[14]) if row[14] else None,
        row[11] == 1,
        row[15],
        row[16],
    )


def stay_values(stay: Stay) -> dict[str, Value]:
    """Return what is written for a stay."""
    return {
        "id": stay.id,
        "tenant": stay.tenant,
        "broadcast": stay.broadcast,
        "room": stay.room,
        "user_id": stay.user,
        "role": _TEXTS[stay.role],
        "name": stay.name,
        "avatar": stay.avatar,
        "entered": millis(stay.entered),
        "ord": stay.order,
        "entries": msgspec.json.encode(stay.entries).decode(),
        "keepalive": int(stay.keepalive),
        "version": stay.version,
        "left_at": optional_millis(stay.left),
        "reason": _TEXTS[stay.reason] if stay.reason else None,
        "room_bucket": room_bucket(stay.room),
        "user_bucket": user_bucket(stay.user),
        "seat": stay.seat,
        "seat_mutes": stay.mutes,
        "sat": int(stay.sat or stay.seat > 0),
    }
