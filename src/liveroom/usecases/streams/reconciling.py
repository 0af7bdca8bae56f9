"""Compares streams with what their servers have: what nobody has reported, or too early, is found here.

A list that is not whole says nothing. A stream counts as gone when two lists in a row do not have it; one that is there
and unknown is cut off, if its name is one of ours, or taken up if its encoder may push.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from liveroom.domain.parts import parts
from liveroom.domain.rooms.model import Room
from liveroom.domain.streams.lifecycle import PushedStream, listed, missed, stopped, unwanted
from liveroom.domain.streams.model import LiveStream, StreamName
from liveroom.domain.vendors.model import VendorFailure
from liveroom.ports import StreamServer
from liveroom.usecases.streams.due import DueStreams
from liveroom.usecases.streams.owning import is_our_name
from liveroom.usecases.streams.reports import StreamReports
from liveroom.usecases.streams.rows import StreamChanges
from liveroom.usecases.streams.servers import StreamServers

log = structlog.get_logger("liveroom.streams")

EVERY: Final = timedelta(seconds=30)
_TWICE: Final = EVERY / 2
"""Two lists are at least so far apart."""
_PAGE: Final = 1000
_NAMES: Final = 500
_BANNED: Final = 200


@dataclass(frozen=True, slots=True)
class StreamReconciliation:
    """Does it, in one process at a time."""

    changes: StreamChanges
    servers: StreamServers
    reports: StreamReports
    due_streams: DueStreams
    _holder: str = field(default_factory=lambda: secrets.token_hex(8))

    async def run(self) -> int:
        """Ask every server what it has, and put right what differs; return how many streams did."""
        differing = 0
        for kind, server in self.servers.by_kind.items():
            now = self.changes.now()
            if await self.changes.db.leases.claim(f"streams:{kind.value}", self._holder, now, now + EVERY):
                differing += await self._compare(server)
        return differing

    async def _compare(self, server: StreamServer) -> int:
        if not await self.changes.db.push_streams.has_any(server.kind):
            return 0
        banned = await self._stop_banned(server)
        try:
            found = await server.live()
        except VendorFailure as failure:
            log.warning("streams.unlisted", server=server.kind.value, cause=str(failure))
            return banned
        if not found.is_whole:
            log.warning("streams.list_in_part", server=server.kind.value, streams=len(found.streams))
            return banned
        there = {one.name: one for one in found.streams}
        differing = await self._compare_ours(server, there)
        return banned + differing + await self._compare_theirs(server, there)

    async def _compare_ours(self, server: StreamServer, there: dict[StreamName, LiveStream]) -> int:
        """Compare streams that are live here, and take them out of ``there``; return how many differ."""
        differing, after = 0, ""
        while streams := await self.changes.db.push_streams.live(server.kind, after, _PAGE):
            after = streams[-1].id
            for stream in streams:
                live = there.pop(stream.name, None)
                if live is None or not _is_same(stream, live):
                    await self._correct(stream, live)
                    differing += 1
            if len(streams) < _PAGE:
                break
        return differing

    async def _correct(self, stream: PushedStream, live: LiveStream | None) -> None:
        now = self.changes.now()

        def correct(one: PushedStream, _room: Room | None) -> PushedStream:
            if live is None:
                return missed(one, now, _TWICE)
            return listed(one, live, one.broadcast, now) if one.is_open else one

        await self.due_streams.change(stream, correct)

    async def _compare_theirs(self, server: StreamServer, there: Mapping[StreamName, LiveStream]) -> int:
        """Take up, or cut off, what is live at the server and not here; return how many."""
        differing, ours = 0, [name for name in there if is_our_name(name)]
        for names in parts(ours, _NAMES):
            known = {one.name: one for one in await self.changes.db.push_streams.named(names)}
            for name in names:
                differing += await self._unexpected(server, known.get(name), there[name])
        return differing

    async def _unexpected(self, server: StreamServer, stream: PushedStream | None, live: LiveStream) -> bool:
        if stream is None:
            try:
                await server.drop(live.name, live.session)
            except VendorFailure as failure:
                log.warning("stream.undone", name=live.name, task="drop", cause=str(failure))
            return True
        if live.session in stream.over and not stream.stopped:
            return False
        if stream.stopped or stream.is_removed:
            await self.due_streams.change(stream, lambda one, _: unwanted(one))
            return True
        await self.reports.adopt(stream, live)
        return True

    async def _stop_banned(self, server: StreamServer) -> int:
        now = self.changes.now()
        banned = await self.changes.db.push_streams.of_banned(server.kind, now, _BANNED)
        for id in banned:
            stream = await self.changes.db.push_streams.get(id)
            if stream is not None:
                await self.due_streams.change(stream, lambda one, _: stopped(one, now))
        return len(banned)


def _is_same(stream: PushedStream, live: LiveStream) -> bool:
    """Say whether a list has a live stream as it is known, so that nothing has to be written."""
    if stream.absent is not None or live.session not in ("", stream.session):
        return False
    return listed(stream, live, stream.broadcast, stream.created) == stream
