"""Events: what happened, numbered in its stream, and for each target the partitions in which something waits for it.

A row of ``lr_streams`` is raised first and stays locked until the transaction ends: two transactions about one room
take turns, so its numbers have no gaps, and are seen in their order.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

import msgspec
from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, delete, insert, select

from liveroom.domain.events.records import NewEvent, Target
from liveroom.domain.ids import TenantName, new_id
from liveroom.domain.parts import parts
from liveroom.ports import FIRST_KEPT, Kept, StreamEvents
from liveroom.store.sql.backend_tables import event_partitions, events, streams
from liveroom.store.sql.dialect import Statement, Value, Values, next_value, statement
from liveroom.store.sql.instants import millis
from liveroom.store.sql.runner import Runner

_STREAMS: Final[BindParameter[str]] = bindparam("streams", expanding=True)

_HOLD: Final = Statement(lambda dialect: dialect.insert_or_keep(streams))
_RAISE: Final = Statement(lambda dialect: dialect.upsert(streams, lambda new: [("seq", streams.c.seq + new["seq"])]))
_REACHED: Final = statement(select(streams.c.stream, streams.c.seq).where(streams.c.stream.in_(_STREAMS)))
ADD_EVENTS: Final = statement(insert(events))
_WAKE: Final = Statement(lambda dialect: dialect.upsert(event_partitions, lambda new: [("last", new["last"])]))
_OLD: Final = statement(
    select(events.c.stream, events.c.seq, events.c.created)
    .where(events.c.created >= bindparam("begin", type_=BigInteger), events.c.created < bindparam("before"))
    .order_by(events.c.created)
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("seen", type_=Integer))
)
_NEXT_TARGET: Final = next_value(event_partitions.c.target)
_WAITING: Final = statement(
    select(event_partitions.c.stream, event_partitions.c.sent).where(
        event_partitions.c.target == bindparam("waits"), event_partitions.c.stream.in_(_STREAMS)
    )
)
_DROP: Final = statement(delete(events).where(events.c.stream == bindparam("of"), events.c.seq <= bindparam("last")))
_AT_ONCE: Final = 512
_write: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class SqlEvents:
    """``ports.Events``. Streams are always taken in the order of their names, so that two writers do not lock each
    other out.
    """

    _runner: Runner

    async def hold(self, streams: Collection[str]) -> None:
        await self._runner.run_many(_HOLD, [{"stream": stream, "seq": 0} for stream in sorted(streams)])

    async def append(
        self, tenant: TenantName, stream: str, events: Sequence[NewEvent], targets: Sequence[Target], at: datetime
    ) -> None:
        await self.append_all([StreamEvents(tenant, stream, events, targets)], at)

    async def append_all(self, batch: Sequence[StreamEvents], at: datetime) -> None:
        ordered = sorted(batch, key=lambda stream_events: stream_events.stream)
        raised: list[Values] = [{"stream": one.stream, "seq": len(one.events)} for one in ordered]
        await self._runner.put_many(_RAISE, raised)
        reached = dict(await self._by_stream(_REACHED, [stream_events.stream for stream_events in ordered]))
        before = [reached[stream_events.stream] - len(stream_events.events) for stream_events in ordered]
        pairs = list(zip(ordered, before, strict=True))
        await self._runner.put_many(ADD_EVENTS, [row for pair in pairs for row in _events(*pair, at)])
        partitions = [row for pair in pairs for row in _partitions(*pair, at)]
        partitions.sort(key=itemgetter("target", "stream"))
        await self._runner.put_many(_WAKE, partitions)

    async def purge(self, before: datetime, limit: int, after: Kept = FIRST_KEPT) -> tuple[int, Kept | None]:
        """Drop of each stream that is looked at what is old and sent to everybody."""
        begin, seen = after
        rows = await self._runner.rows(_OLD, begin=begin, seen=seen, before=millis(before), limit=limit)
        old: dict[str, int] = {}
        for stream, seq, _ in rows:
            old[stream] = max(seq, old.get(stream, 0))
        await self._keep_what_waits(old)
        dropped = sum([await self._runner.run(_DROP, of=stream, last=last) for stream, last in old.items()])
        if len(rows) < limit:
            return dropped, None
        last = rows[-1][2]
        left = sum(created == last and seq > old[stream] for stream, seq, created in rows)
        return dropped, (last, left + (seen if last == begin else 0))

    async def _keep_what_waits(self, old: dict[str, int]) -> None:
        """Lower the number up to which each stream is dropped to what everybody was sent."""
        target = ""
        while old and (row := await self._runner.row(_NEXT_TARGET, after=target)) is not None:
            target = str(row[0])
            for stream, sent in await self._by_stream(_WAITING, list(old), waits=target):
                old[stream] = min(sent, old[stream])

    async def _by_stream(self, asked: Statement, names: Sequence[str], **values: Value) -> Sequence[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        for some in parts(names, _AT_ONCE):
            rows = await self._runner.rows(asked, streams=some, **values)
            found += [(stream, number) for stream, number in rows]
        return found


def _events(stream_events: StreamEvents, before: int, at: datetime) -> Iterator[Values]:
    for seq, event in enumerate(stream_events.events, before + 1):
        yield {
            "stream": stream_events.stream,
            "seq": seq,
            "id": new_id(at),
            "tenant": stream_events.tenant,
            "kind": event.kind,
            "category": event.category,
            "at": millis(event.at),
            "created": millis(at),
            "body": _write(event.data).decode(),
            "trace": "",
        }


def _partitions(stream_events: StreamEvents, before: int, at: datetime) -> Iterator[dict[str, Value]]:
    """Yield the partitions in which something new waits, as they are where nothing has waited before."""
    for target in stream_events.targets:
        if any(target.wants(event.kind, event.category) for event in stream_events.events):
            yield {
                "target": target.id,
                "stream": stream_events.stream,
                "tenant": stream_events.tenant,
                "sent": before,
                "last": before + len(stream_events.events),
                "seen": 0,
                "due": millis(at),
                "tries": 0,
                "holder": "",
                "leased": 0,
                "reason": "",
            }
