"""The seam to servers that take pushed streams (STREAMS.md 1 to 5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import (
    LiveStreams,
    PlayAddress,
    PushAddress,
    PushKey,
    PushSession,
    StreamAnswer,
    StreamCall,
    StreamName,
    StreamServerKind,
)


class StreamServer(Protocol):
    """A server of streams. What asks it over the network raises ``VendorFailure``, within its own time limit; every
    call may be made again.
    """

    @property
    def kind(self) -> StreamServerKind: ...

    async def push_addresses(self, name: StreamName, key: PushKey, *, room: RoomId) -> Sequence[PushAddress]:
        """Return where an encoder may push; with those that keep addresses themselves (LiveKit), make one there, which
        puts the stream into the room's media. A former address of the stream ends there."""

    def play_addresses(self, name: StreamName, viewer: UserId, expires: datetime) -> Sequence[PlayAddress]:
        """Return where a viewer may watch; signed until ``expires`` where the operator signs, else public."""

    async def drop(self, name: StreamName, session: PushSession) -> None:
        """Cut an encoder's connection; it may come back with a good key. One that is gone is no failure."""

    async def forbid(self, name: StreamName, until: datetime | None) -> None:
        """Take no push of this name, None: as long as the server can; nothing where our answer to ``ASKED`` does it."""

    async def allow(self, name: StreamName) -> None:
        """Take pushes of this name again."""

    async def live(self) -> LiveStreams:
        """Return what is live now."""


class FrameSource(Protocol):
    """Takes frames of streams."""

    async def take(self, address: str) -> bytes:
        """Return a frame of what is played there, as a JPEG. Raises ``VendorFailure``, within its own time limit."""


class StreamCallbacks(Protocol):
    """How a server calls us, and how it reads an answer."""

    def read(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime) -> StreamCall:
        """Return what a call says; names in ``query`` are in small letters. Raises ``PermissionDenied`` unless our
        server said it, ``BadRequest`` where it cannot be read."""

    def answer(self, call: StreamCall, is_allowed: bool) -> StreamAnswer:
        """Return what to answer to a call that was read."""
