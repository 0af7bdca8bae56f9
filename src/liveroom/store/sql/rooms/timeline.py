"""Moments of broadcasts: those that are kept for the timeline alone, and those that other tables have."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
)

from liveroom.domain.ids import BroadcastId, RoomId, StayId, UserId
from liveroom.domain.messages.model import Message
from liveroom.domain.moments import at
from liveroom.domain.parts import parts
from liveroom.domain.rooms.timeline import LEAST, MOST, Edge, KeptMoment, Moment, MomentKind, kept_moment
from liveroom.store.sql.backend_tables import events
from liveroom.store.sql.dialect import New, Row, Statement, Values, statement
from liveroom.store.sql.instants import millis
from liveroom.store.sql.messages.rows import read_message
from liveroom.store.sql.people_tables import timeline
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.show_tables import messages
from liveroom.store.sql.tables import stays

_LIMIT: Final = bindparam("limit", type_=Integer)
_WHOM: Final = bindparam("whom", type_=String)
_BROADCAST: Final = bindparam("of", type_=String)
_AT: Final = bindparam("edge", type_=BigInteger)
_AT_ONCE: Final = 512


def _is_whom(user: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(_WHOM == "", user == _WHOM)


def _behind(when: Column[Any], key: Column[Any], key_bind: ColumnElement[Any], asked: Select[Any]) -> Statement:
    """Return what finds moments from an edge on, in the order of an index of both columns."""
    behind = and_(when >= _AT, or_(when > _AT, key > key_bind))
    return statement(asked.where(behind).order_by(when, key).limit(_LIMIT))


def _before(when: Column[Any], key: Column[Any], key_bind: ColumnElement[Any], asked: Select[Any]) -> Statement:
    before = and_(when <= _AT, or_(when < _AT, key < key_bind))
    return statement(asked.where(before).order_by(when.desc(), key.desc()).limit(_LIMIT))


_KEY: Final = bindparam("key", type_=String)
_S: Final = stays.c
_STAYS: Final = select(_S.id, _S.user_id, _S.name, _S.role, _S.entered, _S.left_at, _S.reason, _S.seat).where(
    _S.broadcast == _BROADCAST, _is_whom(_S.user_id)
)


def _by(index: str) -> Select[Any]:
    """Return what reads stays by an index: MySQL may think that another is as good, and sort what it finds."""
    return _STAYS.with_hint(stays, f"FORCE INDEX ({index})", "mysql")


_CAME_UP: Final = _behind(_S.entered, _S.id, _KEY, _by("lr_stays_entered"))
_CAME_DOWN: Final = _before(_S.entered, _S.id, _KEY, _by("lr_stays_entered"))
_LEFT_UP: Final = _behind(_S.left_at, _S.id, _KEY, _by("lr_stays_left"))
_LEFT_DOWN: Final = _before(_S.left_at, _S.id, _KEY, _by("lr_stays_left"))
_OF_PEOPLE: Final = statement(
    select(_S.entered, _S.broadcast, _S.user_id, _S.id).where(
        _S.broadcast.in_(bindparam("broadcasts", expanding=True)), _S.user_id.in_(bindparam("users", expanding=True))
    )
)
_T: Final = timeline.c
_KEPT: Final = (
    select(_T.broadcast, _T.id, _T.at, _T.kind, _T.stay, _T.value, _S.user_id, _S.name)
    .select_from(timeline.outerjoin(stays, _S.id == _T.stay))
    .where(_T.broadcast == _BROADCAST, _T.kind == bindparam("what", type_=String), _is_whom(_S.user_id))
)
_KEPT_UP: Final = _behind(_T.at, _T.id, _KEY, _KEPT)
_KEPT_DOWN: Final = _before(_T.at, _T.id, _KEY, _KEPT)
_SAID: Final = select(messages).where(messages.c.broadcast == _BROADCAST, _is_whom(messages.c.user_id))
_SAID_UP: Final = statement(_SAID.where(messages.c.number > _AT).order_by(messages.c.number).limit(_LIMIT))
_SAID_DOWN: Final = statement(_SAID.where(messages.c.number < _AT).order_by(messages.c.number.desc()).limit(_LIMIT))
_E: Final = events.c
_TOLD: Final = select(_E.seq, _E.at, _E.kind).where(
    _E.stream == _BROADCAST, or_(_WHOM == "", func.instr(_E.body, _WHOM) > 0)
)
_TOLD_UP: Final = statement(
    _TOLD.where(_E.at >= _AT, or_(_E.at > _AT, _E.seq > bindparam("seq", type_=BigInteger)))
    .order_by(_E.seq)
    .limit(_LIMIT)
)
_TOLD_DOWN: Final = statement(
    _TOLD.where(_E.at <= _AT, or_(_E.at < _AT, _E.seq < bindparam("seq", type_=BigInteger)))
    .order_by(_E.seq.desc())
    .limit(_LIMIT)
)


def _more(new: New) -> list[tuple[str, ColumnElement[Any]]]:
    """Take over a greater number of likes; everything else is kept as it was first written."""
    old = timeline.c.value
    is_more = and_(timeline.c.kind == literal(MomentKind.LIKES.value), cast(new["value"], Integer) > cast(old, Integer))
    return [("value", case((is_more, new["value"]), else_=old))]


_ADD: Final = Statement(lambda dialect: dialect.upsert(timeline, _more))
_OLD: Final = statement(select(_T.broadcast, _T.id).where(_T.at < bindparam("before")).order_by(_T.at).limit(_LIMIT))
_DROP: Final = statement(delete(timeline).where(_T.broadcast == bindparam("whose"), _T.id == bindparam("which")))


@dataclass(frozen=True, slots=True)
class SqlTimeline:
    """``ports.TimelineRows``."""

    _runner: Runner

    async def add(self, kept: Sequence[KeptMoment]) -> None:
        many: list[Values] = [
            {
                "broadcast": one.broadcast, "id": one.id, "at": one.at, "kind": one.kind.value,
                "stay": one.stay, "value": one.value,
            }
            for one in sorted(kept)
        ]  # fmt: skip
        for some in parts(many, _AT_ONCE):
            await self._runner.put_many(_ADD, some)

    async def stays_of(
        self, people: Collection[tuple[BroadcastId, UserId]]
    ) -> Mapping[tuple[BroadcastId, UserId], StayId]:
        found: dict[tuple[BroadcastId, UserId], StayId] = {}
        for some in parts(sorted(people), _AT_ONCE):
            broadcasts, users = (sorted(set(names)) for names in zip(*some, strict=True))
            rows = await self._runner.rows(_OF_PEOPLE, broadcasts=broadcasts, users=users)
            found |= {(BroadcastId(of), UserId(user)): StayId(id) for _, of, user, id in sorted(rows)}
        return found

    async def came(self, of: BroadcastId, edge: Edge, limit: int, *, whom: UserId, up: bool) -> Sequence[Moment]:
        rows = await self._stays(_CAME_UP if up else _CAME_DOWN, of, edge, limit, whom)
        return [
            Moment(MomentKind.CAME, at(entered), id, UserId(user), name, role=role)
            for id, user, name, role, entered, *_ in rows
        ]

    async def left(self, of: BroadcastId, edge: Edge, limit: int, *, whom: UserId, up: bool) -> Sequence[Moment]:
        rows = await self._stays(_LEFT_UP if up else _LEFT_DOWN, of, edge, limit, whom)
        return [
            Moment(MomentKind.LEFT, at(left), id, UserId(user), name, reason=reason or "", role=role, seat=seat)
            for id, user, name, role, _, left, reason, seat in rows
        ]

    async def kept(
        self, kind: MomentKind, of: BroadcastId, edge: Edge, limit: int, *, whom: UserId, up: bool
    ) -> Sequence[Moment]:
        asked = _KEPT_UP if up else _KEPT_DOWN
        rows = await self._runner.rows(
            asked, what=kind.value, of=of, edge=edge.at, key=edge.key, limit=limit, whom=whom
        )
        return [_kept(row) for row in rows]

    async def said(self, of: BroadcastId, edge: Edge, limit: int, *, whom: UserId, up: bool) -> Sequence[Message]:
        bound = edge.at - (edge.key == LEAST) if up else edge.at + (edge.key == MOST)
        rows = await self._runner.rows(_SAID_UP if up else _SAID_DOWN, of=of, edge=bound, limit=limit, whom=whom)
        return [read_message(row) for row in rows]

    async def told(self, room: RoomId, edge: Edge, limit: int, *, whom: UserId, up: bool) -> Sequence[Moment]:
        seq = int(edge.key) if edge.key.isdigit() else (2**62 if edge.key == MOST else 0)
        named = f'"{whom}"' if whom else ""
        rows = await self._runner.rows(
            _TOLD_UP if up else _TOLD_DOWN, of=f"room:{room}", edge=edge.at, seq=seq, limit=limit, whom=named
        )
        return [
            Moment(MomentKind.EVENT, at(when), f"{number:015}", action=kind, number=number)
            for number, when, kind in rows
        ]

    async def purge(self, before: datetime, limit: int) -> int:
        rows = await self._runner.rows(_OLD, before=millis(before), limit=limit)
        if rows:
            many: list[Values] = [{"whose": broadcast, "which": id} for broadcast, id in sorted(rows)]
            await self._runner.run_many(_DROP, many)
        return len(rows)

    async def _stays(self, asked: Statement, of: BroadcastId, edge: Edge, limit: int, whom: UserId) -> Sequence[Row]:
        return await self._runner.rows(asked, of=of, edge=edge.at, key=edge.key, limit=limit, whom=whom)


def _kept(row: Row) -> Moment:
    broadcast, id, when, kind, stay, value, user, name = row
    kept = KeptMoment(BroadcastId(broadcast), id, when, MomentKind(kind), StayId(stay), value)
    return kept_moment(kept, UserId(user or ""), name or "")
