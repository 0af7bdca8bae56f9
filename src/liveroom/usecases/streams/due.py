"""What is due about streams: ending interruptions, saying that a host is there, and what a server still has to do.

Each stream says when something is to be done about it. What a call has begun it also does at once; what a process left
behind, or a server did not answer, the job finds. Doing it twice changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.domain.presence.outside import OutsideSource, Sighting
from liveroom.domain.rooms.model import Room
from liveroom.domain.streams.lifecycle import SIGHTED_AGAIN, PushedStream, StreamTask, removed, seated, settled, stopped
from liveroom.domain.vendors.model import VendorFailure
from liveroom.ports import Live
from liveroom.usecases.streams.hosts import seat_now
from liveroom.usecases.streams.rows import StreamChanges, Work
from liveroom.usecases.streams.servers import StreamServers

log = structlog.get_logger("liveroom.streams")

_AT_ONCE: Final = 200
_RETRY: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class DueStreams:
    """Does it."""

    changes: StreamChanges
    servers: StreamServers
    live: Live

    async def run(self) -> int:
        """Do what is due, some at a time; return of how many streams."""
        due = await self.changes.db.push_streams.due(self.changes.now(), _AT_ONCE)
        for stream in due:
            await self.attend(stream)
        return len(due)

    async def change(self, known: PushedStream, work: Work) -> PushedStream | None:
        """Change a stream (``StreamChanges.change``) and do what is due about it then; None: it is not there any more.

        What is not possible now is done by the job.
        """
        changed = await self.changes.change(known, work)
        if changed is not None:
            try:
                await self.attend(changed)
            except Unavailable as failure:
                log.info("stream.attended_later", stream=changed.id, cause=failure.detail)
        return changed

    async def attend(self, stream: PushedStream) -> None:
        """Do what is due about a stream. Raises ``Unavailable``."""
        now, seat = self.changes.now(), await seat_now(self.live, stream) if stream.seat else 0
        if self._settled(stream, seat, now) != stream:
            after = await self.changes.change(stream, lambda one, _: self._settled(one, seat, now))
            if after is None:
                return
            stream = after
        await self._vouch(stream, now)
        if stream.task is not None and (stream.retry is None or stream.retry <= now):
            await self._carry_out(stream, stream.task, now)

    def _settled(self, stream: PushedStream, seat: int, now: datetime) -> PushedStream:
        """Return a stream as time has made it; one whose user is gone, or had to leave the room, is over.

        ``seat``: that its user has now.
        """
        if stream.is_removed:
            return removed(stream, now)
        if stream.seat:
            stream = seated(stream, seat, now)
        if stream.stopped and stream.is_open:
            return stopped(stream, now)
        return settled(stream, now, self.changes.grace)

    async def _vouch(self, stream: PushedStream, now: datetime) -> None:
        """Say that the host is there as long as the stream is, and that they have gone once it is over.

        That it is said is noted first, and that it ended last: so an end is never forgotten.
        """
        if stream.is_open and (stream.sighted is None or stream.sighted + SIGHTED_AGAIN <= now):
            noted = await self.changes.change(stream, lambda one, _: _sighted(one, now))
            if noted is not None and noted.is_open:
                await self.live.outside.receive([_sighting(stream, now, present=True)])
        elif not stream.is_open and stream.sighted is not None:
            await self.live.outside.receive([_sighting(stream, now, present=False)])
            await self.changes.change(stream, _unsighted)

    async def _carry_out(self, stream: PushedStream, task: StreamTask, now: datetime) -> None:
        try:
            await self.servers.carry_out(stream, task)
        except VendorFailure as failure:
            log.warning("stream.undone", stream=stream.id, task=task.value, cause=str(failure))
            await self.changes.change(stream, lambda one, _: _later(one, task, now))
            return
        if task is StreamTask.REMOVE and stream.sighted is None:
            await self.changes.db.push_streams.drop(stream.id)
        elif task is not StreamTask.REMOVE:
            await self.changes.change(stream, lambda one, _: _done(one, task))


def _sighting(stream: PushedStream, now: datetime, *, present: bool) -> Sighting:
    return Sighting(stream.user, OutsideSource.STREAM, stream.room, stream.id, now, present)


def _sighted(stream: PushedStream, now: datetime) -> PushedStream:
    return replace(stream, sighted=now) if stream.is_open else stream


def _unsighted(stream: PushedStream, _room: Room | None) -> PushedStream:
    return stream if stream.is_open else replace(stream, sighted=None)


def _later(stream: PushedStream, task: StreamTask, now: datetime) -> PushedStream:
    return replace(stream, retry=now + _RETRY) if stream.task is task else stream


def _done(stream: PushedStream, task: StreamTask) -> PushedStream:
    return replace(stream, task=None, retry=None) if stream.task is task else stream
