"""Signs of life on their way to the store: one script carries all of a bucket.

A call that needs the verdict waits for the batch of its tick; a renewal of a known session rides within 500 ms.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from liveroom import deadlines
from liveroom.domain.accounts.sessions import is_original
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import SessionId, user_bucket
from liveroom.domain.moments import moment
from liveroom.domain.presence.signs import Heartbeat
from liveroom.store.batching import BATCH, Batches
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.records import pack
from liveroom.store.live.redis.schema.given import HeartbeatRow
from liveroom.store.live.redis.session_cache import SessionCache

DELAY: Final = 0.4
"""Seconds that a renewal waits for company."""
MOST: Final = 262_144
"""Renewals that wait while the store is down."""


def kind(heartbeat: Heartbeat) -> int:
    """Return what the call was as the scripts take it: 0 an ordinary one, 1 a keepalive, 2 one by a socket."""
    return 2 if heartbeat.by_socket else int(heartbeat.keepalive)


def heartbeat_row(heartbeat: Heartbeat) -> HeartbeatRow:
    """Return a heartbeat as the script takes it."""
    return HeartbeatRow(heartbeat.user, heartbeat.session, kind(heartbeat), moment(heartbeat.issued))


class Renewals:
    """Collects signs of life and sends them."""

    def __init__(self, core: RedisCore, session_cache: SessionCache) -> None:
        self._core = core
        self._session_cache = session_cache
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[SessionId, Heartbeat] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._batches = Batches(self._send)

    def add(self, heartbeat: Heartbeat) -> None:
        """Let a renewal ride with the next batch."""
        if heartbeat.by_socket:
            return
        former = self._waiting.get(heartbeat.session)
        if former is not None and former.keepalive:
            return
        if former is None and len(self._waiting) >= MOST:
            return
        self._waiting[heartbeat.session] = heartbeat
        if self._timer is None:
            self._timer = self._loop.call_later(DELAY, self._leave)

    def came_along(self, heartbeat: Heartbeat) -> None:
        """Let a renewal wait no more: another script has carried this sign of life of its session.

        A waiting keepalive says more, and that of a session of the original says when its token was issued.
        """
        waiting = self._waiting.get(heartbeat.session)
        if waiting is None or waiting.keepalive or heartbeat.by_socket:
            return
        if not is_original(heartbeat.session):
            del self._waiting[heartbeat.session]

    async def ask(self, heartbeat: Heartbeat) -> bool:
        """Renew with this tick's batch; say whether the session is valid."""
        return await self._batches.ask(user_bucket(heartbeat.user), heartbeat_row(heartbeat))

    async def flush(self) -> None:
        """Send every waiting renewal; what the store cannot take goes on waiting."""
        waiting, self._waiting = self._waiting, {}
        by_bucket: dict[int, list[Heartbeat]] = {}
        for heartbeat in waiting.values():
            by_bucket.setdefault(user_bucket(heartbeat.user), []).append(heartbeat)
        parts = [
            (bucket, heartbeats[first : first + BATCH])
            for bucket, heartbeats in by_bucket.items()
            for first in range(0, len(heartbeats), BATCH)
        ]
        await asyncio.gather(*(self._renew(bucket, heartbeats) for bucket, heartbeats in parts))

    async def close(self) -> None:
        """Send what waits, and take nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await asyncio.gather(*self._leaving, self._batches.close())
        await self.flush()

    def _leave(self) -> None:
        self._timer = None
        task = deadlines.spawn(self.flush())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _renew(self, bucket: int, heartbeats: Sequence[Heartbeat]) -> None:
        try:
            await self._send(bucket, [heartbeat_row(heartbeat) for heartbeat in heartbeats])
        except LiveUnavailable:
            for heartbeat in heartbeats:
                self._again(heartbeat)

    def _again(self, heartbeat: Heartbeat) -> None:
        """Let a renewal wait once more, unless a newer one of its session does."""
        if heartbeat.session not in self._waiting and len(self._waiting) < MOST:
            self._waiting[heartbeat.session] = heartbeat

    async def _send(self, bucket: int, rows: Sequence[HeartbeatRow]) -> list[bool]:
        answer: bytes = await self._core.users("heartbeats", bucket, pack(rows))
        found_good = [one == 49 for one in answer]
        self._session_cache.pass_by(self._loop.time())
        for row, good in zip(rows, found_good, strict=True):
            if good:
                self._session_cache.good(row.user, row.session)
            else:
                self._session_cache.over(row.user, (row.session,), None)
        return found_good
