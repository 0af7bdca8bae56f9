"""What busy rooms gather leaves when it is due: by a timer of the process that gathered, or by anybody's job.

The due time is judged by the script; a timer only wakes up.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import RoomId
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import ROOMS
from liveroom.store.live.redis.watch import DirtyBuckets

log = structlog.get_logger("liveroom.redis")

_PART: Final = 200
"""Rooms of a bucket that one run publishes for processes that died."""


class Pacing:
    """Publishes what rooms have gathered."""

    def __init__(self, core: RedisCore, watch: DirtyBuckets) -> None:
        self._core = core
        self._watch = watch
        self._loop = asyncio.get_running_loop()
        self._timers: dict[RoomId, tuple[datetime, asyncio.TimerHandle]] = {}
        """When what rooms gathered is due, by the clock and by the loop."""
        self._tasks: set[asyncio.Task[Any]] = set()

    def gathered(self, room: RoomId, wait: int) -> None:
        """Note that this process has gathered something, which is due in so many milliseconds (0: nothing)."""
        if wait and room not in self._timers:
            due = self._core.clock.now() + timedelta(milliseconds=wait)
            self._timers[room] = due, self._loop.call_later(wait / 1000, self._wake, room)

    def _wake(self, room: RoomId) -> None:
        self._timers.pop(room, None)
        task = deadlines.spawn(self._publish_later(room))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish_later(self, room: RoomId) -> None:
        try:
            await self._publish(room)
        except LiveUnavailable as failure:
            log.debug("redis.gathered_left", room=room, cause=failure.detail)

    async def _publish(self, room: RoomId) -> int:
        wait, published = await self._core.members("publish_gathered", room)
        self.gathered(room, wait)
        return int(published)

    async def catch_up(self) -> int:
        """Publish what is due, also what a dead process gathered; return how many rooms did."""
        await self._watch.look_around()
        left = await asyncio.gather(*(self._left_in(bucket) for bucket in list(self._watch.pending)))
        now = self._core.clock.now()
        ours = [room for room, (due, _) in self._timers.items() if due <= now]
        for room in ours:
            self._timers.pop(room)[1].cancel()
        rooms = {*ours, *(room for some in left for room in some)}
        return sum(await asyncio.gather(*(self._publish(room) for room in rooms)))

    async def _left_in(self, bucket: int) -> list[RoomId]:
        keys = ROOMS[bucket]
        read = (keys.facts, keys.pending)
        found = await self._core.in_room_bucket("due_rooms", bucket, read, self._core.offset(), _PART)
        if len(found) < _PART:
            self._watch.pending.discard(bucket)
        return [RoomId(room.decode()) for room in found]

    async def close(self) -> None:
        """Stop the timers; what is gathered leaves with another process's job."""
        for _, timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
