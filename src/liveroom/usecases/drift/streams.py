"""Streams against what their servers have: what nobody has reported, or too early, is found here.

A stream that is there and unknown is cut off, if its name is one of ours, or taken up if its encoder may push. The size
and rate of its picture are no differences: they are taken up with each list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from liveroom.domain.drift.model import Drift, DriftCase, DriftSource
from liveroom.domain.drift.rules import is_too_much
from liveroom.domain.parts import parts
from liveroom.domain.rooms.model import Room
from liveroom.domain.streams.lifecycle import PushedStream, StreamState, listed, missed, sized, unwanted
from liveroom.domain.streams.model import LiveStream, PushSession, StreamName, StreamServerName
from liveroom.domain.vendors.model import VendorFailure
from liveroom.ports import LookResult, Rest, StreamServer
from liveroom.usecases.streams.due import DueStreams
from liveroom.usecases.streams.owning import is_our_name
from liveroom.usecases.streams.reports import StreamReports
from liveroom.usecases.streams.rows import StreamChanges
from liveroom.usecases.streams.servers import StreamServers

_PAGE: Final = 1000
_NAMES: Final = 500
_Listed = Mapping[StreamName, LiveStream]


@dataclass(slots=True)
class StreamDrift:
    """``ports.Reconciled``."""

    changes: StreamChanges
    servers: StreamServers
    reports: StreamReports
    due_streams: DueStreams
    source: DriftSource = DriftSource.STREAMS
    _listed: dict[StreamServerName, _Listed] = field(default_factory=dict)
    """What each server had in the last look."""

    def is_there(self) -> bool:
        return bool(self.servers.by_name)

    async def compare(self, rest: Rest) -> LookResult:
        """Look: what counts as live is read first, so that whatever begins meanwhile is in the list.

        A server that cannot be listed keeps nobody from comparing the others. One of whose streams too much differs is
        reported alone, so that the measure of too much is its own number of streams.
        """
        looks, unlisted = list[LookResult](), list[str]()
        self._listed = {}
        for name, server in self.servers.by_name.items():
            if not await self.changes.db.push_streams.has_any(name):
                continue
            try:
                look = await self._look(name, server, rest)
            except VendorFailure as failure:
                look = LookResult(0, (), is_whole=False, reason=f"{name}: {failure}")
            if look.is_whole:
                looks.append(look)
            else:
                unlisted.append(look.reason)
        reason = "; ".join(unlisted)
        if unlisted and not looks:
            return LookResult(0, (), is_whole=False, reason=reason)
        odd = [one for one in looks if is_too_much(sum(drift.facts.counts for drift in one.found), one.items)]
        shown = odd[:1] or looks
        found = [drift for one in shown for drift in one.found]
        return LookResult(sum(one.items for one in shown), found, reason=reason)

    async def _look(self, name: StreamServerName, server: StreamServer, rest: Rest) -> LookResult:
        """Compare the streams of one server. Raises ``VendorFailure``."""
        ours = await self._live(name, rest)
        answer = await server.live()
        if not answer.is_whole:
            return LookResult(0, (), is_whole=False, reason=f"{name} does not list all of its streams")
        theirs = {one.name: one for one in answer.streams}
        self._listed[name] = dict(theirs)
        found = list[Drift]()
        for stream in ours:
            case = await self._compare(stream, theirs.pop(stream.name, None))
            found += [] if case is None else [_about(case, stream)]
        others = [one for one in theirs if is_our_name(one)]
        found += await self._others(name, others, theirs)
        return LookResult(len(ours) + len(others), found)

    async def _live(self, server: StreamServerName, rest: Rest) -> Sequence[PushedStream]:
        found, after = list[PushedStream](), ""
        while streams := await self.changes.db.push_streams.live(server, after, _PAGE):
            after = streams[-1].id
            found += streams
            await rest(0)
        return found

    async def _compare(self, stream: PushedStream, live: LiveStream | None) -> DriftCase | None:
        if live is None:
            return DriftCase.STREAM_GONE
        after = listed(stream, live, stream.broadcast, stream.created)
        if after.session != stream.session:
            return DriftCase.STREAM_REPLACED
        if after != stream:
            await self.due_streams.change(stream, lambda one, _: sized(one, live.width, live.height, live.kilobits))
        return None

    async def _others(self, server: StreamServerName, names: Sequence[StreamName], theirs: _Listed) -> Sequence[Drift]:
        """Return what differs about streams that are live at a server and not here; one of another's is unknown."""
        found, now = list[Drift](), self.changes.now()
        for some in parts(names, _NAMES):
            named = await self.changes.db.push_streams.named(some)
            known = {one.name: one for one in named if one.server == server}
            unknown = [name for name in some if name not in known]
            found += [Drift(self.source, DriftCase.STREAM_UNKNOWN, name) for name in unknown]
            cases = [(one, _case_of(one, theirs[one.name], now)) for one in known.values()]
            found += [_about(case, stream) for stream, case in cases if case is not None]
        return found

    async def repair(self, drift: Drift) -> None:
        if drift.case is DriftCase.STREAM_UNKNOWN:
            await self._cut_unknown(StreamName(drift.subject))
            return
        stream = await self.changes.db.push_streams.get(drift.subject.partition(" ")[0])
        if stream is None:
            return
        live = self._listed.get(stream.server, {}).get(stream.name)
        if live is not None and drift.case is DriftCase.STREAM_UNSEEN:
            await self.reports.adopt(stream, live)
            return
        now = self.changes.now()

        def repaired(one: PushedStream, _room: Room | None) -> PushedStream:
            return _repaired(drift, one, live, now)

        await self.due_streams.change(stream, repaired)

    async def _cut_unknown(self, name: StreamName) -> None:
        """Cut off a stream wherever it is, unless it has become one of ours there."""
        known = next(iter(await self.changes.db.push_streams.named([name])), None)
        for at, streams in self._listed.items():
            live, server = streams.get(name), self.servers.by_name.get(at)
            if live is not None and server is not None and (known is None or known.server != at):
                await server.drop(name, live.session)


def _repaired(drift: Drift, stream: PushedStream, live: LiveStream | None, now: datetime) -> PushedStream:
    """Return a stream as it is right, by what it has become since the look."""
    match drift.case:
        case DriftCase.STREAM_GONE:
            return missed(stream, PushSession(drift.detail), now)
        case DriftCase.STREAM_REPLACED if live is not None and stream.state is StreamState.LIVE:
            return listed(stream, live, stream.broadcast, now)
        case DriftCase.STREAM_UNALLOWED if stream.stopped or stream.is_removed:
            return unwanted(stream)
    return stream


def _case_of(stream: PushedStream, live: LiveStream, now: datetime) -> DriftCase | None:
    """Return what differs about a stream that is live at its server and not here."""
    if stream.stopped or stream.is_removed:
        return DriftCase.STREAM_UNALLOWED
    return None if listed(stream, live, stream.broadcast, now) == stream else DriftCase.STREAM_UNSEEN


def _about(case: DriftCase, stream: PushedStream) -> Drift:
    """Return a difference about the connection that counts: of another one it is found anew."""
    about = f"{stream.id} {stream.session}".rstrip()
    return Drift(DriftSource.STREAMS, case, about, stream.tenant, stream.room, stream.user, stream.session)
