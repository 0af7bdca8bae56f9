"""The audit: what is done in an operator's name is recorded before it is done.

The caller waits for its row. Rows that wait at the same time share one write: while one write is under way, the next
rows gather, without a timer. How a call ended is written later, in batches; a row that never gets an outcome is from a
process that died.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import RoomId, TenantName, UserId, ordered_id
from liveroom.domain.moderation.audit import (
    REASON_MAX,
    AuditEntry,
    AuditId,
    AuditOutcome,
    bounded,
    changed_texts,
    subject_of,
)
from liveroom.domain.operators.caller import NotedChange
from liveroom.domain.parts import parts
from liveroom.ports import Clock, Database
from liveroom.usecases.privacy.retention import purge_older
from liveroom.usecases.tenants.keys import ServerKeys

MOST: Final = 500
"""Rows of one write."""
_MOST_A_MILLISECOND: Final = 0xFFFF
_MOST_ANSWERS: Final = 65_536
"""How many outcomes wait while the database is down; the oldest are dropped first."""


@dataclass(slots=True)
class Audit:
    """Rows are only ever added, and purged when they are older than ``keep``."""

    db: Database
    clock: Clock
    keep: timedelta
    _waiting: list[tuple[AuditEntry, "asyncio.Future[None]"]] = field(default_factory=list)
    _answers: OrderedDict[AuditId, AuditOutcome] = field(default_factory=OrderedDict)
    _last: tuple[int, int] = (0, 0)
    _writing: "asyncio.Task[None] | None" = None

    def entry(
        self,
        tenant: TenantName,
        actor: UserId,
        action: str,
        *,
        target: UserId = UserId(""),
        room: RoomId = RoomId(""),
        reason: str = "",
    ) -> AuditEntry:
        """Return a row that says what a user does, for the transaction that does it, or to be written before it."""
        now = self.clock.now()
        return AuditEntry(
            self._next_id(now),
            tenant,
            now,
            f"user:{actor}",
            bounded(action),
            subject_of(target, room),
            code=0,
            room=room,
            reason=bounded(reason, REASON_MAX),
        )

    async def note(
        self,
        tenant: TenantName,
        actor: str,
        action: str,
        subject: str = "",
        *,
        address: str = "",
        request: str = "",
        room: RoomId = RoomId(""),
        reason: str = "",
    ) -> AuditId:
        """Record what is about to be done. Raises ``DatabaseUnavailable``; then it must not be done."""
        now = self.clock.now()
        id = self._next_id(now)
        texts = (bounded(action), bounded(subject), bounded(address), bounded(request))
        await self.write(AuditEntry(id, tenant, now, actor, *texts, room=room, reason=bounded(reason, REASON_MAX)))
        return id

    async def write(self, entry: AuditEntry) -> None:
        """Write an entry. Raises ``DatabaseUnavailable``; then what the entry says must not be done."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, written))
        if self._writing is None:
            self._writing = deadlines.spawn(self._write())
        await deadlines.join(written, DatabaseUnavailable)

    def answered(self, entry: AuditId | None, code: int, change: NotedChange | None = None) -> None:
        """Note how it ended, and what it changed; the next ``flush`` writes it. None: it was not noted."""
        if entry is None:
            return
        if len(self._answers) >= _MOST_ANSWERS:
            self._answers.popitem(last=False)
        self._answers[entry] = AuditOutcome(entry, code, *changed_texts(change))

    async def flush(self) -> int:
        """Write how things ended; return how many."""
        outcomes = [*self._answers.values()]
        for some in parts(outcomes, MOST):
            await self.db.audit.answered(some)
            for outcome in some:
                self._answers.pop(outcome.entry, None)
        return len(outcomes)

    async def newest(
        self, *, tenant: TenantName | None = None, actor: str = "", since: datetime | None = None, limit: int = 50
    ) -> Sequence[AuditEntry]:
        """Return what was done last, by one actor, else in one tenant, else in all."""
        return await self.db.audit.newest(tenant=tenant, actor=actor, since=since, limit=limit)

    async def page(
        self, tenant: TenantName, *, room: RoomId | None, before: AuditId, limit: int, by_users: bool = False
    ) -> Sequence[AuditEntry]:
        """Return what was done in a room, else in the tenant, before that entry ("": all), the newest first.

        ``by_users``: without what the operator did in the room.
        """
        return await self.db.audit.page(tenant, room=room, before=before, limit=limit, by_users=by_users)

    async def purge(self, limit: int) -> int:
        """Drop what is older than it is kept, at most so many rows in one statement; return how many."""
        return await purge_older(self.clock.now(), self.keep, self.db.audit.purge, limit)

    def _next_id(self, now: datetime) -> AuditId:
        """Return an id behind the last one of this process, also within a millisecond and if the clock was set back."""
        millis, (last, number) = int(now.timestamp() * 1000), self._last
        self._last = (millis, 0) if millis > last or number == _MOST_A_MILLISECOND else (last, number + 1)
        return AuditId(ordered_id(*self._last))

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._add(batch)
        finally:
            self._writing = None

    async def _add(self, batch: "Sequence[tuple[AuditEntry, asyncio.Future[None]]]") -> None:
        failure: Exception | None = None
        try:
            await self.db.audit.add([entry for entry, _ in batch])
        except Exception as problem:
            failure = problem
        for _, written in batch:
            if written.done():
                continue
            if failure is None:
                written.set_result(None)
            else:
                written.set_exception(failure)


@dataclass(frozen=True, slots=True)
class KeyUses:
    """Writes down what was done with server keys."""

    server_keys: ServerKeys
    trail: Audit

    async def flush(self) -> int:
        """Write how calls with server keys ended, and when keys were last used; return how many calls."""
        await self.server_keys.flush()
        return await self.trail.flush()
