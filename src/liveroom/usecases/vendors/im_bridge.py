"""The bridge to Tencent IM: messages of a room are sent to its IM group too, for apps that read them there.

A message is queued once it is stored, and nobody waits for it. Messages of a room are sent in order, by one process at
a time: where two processes stored parts of a conversation, the second waits for the first. A message that cannot be
sent within half a minute is dropped.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from liveroom import deadlines
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import Unavailable
from liveroom.domain.ids import RoomId, TenantName, new_id
from liveroom.domain.messages.model import Message, MessageType
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import BreakerState, Trouble, Vendor, VendorFailure, wait_before
from liveroom.ports import Clock, Database, GroupMessaging, VendorsOf
from liveroom.usecases.partitions import PartitionState
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.vendors.message_work import NO_ACCOUNT

log = structlog.get_logger("liveroom.vendors")

TOO_OLD: Final = timedelta(seconds=30)
QUEUE_MAX: Final = 5000
"""Messages of all rooms that wait in this process."""
GOODBYE: Final = timedelta(seconds=2)
"""How long a stop waits for messages to be sent."""
_LEASE: Final = timedelta(seconds=20)
_RENEWED: Final = timedelta(seconds=8)
_LEASE_RETRY: Final = 0.05
"""Seconds between two tries to get the lease of a room."""


class _RoomLease:
    """A process's lease on a room: while it holds, no other process sends there."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        self.until: datetime | None = None


class ImBridge:
    """Sends messages to the groups of their rooms. ``outcomes``: what came of them."""

    def __init__(
        self, messages: GroupMessaging, db: Database, clock: Clock, tenants: Tenancy, vendors_of: VendorsOf,
        *, chance: Callable[[], float],
    ) -> None:  # fmt: skip
        self._messages = messages
        self._db = db
        self._clock = clock
        self._tenants = tenants
        self._vendors_of = vendors_of
        self._chance = chance
        self._queues: dict[RoomId, deque[Message]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._tenant_states: dict[TenantName, PartitionState] = {}
        self.outcomes: Counter[tuple[str, ...]] = Counter()

    @property
    def waiting(self) -> int:
        """Return how many messages wait."""
        return sum(map(len, self._queues.values()))

    def enqueue(self, messages: Sequence[Message]) -> None:
        """Queue messages in their order; returns at once."""
        waiting = self.waiting
        for message in messages:
            if message.type is MessageType.NOTICE or message.recalled is not None or not self._tenant(message):
                continue
            if waiting >= QUEUE_MAX:
                self._over(message, "left_out")
                continue
            waiting += 1
            if message.room in self._queues:
                self._queues[message.room].append(message)
            else:
                self._queues[message.room] = deque([message])
                task = deadlines.spawn(self._work_off(message.room), name=f"im:{message.room}")
                self._running.add(task)
                task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("im_bridge.fault", cause=repr(fault))

    async def drain(self, timeout: timedelta = GOODBYE) -> None:
        """Return when nothing waits any more, or after ``timeout``."""
        if self._running:
            await asyncio.wait(self._running, timeout=timeout.total_seconds())

    async def close(self) -> None:
        """Send what can be sent soon, and drop the rest."""
        await self.drain()
        tasks = list(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work_off(self, room: RoomId) -> None:
        queue, lease, tries = self._queues[room], _RoomLease(new_id(self._clock.now())), 0
        try:
            while queue:
                wait = await self._next(queue[0], lease, tries)
                if wait is None:
                    queue.popleft()
                    tries = 0
                else:
                    tries += 1
                    await asyncio.sleep(wait)
        finally:
            for message in queue:
                self._over(message, "left_out")
            del self._queues[room]
            await self._release_lease(room, lease)

    async def _next(self, message: Message, lease: _RoomLease, tries: int) -> float | None:
        """Try to send a message; return None when it is done with, else in how many seconds to try again."""
        now, tenant = self._clock.now(), self._tenant(message)
        if now - message.at > TOO_OLD or tenant is None:
            self._over(message, "too_late")
            return None
        state = self._state(message.tenant)
        delay = wait_before(min(tries, 3), self._chance()).total_seconds()
        if state.state(now) is BreakerState.OPEN:
            return delay
        if not await self._has_lease(message.room, lease):
            return _LEASE_RETRY
        try:
            async with state.slots:
                is_there = await self._send(tenant, message)
        except VendorFailure as failure:
            return self._failed(message, state, failure, delay)
        state.answered()
        if not is_there:
            return delay  # The group of a room that was just opened is being made.
        self._over(message, "sent")
        return None

    async def _send(self, tenant: Tenant, message: Message) -> bool:
        try:
            return await self._messages.say(tenant, message)
        except VendorFailure as failure:
            if failure.code != NO_ACCOUNT:
                raise
        # The account of somebody who has just signed in is being made.
        await self._messages.add_account(tenant, message.user, Profile(message.name, message.avatar))
        return await self._messages.say(tenant, message)

    def _failed(self, message: Message, state: PartitionState, failure: VendorFailure, delay: float) -> float | None:
        if failure.trouble in (Trouble.BUSY, Trouble.ACCESS):
            state.refused(failure, self._clock.now())
            return delay
        log.debug("im_bridge.refused", room=message.room, message=message.id, reason=str(failure))
        self._over(message, "refused")
        return None

    def _over(self, message: Message, outcome: str) -> None:
        self.outcomes[(outcome,)] += 1
        if outcome != "sent":
            log.debug("im_bridge.left_out", room=message.room, message=message.id, outcome=outcome)

    def _state(self, tenant: TenantName) -> PartitionState:
        return self._tenant_states.setdefault(tenant, PartitionState("vendor", vendor=Vendor.IM.value, tenant=tenant))

    def _tenant(self, message: Message) -> Tenant | None:
        """Return whose message it is, if there is anywhere to send it."""
        tenant = self._tenants.get(message.tenant)
        return tenant if tenant is not None and Vendor.IM in self._vendors_of(tenant) else None

    async def _has_lease(self, room: RoomId, lease: _RoomLease) -> bool:
        """Say whether no other process is still sending what it wrote of the room before."""
        now = self._clock.now()
        if lease.until is not None and lease.until - now > _RENEWED:
            return True
        try:
            ours = await self._db.leases.claim(_lease_name(room), lease.holder, now, now + _LEASE)
        except Unavailable:
            return False
        lease.until = now + _LEASE if ours else None
        return ours

    async def _release_lease(self, room: RoomId, lease: _RoomLease) -> None:
        if lease.until is None:
            return
        try:
            await self._db.leases.release(_lease_name(room), lease.holder)
        except Unavailable:
            log.debug("im_bridge.lease_kept", room=room)


def _lease_name(room: RoomId) -> str:
    return f"im:{room}"
