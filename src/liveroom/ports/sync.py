"""The seam to state sync: sockets as signs of life, and the publications of rooms (LIVE.md 5 to 7).

Parts of the live store, in memory and on Redis; one suite proves both. A process receives through its ``LiveListener``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.events.model import Announcement, Devices, Position, Publication, Recent, Snapshot, Socket
from liveroom.domain.ids import RoomId, SessionId, TenantName, UserId
from liveroom.domain.presence.members import PresenceEntry


class LiveListener(Protocol):
    """The listener of this process. Called in the loop, one call after another; nothing may be raised or awaited."""

    def published(self, room: RoomId, epoch: str, publication: Publication) -> None:
        """A subscribed room's publication, as it comes: perhaps twice, perhaps with others missing before it."""

    def joined(self, room: RoomId, socket: Socket) -> None:
        """A socket has joined a subscribed room's channel (not told in crowds)."""

    def parted(self, room: RoomId, socket: Socket) -> None:
        """A socket has left a subscribed room's channel (not told in crowds)."""

    def doubtful(self, rooms: Sequence[RoomId]) -> None:
        """Publications of these rooms may have been missed, or their epoch has changed: positions are to be checked."""

    def sessions_over(self, ended: EndedSessions) -> None:
        """Sessions have ended, here or on another process; known within a second."""


class Sockets(Protocol):
    """Open sockets as signs of life of their sessions. Raises ``LiveUnavailable``.

    A lease lasts 75 s and is renewed every 25; a socket that was closed vouches for 20 s more. A session that has had
    a socket is judged by its sockets and by its calls as one that sends keepalives.
    """

    async def open(self, socket: Socket, *, issued: datetime, devices: Devices) -> Sequence[SessionId]:
        """Begin the socket's lease; return the sessions that it replaces, which the caller ends.

        ``issued``: when the token was made. Raises ``TokenInvalid``, and ``DeviceRefused`` while another session of
        the user has an open socket.
        """

    async def renew(self, sockets: Sequence[Socket]) -> Sequence[Socket]:
        """Renew the leases; return those sockets whose sessions have ended."""

    async def close(self, sockets: Sequence[Socket]) -> None:
        """Let the leases end after the grace."""

    async def of(self, user: UserId) -> Sequence[Socket]:
        """Return the user's sockets that are open, as far as is known."""


class Channels(Protocol):
    """The publications of rooms, and who is subscribed to them. Raises ``LiveUnavailable``.

    A subscription is evidence of its user's stay in the room: once it has vouched for one, the end of the user's last
    subscription ends the stay, whatever else vouches for the session (LIVE.md 5). It is renewed every 25 s, for 75 s;
    one that was ended vouches for 20 s more.
    """

    def attach(self, listener: LiveListener) -> None:
        """Register the process's listener; at most one a process."""

    async def subscribe(self, room: RoomId) -> None:
        """Receive the room's publications from now on; subscribing twice is subscribing once."""

    def unsubscribe(self, room: RoomId) -> None:
        """Stop receiving the room's publications."""

    async def join(self, room: RoomId, tenant: TenantName, socket: Socket) -> Position:
        """Subscribe a member's socket; return the room's position. Raises ``RoomNotFound``, ``NotInRoom``."""

    async def part(self, room: RoomId, socket: Socket) -> None:
        """End a subscription, after the grace as evidence, at once in ``present``."""

    async def renew(self, joined: Mapping[RoomId, Sequence[Socket]]) -> None:
        """Renew subscriptions; one that had lapsed stays as it is."""

    async def snapshot(self, room: RoomId, tenant: TenantName) -> Snapshot:
        """Return the room with its first members and its position. Raises ``RoomNotFound``."""

    async def recent(self, room: RoomId, *, after: int, limit: int, reverse: bool = False) -> Recent:
        """Return remembered publications of higher offsets than ``after`` in their order; with ``reverse`` those of
        lower offsets (0: all), newest first. Raises ``RoomNotFound``."""

    async def announce(self, room: RoomId, tenant: TenantName, announcement: Announcement) -> None:
        """Publish an announcement as an event of the room; without listeners nothing is published.

        It leaves at once, with what was gathered before it. A paced one is gathered instead, and dropped behind
        ``CROWD`` others. Raises ``RoomNotFound`` when the room is not live, or is another tenant's.
        """

    async def positions(self, rooms: Sequence[RoomId]) -> Mapping[RoomId, Position]:
        """Return where the publications of those of the rooms are that are live."""

    async def renew_epoch(self, room: RoomId, known: str) -> None:
        """Give the room a new epoch if it still has the known one: its publications were seen to step back."""

    async def present(self, room: RoomId, limit: int) -> Sequence[Socket]:
        """Return sockets that are subscribed."""

    async def count(self, room: RoomId) -> tuple[int, int]:
        """Return how many sockets are subscribed, and of how many users."""

    async def held(self, rooms: Sequence[RoomId]) -> Sequence[RoomId]:
        """Return those of the rooms that keep back what their list entry has to show first (``LISTED``)."""

    async def release(self, room: RoomId, version: int) -> None:
        """Publish what the room has gathered, now that its list entry shows this version.

        Nothing happens if a newer change waits for its own version, or if nothing was kept back.
        """

    async def gathered(self) -> int:
        """Publish what rooms have gathered and is due, also what a dead process left; return how many did.

        What is kept back is due after ``HOLD``, and so is what has been gathered behind it.
        """

    async def deserted(self, limit: int) -> Sequence[PresenceEntry]:
        """Return presence entries of members whose last subscription is over; those not ended come again after 30 s."""
