"""Signs of life on their way to the store: one script carries all of a bucket.

A call that needs the verdict waits for the batch of its tick; a renewal of a known session rides within 500 ms.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import SessionId, user_bucket
from liveroom.domain.presence import Beat
from liveroom.domain.sessions import is_original
from liveroom.store.batching import BATCH, Batches
from liveroom.store.live.redis.core import Core
from liveroom.store.live.redis.records import moment, pack
from liveroom.store.live.redis.schema.given import HeartbeatRow
from liveroom.store.live.redis.verdicts import Verdicts

DELAY: Final = 0.4
"""Seconds that a renewal waits for company."""
MOST: Final = 262_144
"""Renewals that wait while the store is down."""


def kind(beat: Beat) -> int:
    """Return what the call was as the scripts take it: 0 an ordinary one, 1 a keepalive, 2 one by a socket."""
    return 2 if beat.by_socket else int(beat.keepalive)


def heartbeat_row(beat: Beat) -> HeartbeatRow:
    """Return a heartbeat as the script takes it."""
    return HeartbeatRow(beat.user, beat.session, kind(beat), moment(beat.issued))


class Renewals:
    """Collects signs of life and sends them."""

    def __init__(self, core: Core, verdicts: Verdicts) -> None:
        self._core = core
        self._verdicts = verdicts
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[SessionId, Beat] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._batches = Batches(self._send)

    def add(self, beat: Beat) -> None:
        """Let a renewal ride with the next batch."""
        if beat.by_socket:
            return
        former = self._waiting.get(beat.session)
        if former is not None and former.keepalive:
            return
        if former is None and len(self._waiting) >= MOST:
            return
        self._waiting[beat.session] = beat
        if self._timer is None:
            self._timer = self._loop.call_later(DELAY, self._leave)

    def came_along(self, beat: Beat) -> None:
        """Let a renewal wait no more: another script has carried this sign of life of its session.

        A waiting keepalive says more, and that of a session of the original says when its token was issued.
        """
        waiting = self._waiting.get(beat.session)
        if waiting is None or waiting.keepalive or beat.by_socket:
            return
        if not is_original(beat.session):
            del self._waiting[beat.session]

    async def ask(self, beat: Beat) -> bool:
        """Renew with this tick's batch; say whether the session is valid."""
        return await self._batches.ask(user_bucket(beat.user), heartbeat_row(beat))

    async def flush(self) -> None:
        """Send every waiting renewal; what the store cannot take goes on waiting."""
        waiting, self._waiting = self._waiting, {}
        by_bucket: dict[int, list[Beat]] = {}
        for beat in waiting.values():
            by_bucket.setdefault(user_bucket(beat.user), []).append(beat)
        parts = [
            (bucket, beats[first : first + BATCH])
            for bucket, beats in by_bucket.items()
            for first in range(0, len(beats), BATCH)
        ]
        await asyncio.gather(*(self._renew(bucket, beats) for bucket, beats in parts))

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

    async def _renew(self, bucket: int, beats: Sequence[Beat]) -> None:
        try:
            await self._send(bucket, [heartbeat_row(beat) for beat in beats])
        except LiveUnavailable:
            for beat in beats:
                self._again(beat)

    def _again(self, beat: Beat) -> None:
        """Let a renewal wait once more, unless a newer one of its session does."""
        if beat.session not in self._waiting and len(self._waiting) < MOST:
            self._waiting[beat.session] = beat

    async def _send(self, bucket: int, rows: Sequence[HeartbeatRow]) -> list[bool]:
        answer: bytes = await self._core.users("heartbeats", bucket, pack(rows))
        verdicts = [verdict == 49 for verdict in answer]
        self._verdicts.pass_by(self._loop.time())
        for row, good in zip(rows, verdicts, strict=True):
            if good:
                self._verdicts.good(row.user, row.session)
            else:
                self._verdicts.over(row.user, (row.session,), None)
        return verdicts
