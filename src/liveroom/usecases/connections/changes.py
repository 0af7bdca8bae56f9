"""Writing a connection: one transaction over the rows of its rooms, and one outbox row that brings all of them up."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from liveroom import faults
from liveroom.domain.events.outbox import OutboxRow, rooms_changed
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.moments import at, moment
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay

T = TypeVar("T")


class TransactionResult(NamedTuple, Generic[T]):
    """What a transaction has done: its result, and the rooms whose connection has changed."""

    result: T
    changed: Collection[RoomId] = ()


@dataclass(frozen=True, slots=True)
class ConnectionChanges:
    """Runs such transactions."""

    db: Database
    clock: Clock
    recorder: EventRecorder
    relay: OutboxRelay

    def now(self) -> datetime:
        """Return the time in whole milliseconds, as every store keeps it."""
        return at(moment(self.clock.now()))

    async def commit(self, tenant: TenantName, work: Callable[[Tx], Awaitable[TransactionResult[T]]]) -> T:
        """Run the work in one transaction, and tell the rooms that it has changed.

        Where the live store is down they are told later.
        """

        async def with_outbox(tx: Tx) -> tuple[T, OutboxRow | None]:
            result, changed = await work(tx)
            first, *others = changed or (None,)
            if first is None:
                return result, None
            return result, await tx.outbox.add(tenant, rooms_changed(first, tuple(others)), self.now())

        result, row = await self.db.transact(with_outbox)
        if row is not None:
            faults.point("connection.committed")
            await self.relay.deliver_later([row])
        return result
