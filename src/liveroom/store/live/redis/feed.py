"""The feed of ended sessions: one stream, which every process reads with a blocking XREAD (LIVE.md 4).

Each answer of the blocking read, even an empty one, proves that nothing was missed until then, so the stream needs no
heartbeat entries. A process without an answer for a second no longer trusts its session cache.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any, Final

import hiredis
import msgspec
import structlog

from liveroom import deadlines
from liveroom.domain.accounts.sessions import EndedSessions, SessionEnd
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.moments import at, moment
from liveroom.ports import Clock
from liveroom.store.live.listener_registry import ListenerRegistry
from liveroom.store.live.redis.calls import ScriptCaller
from liveroom.store.live.redis.keys import REVOKED
from liveroom.store.live.redis.records import pack
from liveroom.store.live.redis.session_cache import SessionCache
from liveroom.store.live.redis.wire import Disconnected, Wire

log = structlog.get_logger("liveroom.redis")

BEHIND: Final = 1.0
"""Seconds without an answer after which nothing is trusted."""
KEPT: Final = 600
"""Seconds for which the stream remembers."""
AGAIN: Final = 60
"""Seconds of it that are read again after another server took over."""
_BLOCK: Final = 400
_PAUSE: Final = 0.1
_read: Final = msgspec.msgpack.Decoder(tuple[UserId, tuple[SessionId, ...], int | None]).decode


class SessionFeed:
    """Reads the stream as long as the process lives."""

    def __init__(
        self, caller: ScriptCaller, clock: Clock, session_cache: SessionCache, listeners: ListenerRegistry
    ) -> None:
        self._caller = caller
        self._clock = clock
        self._session_cache = session_cache
        self._listeners = listeners
        self._loop = asyncio.get_running_loop()
        self._answered_at = float("-inf")
        self._answered_time = datetime.min.replace(tzinfo=UTC)
        self._last = b""
        self._run_id = ""
        self._looked, self._fresh = float("-inf"), False
        self._reading = False
        self._task: asyncio.Task[None] | None = None

    def is_fresh(self) -> bool:
        """Say whether everything older than a second has been received."""
        now = self._loop.time()
        if now != self._looked:
            # uvloop's time stands still within a turn of the loop: one look is for all calls of it.
            self._looked, self._fresh = now, self._silence() < BEHIND
        return self._fresh

    def _silence(self) -> float:
        """Return for how many seconds nothing has been received.

        The loop's time stands still while a machine sleeps, and the clock may be put back: the longer one counts.
        """
        return max(self._loop.time() - self._answered_at, (self._time() - self._answered_time).total_seconds())

    def _time(self) -> datetime:
        return self._clock.now() - self._clock.offset

    def start(self) -> None:
        """Begin to read."""
        if self._task is None:
            self._task = deadlines.spawn(self._read())

    async def stop(self) -> None:
        """End reading."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
        self._answered_at = float("-inf")

    async def publish(self, ended: EndedSessions) -> None:
        """Tell every process that sessions have ended."""
        before = None if ended.original_before is None else moment(ended.original_before)
        entry = pack([ended.user, list(ended.sessions), before])
        oldest = max(moment(self._clock.now() - self._clock.offset) - KEPT * 1000, 0)
        add = ("XADD", REVOKED, "MINID", "~", oldest, "*", "e", entry, "why", ended.why.value)
        await self._caller.command(REVOKED, *add)

    async def _read(self) -> None:
        while True:
            try:
                await self._listen()
            except (Disconnected, hiredis.ReplyError) as error:
                if self._reading:
                    log.warning("redis.feed_lost", cause=str(error))
                self._reading = False
            await asyncio.sleep(_PAUSE)

    async def _listen(self) -> None:
        """Read the stream until the connection ends; where it is now is asked anew each time."""
        await self._caller.find_out()
        wire = await self._caller.dedicated(REVOKED)
        try:
            await self._read_entries(wire)
        finally:
            wire.abort()

    async def _read_entries(self, wire: Wire) -> None:
        if wire.run_id != self._run_id or self._silence() > KEPT / 2:
            await self._begin(wire)
        self._reading = True
        while True:
            answer = await wire.ask("XREAD", "BLOCK", _BLOCK, "COUNT", 1000, "STREAMS", REVOKED, self._last)
            for id, fields in answer[0][1] if answer else ():
                self._note(id, fields)
                self._last = id
            self._note_answer()

    def _note_answer(self) -> None:
        self._answered_at, self._answered_time = self._loop.time(), self._time()

    async def _begin(self, wire: Wire) -> None:
        """Begin a little before the stream's end, knowing nothing: what was told meanwhile may be read twice."""
        newest: list[Any] = await wire.ask("XREVRANGE", REVOKED, "+", "-", "COUNT", 1)
        self._session_cache.forget()
        self._last = b"%d-0" % max(_when(newest[0][0]) - AGAIN * 1000, 0) if newest else b"0-0"
        self._run_id = wire.run_id
        self._note_answer()

    def _note(self, id: bytes, fields: list[bytes]) -> None:
        """Take an entry; one of an earlier release does not say why."""
        named = dict(zip(fields[::2], fields[1::2], strict=True))
        user, sessions, before = _read(named[b"e"])
        ended = EndedSessions(
            user,
            sessions,
            at(_when(id)) + self._clock.offset,
            None if before is None else at(before),
            SessionEnd(named[b"why"].decode()) if b"why" in named else SessionEnd.LOGOUT,
        )
        self._session_cache.end(ended)
        self._listeners.notify(lambda listener: listener.sessions_over(ended))


def _when(id: bytes) -> int:
    """Return the time in the id of an entry."""
    return int(id.partition(b"-")[0])
