"""Dead letters: events that were given up or are to be delivered again, each with its body, apart from its stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, delete, func, null, select, update

from liveroom.domain.events.records import StoredEvent, Target
from liveroom.domain.ids import TenantName
from liveroom.domain.parts import parts
from liveroom.domain.webhooks.deliveries import DeadLetter, dead_letter
from liveroom.ports import FIRST_KEPT, Kept
from liveroom.store.sql.backend_tables import dead_letters, events
from liveroom.store.sql.dialect import Row, Statement, Value, next_value, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner

_C: Final = dead_letters.c
_READ: Final = (
    *(_C.id, _C.target, _C.tenant, _C.stream, _C.seq, _C.kind),
    *(_C.at, _C.died, _C.reason, _C.body, _C.due),
)
_OF: Final = _C.target == bindparam("of")
_IDS: Final = _C.id.in_(bindparam("ids", expanding=True))
_LIMIT: Final = bindparam("limit", type_=Integer)
_NOW: Final = bindparam("now", type_=BigInteger)
_NEXT: Final = bindparam("next", type_=BigInteger)

_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(dead_letters))
_REPLAY_COPY: Final = Statement(lambda dialect: dialect.upsert(dead_letters, lambda new: [("due", new["due"])]))
_NEXT_TARGET: Final = next_value(_C.target)
_LIST: Final = statement(
    select(*_READ)
    .where(_OF, _C.died >= bindparam("begin", type_=BigInteger))
    .order_by(_C.died)
    .limit(_LIMIT)
    .offset(bindparam("seen", type_=Integer))
)
_COUNT: Final = statement(select(func.count()).where(_OF))
_REPLAY_ONE: Final = statement(update(dead_letters).where(_OF, _C.id == bindparam("key")).values(due=_NEXT))
_REPLAY_SINCE: Final = statement(
    update(dead_letters).where(_OF, _C.at >= bindparam("since", type_=BigInteger)).values(due=_NEXT)
)
_DUE_TARGET: Final = statement(
    select(_C.target)
    .where(_C.due <= _NOW, _C.target.not_in(bindparam("known", expanding=True)))
    .order_by(_C.due)
    .limit(1)
)
_TAKE: Final = statement(select(*_READ).where(_OF, _C.due <= _NOW).order_by(_C.due).limit(_LIMIT))
_REMOVE: Final = statement(delete(dead_letters).where(_OF, _IDS))
_RESCHEDULE: Final = statement(update(dead_letters).where(_OF, _IDS).values(due=_NEXT))
_KEEP: Final = statement(update(dead_letters).where(_OF, _IDS).values(due=null()))
_SOME: Final = statement(select(_C.id).where(_OF).limit(_LIMIT))

_OLD: Final = statement(
    select(_C.id).where(_OF, _C.died < bindparam("before", type_=BigInteger)).order_by(_C.died).limit(_LIMIT)
)

_E: Final = events.c
_KEPT: Final = statement(
    select(_E.created, _E.id, _E.stream, _E.seq, _E.tenant, _E.kind, _E.category, _E.at, _E.body)
    .where(_E.created >= bindparam("begin", type_=BigInteger))
    .order_by(_E.created)
    .limit(_LIMIT)
    .offset(bindparam("seen", type_=Integer))
)
_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class SqlDeadLetters:
    """``ports.DeadLetters``."""

    _runner: Runner

    async def next_target(self, after: str) -> str | None:
        row = await self._runner.row(_NEXT_TARGET, after=after)
        return row[0] if row else None

    async def add(self, dead: Sequence[DeadLetter]) -> None:
        if dead:
            await self._runner.run_many(_ADD, [_row(one) for one in dead])

    async def list(self, target: str, limit: int, *, after: Kept = FIRST_KEPT) -> Sequence[DeadLetter]:
        begin, seen = after
        return [_read(row) for row in await self._runner.rows(_LIST, of=target, begin=begin, seen=seen, limit=limit)]

    async def count(self, target: str) -> int:
        row = await self._runner.row(_COUNT, of=target)
        return row[0] if row else 0

    async def replay(self, target: str, due: datetime, *, id: str = "", since: datetime | None = None) -> int:
        """Let them be delivered again: one, those that happened since then, or all; return how many."""
        if id:
            return await self._runner.run(_REPLAY_ONE, of=target, key=id, next=millis(due))
        begin = 0 if since is None else millis(since)
        return await self._runner.run(_REPLAY_SINCE, of=target, since=begin, next=millis(due))

    async def due(self, now: datetime) -> Sequence[str]:
        found: list[str] = []
        while row := await self._runner.row(_DUE_TARGET, now=millis(now), known=["", *found]):
            found.append(row[0])
        return found

    async def take(self, target: str, now: datetime, limit: int) -> Sequence[DeadLetter]:
        rows = await self._runner.rows(_TAKE, of=target, now=millis(now), limit=limit)
        return sorted((_read(row) for row in rows), key=lambda dead: (dead.at, dead.stream, dead.seq))

    async def remove(self, target: str, ids: Sequence[str]) -> None:
        for some in parts(ids, _AT_ONCE):
            await self._runner.run(_REMOVE, of=target, ids=some)

    async def reschedule(self, target: str, ids: Sequence[str], due: datetime | None) -> None:
        for part in parts(ids, _AT_ONCE):
            if due is None:
                await self._runner.run(_KEEP, of=target, ids=part)
            else:
                await self._runner.run(_RESCHEDULE, of=target, ids=part, next=millis(due))

    async def drop(self, target: str, limit: int) -> int:
        """Drop some of a target; return how many."""
        ids = [row[0] for row in await self._runner.rows(_SOME, of=target, limit=limit)]
        await self.remove(target, ids)
        return len(ids)

    async def purge(self, target: str, before: datetime, limit: int) -> int:
        """Drop some that died before that time; return how many."""
        rows = await self._runner.rows(_OLD, of=target, before=millis(before), limit=limit)
        await self.remove(target, [row[0] for row in rows])
        return len(rows)

    async def copy(
        self, target: Target, tenant: TenantName, since: datetime, *, after: Kept, now: datetime, limit: int
    ) -> tuple[int, Kept | None]:
        """Let some of what is kept be delivered again; return how many, and the place to go on from."""
        begin, seen = after if after[0] else (millis(since), 0)
        rows = await self._runner.rows(_KEPT, begin=begin, seen=seen, limit=limit)
        wanted = [_kept(row) for row in rows if row[4] == tenant and target.wants(row[5], row[6])]
        if wanted:
            again = [
                _row(dead_letter(event, target.id, now, "delivered again as it was asked for", now)) for event in wanted
            ]
            await self._runner.run_many(_REPLAY_COPY, again)
        if len(rows) < limit:
            return len(wanted), None
        last = rows[-1][0]
        return len(wanted), (last, sum(row[0] == last for row in rows) + (seen if last == begin else 0))


def _row(dead: DeadLetter) -> dict[str, Value]:
    return {
        "target": dead.target,
        "id": dead.id,
        "tenant": dead.tenant,
        "stream": dead.stream,
        "seq": dead.seq,
        "kind": dead.kind,
        "at": millis(dead.at),
        "died": millis(dead.died),
        "reason": dead.reason,
        "body": dead.body,
        "due": optional_millis(dead.due),
    }


def _kept(row: Row) -> StoredEvent:
    return StoredEvent(row[1], row[2], row[3], TenantName(row[4]), row[5], row[6], instant(row[7]), row[8])


def _read(row: Row) -> DeadLetter:
    return DeadLetter(
        id=row[0],
        target=row[1],
        tenant=TenantName(row[2]),
        stream=row[3],
        seq=row[4],
        kind=row[5],
        at=instant(row[6]),
        died=instant(row[7]),
        reason=row[8],
        body=row[9],
        due=optional_instant(row[10]),
    )
