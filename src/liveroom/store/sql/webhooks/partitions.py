"""Event partitions: what waits for a target, by stream. ``store.sql.events.rows`` makes them and raises ``last``.

A partition is claimed with one statement for many; so is the end of those that are through, unless something was told
meanwhile: then what was claimed counts as sent, and the rest waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

from sqlalchemy import BigInteger, Integer, and_, bindparam, case, delete, func, select, text, update

from liveroom.domain.events.records import StoredEvent
from liveroom.domain.ids import TenantName
from liveroom.domain.parts import parts
from liveroom.domain.webhooks.deliveries import Backlog, Nack, Partition, Span
from liveroom.store.sql.backend_tables import event_partitions, events
from liveroom.store.sql.dialect import Row, Statement, Value, Values, next_value, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_C: Final = event_partitions.c
_NOW: Final = bindparam("now", type_=BigInteger)
_OF: Final = _C.target == bindparam("of")
_LIMIT: Final = bindparam("limit", type_=Integer)
_OURS: Final = and_(_OF, _C.stream.in_(bindparam("streams", expanding=True)), _C.holder == bindparam("by"))
_FREE: Final = {"holder": "", "leased": 0}

_NEXT: Final = next_value(_C.target)
_DUE: Final = statement(
    select(_C.stream, _C.sent, _C.last).where(_OF, _C.due <= _NOW, _C.leased <= _NOW).order_by(_C.due).limit(_LIMIT)
)
_CLAIM: Final = statement(
    update(event_partitions)
    .where(_OF, _C.stream.in_(bindparam("streams", expanding=True)), _C.due <= _NOW, _C.leased <= _NOW)
    .values(holder=bindparam("holds"), leased=bindparam("end"), seen=_C.last)
)
_CLAIMED: Final = statement(select(_C.stream, _C.sent, _C.seen, _C.tries, _C.reason).where(_OURS))
_ACK: Final = statement(delete(event_partitions).where(_OURS, _C.last == _C.seen))
_OVERTAKEN: Final = statement(
    update(event_partitions).where(_OURS).values(**_FREE, sent=_C.seen, due=bindparam("at"), tries=0, reason="")
)
_NACK: Final = statement(
    update(event_partitions)
    .where(_OF, _C.stream == bindparam("which"), _C.holder == bindparam("by"))
    .values(
        **_FREE,
        sent=bindparam("reached"),
        due=bindparam("next"),
        tries=bindparam("failed"),
        reason=bindparam("why"),
    )
)
_ADVANCE: Final = statement(
    update(event_partitions)
    .where(_OF, _C.stream == bindparam("which"), _C.holder == bindparam("by"))
    .values(sent=bindparam("reached"))
)
_RELEASE: Final = statement(update(event_partitions).where(_OF, _C.holder == bindparam("by")).values(**_FREE))
_SOME: Final = statement(select(_C.stream).where(_OF).limit(_LIMIT))
_DROP: Final = statement(delete(event_partitions).where(_OF, _C.stream.in_(bindparam("streams", expanding=True))))
_WAITING: Final = statement(
    select(
        func.count(),
        func.sum(_C.last - _C.sent),
        func.min(_C.due),
        func.sum(case((_C.tries > 0, 1), else_=0)),
        func.max(_C.reason),
    ).where(_OF)
)
_E: Final = events.c
_READ: Final = (_E.id, _E.stream, _E.seq, _E.tenant, _E.kind, _E.category, _E.at, _E.body, _E.trace)
MOST_SPANS: Final = 256
_AT_ONCE: Final = 512
_BY_STREAM: Final = itemgetter(1, 2)


def _spans(size: int) -> Statement:
    """Say so many spans one by one: a join with the partitions would look at every event that is kept of a stream.

    As text, because compiling an expression of this size holds the loop up for 35 ms.
    """
    terms = " OR ".join(
        f"({_E.stream.name} = :stream{number} AND {_E.seq.name} > :after{number} AND {_E.seq.name} <= :to{number})"
        for number in range(size)
    )
    said = f"SELECT {', '.join(column.name for column in _READ)} FROM {events.name} WHERE {terms}"  # noqa: S608 - ours
    return Statement(lambda _: text(said))


_EVENTS: Final = {1 << power: _spans(1 << power) for power in range(MOST_SPANS.bit_length())}


@dataclass(frozen=True, slots=True)
class SqlEventPartitions:
    """``ports.EventPartitions``."""

    _runner: Runner

    async def next_target(self, after: str) -> str | None:
        row = await self._runner.row(_NEXT, after=after)
        return row[0] if row else None

    async def claim(
        self, target: str, holder: str, now: datetime, until: datetime, *, partitions: int, events: int
    ) -> Sequence[Partition]:
        """Look, then take: of several who saw the same partitions, each gets those that it claimed first."""
        at = millis(now)
        due = await self._runner.rows(_DUE, of=target, now=at, limit=partitions)
        streams = _about(due, events)
        if not streams:
            return []
        await self._runner.run(_CLAIM, of=target, streams=streams, now=at, holds=holder, end=millis(until))
        rows = await self._runner.rows(_CLAIMED, of=target, streams=streams, by=holder)
        return [Partition(*row) for row in rows]

    async def events(self, spans: Sequence[Span]) -> Sequence[StoredEvent]:
        size = 1 << (len(spans) - 1).bit_length()
        values: dict[str, Value] = {}
        for number in range(size):
            span = spans[min(number, len(spans) - 1)]
            values[f"stream{number}"] = span.stream
            values[f"after{number}"] = span.after
            values[f"to{number}"] = span.to
        rows = await self._runner.rows(_EVENTS[size], **values)
        return [_event(row) for row in sorted(rows, key=_BY_STREAM)]

    async def ack(self, target: str, holder: str, streams: Sequence[str], now: datetime) -> None:
        for part in parts(streams, _AT_ONCE):
            if await self._runner.run(_ACK, of=target, streams=part, by=holder) < len(part):
                await self._runner.run(_OVERTAKEN, of=target, streams=part, by=holder, at=millis(now))

    async def nack(self, target: str, holder: str, partitions: Sequence[Nack]) -> None:
        if not partitions:
            return
        rows: list[Values] = [
            {
                "of": target,
                "which": partition.stream,
                "by": holder,
                "reached": partition.sent,
                "next": millis(partition.due),
                "failed": partition.tries,
                "why": partition.reason,
            }
            for partition in sorted(partitions)
        ]
        await self._runner.run_many(_NACK, rows)

    async def advance(self, target: str, holder: str, stream: str, sent: int) -> bool:
        return await self._runner.run(_ADVANCE, of=target, which=stream, by=holder, reached=sent) > 0

    async def release(self, target: str, holder: str) -> None:
        await self._runner.run(_RELEASE, of=target, by=holder)

    async def drop(self, target: str, limit: int) -> int:
        """Drop partitions of a target; return how many."""
        streams = [row[0] for row in await self._runner.rows(_SOME, of=target, limit=limit)]
        for some in parts(streams, _AT_ONCE):
            await self._runner.run(_DROP, of=target, streams=some)
        return len(streams)

    async def waiting(self) -> Sequence[Backlog]:
        found: list[Backlog] = []
        target = ""
        while next_one := await self.next_target(target):
            target = next_one
            row = await self._runner.row(_WAITING, of=target)
            if row and row[0]:
                found.append(Backlog(target, row[0], int(row[1]), instant(row[2]), int(row[3]), row[4]))
        return found


def _about(due: Sequence[Row], events: int) -> list[str]:
    """Return the first partitions that hold about so many events together: one at least."""
    streams: list[str] = []
    for stream, sent, last in due:
        if events <= 0:
            break
        streams.append(stream)
        events -= last - sent
    return streams


def _event(row: Row) -> StoredEvent:
    return StoredEvent(row[0], row[1], row[2], TenantName(row[3]), row[4], row[5], instant(row[6]), row[7], row[8])
