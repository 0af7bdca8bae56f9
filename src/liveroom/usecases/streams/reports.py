"""What servers of streams ask and report (STREAMS.md 8): hints, each taken once, in whatever order they come.

An encoder is let in by its key, while the key is good, its user is not banned, and the room is open or opens with it.
Everything else that is said changes only what the connection that it names may change (``domain.streams.lifecycle``).
"""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Final, NamedTuple

import structlog

from liveroom.domain.errors import Refused, RoomNotFound
from liveroom.domain.ids import digest_of
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.streams.lifecycle import PushedStream, begun, ended, listed, sized, unwanted
from liveroom.domain.streams.model import LiveStream, PushSession, StreamReport, StreamReportKind, StreamServerName
from liveroom.usecases.streams.due import DueStreams
from liveroom.usecases.streams.hosts import StreamHosts
from liveroom.usecases.streams.rows import StreamChanges

log = structlog.get_logger("liveroom.streams")


class StreamVerdict(NamedTuple):
    """Whether an encoder may push; why not, for the operator's log: encoders show none of it."""

    allowed: bool
    reason: str = ""


_TAKEN: Final = StreamVerdict(allowed=True)


class PushRefused(Refused):
    """An encoder is not let in."""


@dataclass(frozen=True, slots=True)
class StreamReports:
    """Takes them up. Raises ``Unavailable``: then nobody is let in, and who repeats reports does it again."""

    changes: StreamChanges
    hosts: StreamHosts
    due_streams: DueStreams

    async def receive(self, report: StreamReport, server: StreamServerName) -> StreamVerdict:
        """Use a server's report of one of its own streams, and say whether the encoder may push; with others than
        ``ASKED`` that is for the log alone.
        """
        stream = next(iter(await self.changes.db.push_streams.named([report.name])), None)
        if stream is None or stream.server != server:
            return self._refuse(report, "there is no such stream")
        if report.kind is StreamReportKind.ENDED:
            return await self._end(stream, report)
        asked = report.kind is StreamReportKind.ASKED
        if not asked and report.session in stream.over:
            return _TAKEN
        try:
            self._check_key(stream, report)
            await self._begin(stream, report)
        except Refused as failure:
            if not asked:
                await self._cut(stream, report.session)
            return self._refuse(report, failure.detail)
        return _TAKEN

    async def adopt(self, stream: PushedStream, live: LiveStream) -> None:
        """Take up a stream that a server's list has and of whose start nobody has said anything; or cut it off."""
        try:
            await self._enter(stream)
            now = self.changes.now()
            await self.due_streams.change(stream, lambda one, room: listed(one, live, _live(one, room).broadcast, now))
        except Refused as failure:
            log.info("stream.not_adopted", stream=stream.id, room=stream.room, reason=failure.detail)
            await self._cut(stream, live.session)

    async def _begin(self, stream: PushedStream, report: StreamReport) -> None:
        await self._enter(stream)
        now, asked = self.changes.now(), report.kind is StreamReportKind.ASKED

        def begin(one: PushedStream, room: Room | None) -> PushedStream:
            after = begun(one, report.session, _live(one, room).broadcast, now, asked=asked)
            return sized(after, report.width, report.height, report.kilobits)

        await self.due_streams.change(stream, begin)

    async def _enter(self, stream: PushedStream) -> None:
        _check_wanted(stream)
        await self.hosts.check_user(stream)
        await self.hosts.bring_in(stream)

    async def _end(self, stream: PushedStream, report: StreamReport) -> StreamVerdict:
        now = self.changes.now()
        await self.due_streams.change(
            stream, lambda one, _: ended(one, report.session, now, replaced=report.is_replaced)
        )
        return _TAKEN

    async def _cut(self, stream: PushedStream, session: PushSession) -> None:
        now = self.changes.now()
        await self.due_streams.change(stream, lambda one, _: unwanted(ended(one, session, now)))

    def _check_key(self, stream: PushedStream, report: StreamReport) -> None:
        """Raise unless the key is the stream's and good; where a server has checked it, it is not shown to us."""
        if not report.secret and report.kind is StreamReportKind.STARTED:
            return
        if not compare_digest(digest_of(report.secret), stream.key_digest):
            raise PushRefused("the key is another")
        if stream.key_expires <= self.changes.now():
            raise PushRefused("the key has expired")

    def _refuse(self, report: StreamReport, reason: str) -> StreamVerdict:
        log.info("stream.refused", name=report.name, session=report.session, reason=reason)
        return StreamVerdict(allowed=False, reason=reason)


def _check_wanted(stream: PushedStream) -> None:
    if stream.stopped or stream.is_removed:
        raise PushRefused("the stream is stopped")


def _live(stream: PushedStream, room: Room | None) -> Room:
    """Return the room of a locked stream that may begin in it."""
    _check_wanted(stream)
    if room is None or room.state is not RoomStatus.LIVE:
        raise RoomNotFound("the room is not live")
    return room
