"""One round of deliveries to one target: partitions are claimed, what waits in them is sent, they are released.

A message that was sent and not marked (the process died between the two) is sent again, with the same ids. Within a
round and over all of them, events of one stream are never in two messages under way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from liveroom import faults
from liveroom.domain.deliveries import (
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
from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import new_id
from liveroom.domain.recorded_events import StoredEvent, Target
from liveroom.domain.vendors import Breaker, BreakerState, Trouble, VendorFailure
from liveroom.ports import Clock, Database, Tx

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
AT_ONCE: Final = 4
"""Messages to one target under way in this process."""
_SAMPLED: Final = timedelta(milliseconds=500)
"""Of deliveries that go well, one in this time is logged."""

Send = Callable[[Sequence[StoredEvent]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is told, and the way there."""

    target: Target
    send: Send
    """Returns the status of the answer when all is taken. Raises ``Undelivered``, ``ProviderUnavailable``."""
    batch: int = 100
    longest: timedelta = timedelta(seconds=15)
    """How long one message may take."""
    gives_up: bool = True
    """What cannot be delivered is a dead letter in the end, and not tried for ever."""


@dataclass
class TargetState:
    """The breaker and limits of this process for one target."""

    breaker: Breaker = field(default_factory=Breaker)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    quiet: datetime | None = None
    """Until when the receiver wants to be left alone."""
    logged: float = 0.0
    """When a delivery that went well was last logged, in the loop's time."""

    def state(self, now: datetime) -> BreakerState:
        """Return whether anything is sent now."""
        is_left_alone = self.quiet is not None and now < self.quiet
        return BreakerState.OPEN if is_left_alone else self.breaker.state(now)

    def refused(self, receiver: Receiver, failure: Undelivered, now: datetime) -> None:
        """Note a failure that is not the events' own."""
        if failure.again is not None:
            self.quiet = now + failure.again
        if self.breaker.failed(VendorFailure(Trouble.BUSY, str(failure)), now):
            log.warning("webhook.unavailable", target=receiver.target.id, reason=str(failure))

    def answered(self, receiver: Receiver) -> None:
        if self.breaker.succeeded():
            log.info("webhook.recovered", target=receiver.target.id)


@dataclass
class DeliveryCounts:
    """What this process has delivered since it began, as figures."""

    events: dict[tuple[str, ...], float] = field(default_factory=lambda: {("delivered",): 0, ("given_up",): 0})
    messages: dict[tuple[str, ...], float] = field(default_factory=lambda: {("taken",): 0, ("failed",): 0})

    def taken(self, events: int) -> None:
        """Count a message that was taken."""
        self.messages["taken",] += 1
        self.events["delivered",] += events

    @property
    def delivered(self) -> int:
        """Return how many events were delivered."""
        return int(self.events["delivered",])


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


class Round:
    """Lanes of one target that this process holds."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        receiver: Receiver,
        target_state: TargetState,
        counts: DeliveryCounts,
        *,
        give_up: timedelta,
        chance: Callable[[], float],
    ) -> None:
        self._db = db
        self._clock = clock
        self._receiver = receiver
        self._target_state = target_state
        self._counts = counts
        self._give_up = give_up
        self._chance = chance
        self._target = receiver.target.id
        self._began = clock.now()
        self._holder = new_id(self._began)
        self._left: dict[str, _ClaimedPartition] = {}
        self._is_claiming = False
        self._sent = 0
        self.is_full = False
        """More is due than was claimed, probably."""
        self.gone: Undelivered | None = None
        """What the receiver said when it wanted nothing any more."""

    async def claim(self, partitions: int = PARTITIONS) -> bool:
        """Take what is due; say whether there is any."""
        now = self._clock.now()
        self._is_claiming = True
        claimed = await self._db.event_partitions.claim(
            self._target, self._holder, now, now + LEASE, partitions=partitions, events=EVENTS
        )
        self._began, self._is_claiming = now, False
        self._left = {partition.stream: _claimed(partition) for partition in claimed}
        self.is_full = (
            len(claimed) >= partitions or sum(partition.last - partition.sent for partition in claimed) >= EVENTS
        )
        faults.point("webhook.claimed")
        return bool(self._left)

    async def go(self) -> None:
        """Send what is claimed, as long as the claim allows, and release the rest."""
        await self._read_and_send()
        while self._left and self._may_send() and not self._is_long():
            await self._read_and_send()
        await self.nack_rest()

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

    async def give_up_old(self) -> bool:
        """Give up what is too old by now, without trying: the receiver takes nothing at all. Say whether any was."""
        before, is_any = self._clock.now() - self._give_up, False
        for part in await self._read():
            old = old_ones(part.events, before)
            if old:
                await self._dead_letter(
                    part.partition, old, f"{self._target_state.breaker.reason}, and it was too old by then"
                )
                is_any = True
                await asyncio.sleep(0)  # SQLite lets nobody else have a turn
        await self.nack_rest()
        return is_any

    def _is_long(self) -> bool:
        """Say whether it is time for a round of those that wait, and for a look whether the receiver was changed."""
        return self._sent >= EVENTS or self._clock.now() - self._began >= ROUND

    def _may_send(self) -> bool:
        if self.gone is not None or self._target_state.state(self._clock.now()) is BreakerState.OPEN:
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
        self._counts.taken(len(events))
        self._sent += len(events)
        for part in parts:
            part.partition.sent, part.partition.tries, part.partition.reason = part.end, 0, ""
        self._target_state.answered(self._receiver)
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
        self._counts.messages["failed",] += 1
        if known.gone:
            self.gone = known
        now = self._clock.now()
        is_suspect = parts[0].partition.is_alone and known.status and known.again is None
        if not is_suspect or self._target_state.breaker.state(now) is BreakerState.TRYING:
            self._target_state.refused(self._receiver, known, now)
        await self._note(events, known.status, seconds, str(known))
        wait_again = [await self._wait_again(part, known) for part in parts]
        await self._db.event_partitions.nack(self._target, self._holder, wait_again)
        for part in parts:
            del self._left[part.partition.stream]

    async def _wait_again(self, part: _PartitionBatch, failure: Undelivered) -> Nack:
        """Return when a partition is due again; events that are too old and were tried before become dead letters."""
        partition, now = part.partition, self._clock.now()
        tries = max(partition.tries + 1, SINGLY_AFTER if partition.is_single else 1)
        old = old_ones(part.events, now - self._give_up) if partition.is_alone else ()
        if old and self._receiver.gives_up:
            await self._dead_letter(partition, old, str(failure))
            tries = ALONE_AFTER
        wait = max(wait_before(tries, self._chance()), failure.again or timedelta(0))
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
            return  # the claim has lapsed meanwhile: whoever holds the partition now may have delivered them
        partition.sent = dead[-1].seq
        self._counts.events["given_up",] += len(dead)
        log.warning("webhook.gave_up", target=self._target, stream=partition.stream, events=len(dead), reason=reason)

    async def _note(self, events: Sequence[StoredEvent], status: int, seconds: float, reason: str) -> None:
        sent = Delivery(
            self._target, self._clock.now(), message_id(events), len(events), status, int(seconds * 1000), reason
        )
        await self._db.deliveries.add(sent)


def _claimed(partition: Partition) -> _ClaimedPartition:
    tries = partition.tries
    return _ClaimedPartition(*partition, is_alone=tries >= ALONE_AFTER, is_single=tries >= SINGLY_AFTER)
