"""A server of streams as one would draw it on paper: who publishes which name, and what it has said of that.

One connection of a name publishes; a second one is asked for, and ended at once, as nginx-rtmp does. What it reports
waits until a test delivers it, once or twice, late, in another order, or never.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Final

from liveroom.app.streams import StreamServices
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import (
    LiveStream,
    LiveStreams,
    PlayAddress,
    PlayProtocol,
    PushAddress,
    PushKey,
    PushProtocol,
    PushSession,
    StreamName,
    StreamReport,
    StreamReportKind,
    StreamServerKind,
    StreamServerName,
)
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import Clock
from liveroom.usecases.drift.reconciling import Reconciliation
from liveroom.usecases.streams.reports import StreamReports
from liveroom.usecases.streams.servers import StreamServers
from tests.service import Service

_sessions: Final = count(1)
NAME: Final = StreamServerName("nginx_rtmp")
"""What a ``PaperServer`` is called, unless a test has two."""


@dataclass
class PaperServer:
    """``ports.StreamServer``."""

    clock: Clock
    publishing: dict[StreamName, PushSession] = field(default_factory=dict)
    said: list[StreamReport] = field(default_factory=list)
    """Reports that are still on their way."""
    forbidden: set[StreamName] = field(default_factory=set)
    keys: dict[StreamName, str] = field(default_factory=dict)
    is_whole: bool = True
    is_down: bool = False
    kind: StreamServerKind = StreamServerKind.NGINX_RTMP
    name: StreamServerName = NAME

    async def push_addresses(self, name: StreamName, key: PushKey, *, room: RoomId) -> Sequence[PushAddress]:
        self.keys[name] = key.secret
        return [PushAddress(PushProtocol.RTMP, "rtmp://paper/x", "rtmp://paper", "x")]

    def play_addresses(self, name: StreamName, viewer: UserId, expires: datetime) -> Sequence[PlayAddress]:
        return [PlayAddress(PlayProtocol.FLV, f"https://paper/{name}.flv")]

    async def drop(self, name: StreamName, session: PushSession) -> None:
        self._answer()
        if name in self.publishing and session in ("", self.publishing[name]):
            self.die(name)

    async def forbid(self, name: StreamName, until: datetime | None) -> None:
        self._answer()
        self.forbidden.add(name)

    async def allow(self, name: StreamName) -> None:
        self._answer()
        self.forbidden.discard(name)

    async def live(self) -> LiveStreams:
        self._answer()
        return LiveStreams([LiveStream(*one) for one in self.publishing.items()], self.is_whole)

    async def push(self, name: StreamName, reports: StreamReports, key: str = "") -> bool:
        """Have an encoder connect; say whether it was let in, be it only to hear that the name is taken."""
        session = PushSession(str(next(_sessions)))
        if name in self.forbidden:
            return False
        asked = self._report(StreamReportKind.ASKED, name, session, key or self.keys[name])
        if not (await reports.receive(asked, self.name)).allowed:
            return False
        if name in self.publishing:
            self.said.append(self._report(StreamReportKind.ENDED, name, session))
        else:
            self.publishing[name] = session
        return True

    def die(self, name: StreamName) -> None:
        """End the connection that publishes a name, if there is one."""
        if (session := self.publishing.pop(name, None)) is not None:
            self.said.append(self._report(StreamReportKind.ENDED, name, session))

    def _report(self, kind: StreamReportKind, name: StreamName, session: PushSession, key: str = "") -> StreamReport:
        return StreamReport(kind, name, session, key, self.clock.now())

    def _answer(self) -> None:
        if self.is_down:
            raise VendorFailure(Trouble.BUSY, "the server is down")


def reconciliation(service: Service, services: StreamServices) -> Reconciliation:
    """Return what compares streams alone, as one process does."""
    return Reconciliation(service.core.db, service.clock, [services.drift])


def with_server(services: StreamServices, *servers: PaperServer) -> StreamServices:
    """Return the same use cases with these servers, open to all tenants, in place of the one that the settings name."""
    by_name = {one.name: one for one in servers}
    return _with(services, StreamServers(by_name, [*by_name]))


def _with(services: StreamServices, servers: StreamServers) -> StreamServices:
    due_streams = replace(services.due_streams, servers=servers)
    reports = replace(services.reports, due_streams=due_streams)
    return replace(
        services,
        streams=replace(services.streams, servers=servers, due_streams=due_streams),
        playback=replace(services.playback, servers=servers),
        admin_streams=replace(services.admin_streams, due_streams=due_streams),
        reports=reports,
        due_streams=due_streams,
        drift=replace(services.drift, servers=servers, reports=reports, due_streams=due_streams),
    )
