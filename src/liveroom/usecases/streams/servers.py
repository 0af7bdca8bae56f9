"""The servers of streams that are set up, and what is asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from liveroom.domain.errors import BadRequest, NotOffered, ProviderUnavailable
from liveroom.domain.ids import TenantName
from liveroom.domain.streams.lifecycle import PushedStream, StreamTask
from liveroom.domain.streams.model import PushAddress, PushKey, PushSession, StreamServerName
from liveroom.domain.vendors.model import VendorFailure
from liveroom.ports import StreamServer

log = structlog.get_logger("liveroom.streams")


@dataclass(frozen=True, slots=True)
class StreamServers:
    """By their names; streams of one that is not set up any more are watched and pushed by nobody."""

    by_name: Mapping[StreamServerName, StreamServer]
    shared: Sequence[StreamServerName]
    """Those of tenants who have none of their own."""
    own: Mapping[TenantName, Sequence[StreamServerName]] = field(default_factory=dict)

    def of(self, stream: PushedStream) -> StreamServer | None:
        """Return a stream's server; None: it is not set up any more."""
        return self.by_name.get(stream.server)

    def offered(self, tenant: TenantName) -> Sequence[StreamServerName]:
        """Return the servers that a tenant's hosts may choose from, the default first."""
        return self.own.get(tenant, self.shared)

    def chosen(self, tenant: TenantName, name: str) -> StreamServerName:
        """Return the server of a new stream; "": the tenant's default. Raises ``NotOffered``, ``BadRequest``."""
        offered = self.offered(tenant)
        if not offered:
            raise NotOffered
        if name and name not in offered:
            raise BadRequest(f"no such server of streams; there are {', '.join(offered)}")
        return StreamServerName(name) if name else offered[0]

    async def push_addresses(self, stream: PushedStream, secret: str) -> Sequence[PushAddress]:
        """Return where an encoder may push. Raises ``NotOffered``, ``ProviderUnavailable``."""
        server = self.of(stream)
        if server is None:
            raise NotOffered
        try:
            return await server.push_addresses(stream.name, PushKey(secret, stream.key_expires), room=stream.room)
        except VendorFailure as failure:
            log.warning("streams.no_address", stream=stream.id, server=stream.server, cause=str(failure))
            raise ProviderUnavailable(f"the server of streams does not answer: {failure}") from failure

    async def carry_out(self, stream: PushedStream, task: StreamTask) -> None:
        """Have the stream's server do what is left to do. Raises ``VendorFailure``."""
        server = self.of(stream)
        if server is None or task is StreamTask.LOOK:
            return
        if task is StreamTask.ALLOW:
            await server.allow(stream.name)
            return
        if task is not StreamTask.DROP:
            await server.forbid(stream.name, None)
        await server.drop(stream.name, _unwanted(stream, task))


def _unwanted(stream: PushedStream, task: StreamTask) -> PushSession:
    """Return the connection to cut; "": whichever there is, as the one that counted last may have been followed."""
    is_one = task is StreamTask.DROP and not stream.stopped and stream.over
    return stream.over[-1] if is_one else PushSession("")
