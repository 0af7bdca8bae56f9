"""The servers of streams that are set up, and what is asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from liveroom.domain.errors import NotOffered, ProviderUnavailable
from liveroom.domain.streams.lifecycle import PushedStream, StreamTask
from liveroom.domain.streams.model import PushAddress, PushKey, PushSession, StreamServerKind
from liveroom.domain.vendors.model import VendorFailure
from liveroom.ports import StreamServer

log = structlog.get_logger("liveroom.streams")


@dataclass(frozen=True, slots=True)
class StreamServers:
    """By their kind; streams of one that is not set up any more are watched and pushed by nobody."""

    by_kind: Mapping[StreamServerKind, StreamServer]

    def of(self, stream: PushedStream) -> StreamServer | None:
        """Return a stream's server; None: it is not set up any more."""
        return self.by_kind.get(stream.server)

    def default(self) -> StreamServer:
        """Return the server of new streams. Raises ``NotOffered``."""
        for server in self.by_kind.values():
            return server
        raise NotOffered

    async def push_addresses(self, stream: PushedStream, secret: str) -> Sequence[PushAddress]:
        """Return where an encoder may push. Raises ``NotOffered``, ``ProviderUnavailable``."""
        server = self.of(stream)
        if server is None:
            raise NotOffered
        try:
            return await server.push_addresses(stream.name, PushKey(secret, stream.key_expires), room=stream.room)
        except VendorFailure as failure:
            log.warning("streams.no_address", stream=stream.id, server=stream.server.value, cause=str(failure))
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
