"""One round of deliveries to one target: partitions are claimed, what waits in them is sent, they are released.

A message that was sent and not marked (the process died between the two) is sent again, with the same ids. Within a
round and over all of them, events of one stream are never in two messages under way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

import structlog

from liveroom import faults
from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.events.records import StoredEvent
from liveroom.domain.ids import new_id
from liveroom.domain.vendors.model import BreakerState, Trouble, VendorFailure
from liveroom.domain.webhooks.deliveries import (
    ALONE_AFTER,
    SINGLY_AFTER,
    Delivery,
    Nack,
    Partition,
    Span,
    Undelivered,
    dead_letter,
    message_id,
    old_ones,
    wait_before,
)
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.webhooks.receivers import DeliveryCounts, Receiver, TargetState

log = structlog.get_logger("liveroom.webhooks")

LEASE: Final = timedelta(seconds=60)
MARGIN: Final = timedelta(seconds=10)
"""Between the end of the last message that a round may send and the end of its claim: clocks differ."""
PARTITIONS: Final = 256
"""Claimed at once, or fewer that hold about ``EVENTS``."""
EVENTS: Final = 1000
"""Sent in a round, or a few more."""
ROUND: Final = timedelta(seconds=2)
"""After which a round begins nothing more."""
READ: Final = 400
"""Events read at once."""
_SAMPLED: Final = timedelta(milliseconds=500)
"""Of deliveries that go well, one in this time is logged."""


@dataclass(slots=True)
class _ClaimedPartition:
    """A partition that the round has claimed, and how far it has come."""

    stream: str
    sent: int
    last: int
    tries: int
    reason: str
    is_alone: bool
    is_single: bool
    """Until the end of the round: what was refused may come behind what is taken."""

    def share(self, most: int) -> Span:
        """Return what of it is read next."""
        most = 1 if self.is_single else most
        return Span(self.stream, self.sent, min(self.last, self.sent + most))


@dataclass(slots=True)
class _PartitionBatch:
    """Events of one partition within a message; the partition is at ``end`` when they are delivered."""

    partition: _ClaimedPartition
    events: Sequence[StoredEvent]
    end: int


class Delivering(NamedTuple):
    """What all rounds of this process share."""

    db: Database
    clock: Clock
    counts: DeliveryCounts
    give_up: timedelta
    """The age at which an event that is not taken becomes a dead letter."""
    chance: Callable[[], float]
    """For how long to wait before the next try; from 0 to 1."""
    end: Callable[[str, Undelivered], Awaitable[None]]
    """Called for a target whose receiver wants nothing any more."""


class Round:
    """Partitions of one target that this process holds: ``partitions.Claim``."""

    def __init__(
        self, delivering: Delivering, receiver: Receiver, target_state: TargetState, *, partitions: int = PARTITIONS
    ) -> None:
        self._delivering = delivering
        self._db = delivering.db
        self._clock = delivering.clock
        self._receiver = receiver
        self._target_state = target_state
        self._most = partitions
        self._target = receiver.target.id
        self._began = self._clock.now()
        self._holder = new_id(self._began)
        self._left: dict[str, _ClaimedPartition] = {}
        self._is_claiming = False
        self._sent = 0
        self.is_full = False
        """More is due than was claimed, probably."""
        self._gone: Undelivered | None = None
        """What the receiver said when it wanted nothing any more."""

    async def take(self) -> bool:
        """Claim what is due; say whether there is any."""
        now = self._clock.now()
        self._is_claiming = True
        claimed = await self._db.event_partitions.claim(
            self._target, self._holder, now, now + LEASE, partitions=self._most, events=EVENTS
        )
        self._began, self._is_claiming = now, False
        self._left = {partition.stream: _claimed(partition) for partition in claimed}
        self.is_full = (
            len(claimed) >= self._most or sum(partition.last - partition.sent for partition in claimed) >= EVENTS
        )
        faults.point("webhook.claimed")
        return bool(self._left)

    async def work(self) -> bool:
        """Send what is claimed, as long as the claim allows, and release the rest."""
        await self._read_and_send()
        while self._left and self._may_send() and not self._is_long():
            await self._read_and_send()
        await self.nack_rest()
        if self._gone is not None:
            await self._delivering.end(self._target, self._gone)
        return True

    async def nack_rest(self) -> None:
        """Release what is not delivered: others may go on."""
        if self._is_claiming:
            await self._db.event_partitions.release(self._target, self._holder)
        now = self._clock.now()
        rest = [
            Nack(partition.stream, partition.sent, partition.tries, now, partition.reason)
            for partition in self._left.values()
        ]
        await self._db.event_partitions.nack(self._target, self._holder, rest)
        self._left.clear()

    def _is_long(self) -> bool:
        """Say whether it is time for a round of those that wait, and for a look whether the receiver was changed."""
        return self._sent >= EVENTS or self._clock.now() - self._began >= ROUND

    def _may_send(self) -> bool:
        if self._gone is not None or self._target_state.state(self._clock.now()) is BreakerState.OPEN:
            return False
        return self._clock.now() + self._receiver.longest + MARGIN < self._began + LEASE

    async def _read_and_send(self) -> None:
        messages = [self._send(message) for message in self._packed(await self._read())]
        for failure in await asyncio.gather(*messages, return_exceptions=True):
            if failure is not None:
                raise failure
        acked = [partition.stream for partition in self._left.values() if partition.sent >= partition.last]
        if acked:
            faults.point("webhook.sent")
            await self._db.event_partitions.ack(self._target, self._holder, acked, self._clock.now())
            for stream in acked:
                del self._left[stream]

    async def _read(self) -> Sequence[_PartitionBatch]:
        """Read what comes next in each partition; what the target does not want is passed over."""
        batch = self._receiver.batch
        most = max(1, min(batch, max(READ, batch) // len(self._left)))
        spans = [partition.share(most) for partition in self._left.values()]
        wants = self._receiver.target.wants
        by_stream: dict[str, list[StoredEvent]] = {}
        for event in await self._db.event_partitions.events(spans):
            if wants(event.kind, event.category):
                by_stream.setdefault(event.stream, []).append(event)
        return [_PartitionBatch(self._left[span.stream], by_stream.get(span.stream, []), span.to) for span in spans]

    def _packed(self, parts: Sequence[_PartitionBatch]) -> Iterator[Sequence[_PartitionBatch]]:
        """Yield messages: partitions that have failed alone, the others together."""
        together: list[_PartitionBatch] = []
        size = 0
        for part in parts:
            if not part.events:
                part.partition.sent = part.end
            elif part.partition.is_alone:
                yield [part]
            else:
                if size + len(part.events) > self._receiver.batch:
                    yield together
                    together, size = [], 0
                together.append(part)
                size += len(part.events)
        if together:
            yield together

    async def _send(self, parts: Sequence[_PartitionBatch]) -> None:
        async with self._target_state.slots:
            if not self._may_send():
                return
            events = [event for part in parts for event in part.events]
            loop = asyncio.get_running_loop()
            began = loop.time()
            try:
                status = await self._taken(events)
            except Undelivered as failure:
                await self._failed(parts, events, failure, loop.time() - began)
                return
        self._delivering.counts.taken(len(events))
        self._sent += len(events)
        for part in parts:
            part.partition.sent, part.partition.tries, part.partition.reason = part.end, 0, ""
        self._target_state.answered()
        if loop.time() - self._target_state.logged >= _SAMPLED.total_seconds():
            self._target_state.logged = loop.time()
            await self._note(events, status, loop.time() - began, "")

    async def _taken(self, events: Sequence[StoredEvent]) -> int:
        try:
            return await self._receiver.send(events)
        except Undelivered:
            raise
        except ProviderUnavailable as failure:
            raise Undelivered(failure.detail or "it does not answer") from failure
        except Exception as failure:
            log.exception("webhook.fault", target=self._target)
            raise Undelivered(f"a fault of liveroom, {type(failure).__name__}: the log has the rest") from failure

    async def _failed(
        self, parts: Sequence[_PartitionBatch], events: Sequence[StoredEvent], known: Undelivered, seconds: float
    ) -> None:
        self._delivering.counts.messages["failed",] += 1
        if known.gone:
            self._gone = known
        now = self._clock.now()
        is_suspect = parts[0].partition.is_alone and known.status and known.again is None
        if not is_suspect or self._target_state.breaker.state(now) is BreakerState.TRYING:
            self._target_state.refused(VendorFailure(Trouble.BUSY, str(known)), now, known.again)
        await self._note(events, known.status, seconds, str(known))
        wait_again = [await self._wait_again(part, known) for part in parts]
        await self._db.event_partitions.nack(self._target, self._holder, wait_again)
        for part in parts:
            del self._left[part.partition.stream]

    async def _wait_again(self, part: _PartitionBatch, failure: Undelivered) -> Nack:
        """Return when a partition is due again; events that are too old and were tried before become dead letters."""
        partition, now = part.partition, self._clock.now()
        tries = max(partition.tries + 1, SINGLY_AFTER if partition.is_single else 1)
        old = old_ones(part.events, now - self._delivering.give_up) if partition.is_alone else ()
        if old and self._receiver.gives_up:
            await self._dead_letter(partition, old, str(failure))
            tries = ALONE_AFTER
        wait = max(wait_before(tries, self._delivering.chance()), failure.again or timedelta(0))
        return Nack(partition.stream, partition.sent, tries, now + wait, str(failure))

    async def _dead_letter(self, partition: _ClaimedPartition, old: Sequence[StoredEvent], reason: str) -> None:
        """Make dead letters of events, and go on behind them."""
        now = self._clock.now()
        dead = [dead_letter(event, self._target, now, reason) for event in old]

        async def work(tx: Tx) -> bool:
            is_ours = await tx.event_partitions.advance(self._target, self._holder, partition.stream, dead[-1].seq)
            if is_ours:
                await tx.dead_letters.add(dead)
            return is_ours

        if not await self._db.transact(work):
            return  # the claim has lapsed: another process may have delivered them meanwhile
        partition.sent = dead[-1].seq
        self._delivering.counts.events["given_up",] += len(dead)
        log.warning("webhook.gave_up", target=self._target, stream=partition.stream, events=len(dead), reason=reason)

    async def _note(self, events: Sequence[StoredEvent], status: int, seconds: float, reason: str) -> None:
        sent = Delivery(
            self._target, self._clock.now(), message_id(events), len(events), status, int(seconds * 1000), reason
        )
        await self._db.deliveries.add(sent)


class OverdueRound(Round):
    """Partitions of a target whose receiver takes nothing: what is too old by now is given up without a try."""

    async def work(self) -> bool:
        """Dead-letter what is too old, and release the rest; say whether there was any."""
        before, is_any = self._clock.now() - self._delivering.give_up, False
        for part in await self._read():
            old = old_ones(part.events, before)
            if old:
                reason = f"{self._target_state.breaker.reason}, and it was too old by then"
                await self._dead_letter(part.partition, old, reason)
                is_any = True
                await asyncio.sleep(0)  # without it, nobody else gets a turn on SQLite
        await self.nack_rest()
        return is_any


def _claimed(partition: Partition) -> _ClaimedPartition:
    tries = partition.tries
    return _ClaimedPartition(*partition, is_alone=tries >= ALONE_AFTER, is_single=tries >= SINGLY_AFTER)
