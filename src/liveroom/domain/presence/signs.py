"""Signs of life: how long each vouches for a session (LIVE.md 5).

A session that has sent a keepalive, or has had a socket, is judged by silence; one that never has is not, because a
shipped Android anchor sends nothing at all while live after logging out and in again (CLIENTS.md 7).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.ids import RoomId, SessionId, UserId
from liveroom.domain.presence.members import Role

SOCKET: Final = timedelta(seconds=75)
"""How long an open socket vouches for its session; renewed every 25 s."""
SOCKET_CLOSED: Final = timedelta(seconds=20)
"""How long one that was closed still does: a phone that changes networks comes back."""

SOCKETS_MAX: Final = 64
"""Sockets of one session that are counted; of more, those that lapse first make room."""
NAMED_AGAIN: Final = timedelta(seconds=30)
"""What the live store has named to be ended, and is there still, it names again after this long: presence entries,
members without a subscription, rooms without a host, alarms. A replaced presence entry is given so long to be left.
"""
OUTAGE: Final = timedelta(minutes=5)
"""For how long nothing has expired in an outage, until an expiry of users has said otherwise."""


@dataclass(frozen=True, slots=True)
class PresenceTimeouts:
    """After how long silence means that somebody is gone."""

    keepalive: timedelta = timedelta(seconds=90)
    silent: timedelta = timedelta(minutes=30)
    silent_host: timedelta = timedelta(hours=4)
    grace: timedelta = timedelta(seconds=60)
    """From a room's hiding to its hand-over or closing."""
    audience: timedelta = timedelta(hours=6)
    """How long an audience's presence entry lasts without any evidence about the room."""

    def lease(self, *, keepalive: bool, hosts: bool) -> timedelta:
        """Return for how long a sign of life counts, of a session that sends keepalives, or that hosts in a room."""
        if keepalive:
            return self.keepalive
        return self.silent_host if hosts else self.silent


class Heartbeat(NamedTuple):
    """One sign of life of a session: a call that it made. ``keepalive``: the call was a keepalive.

    One that came ``by_socket`` renews nothing, as the socket vouches already: it only asks whether the session has
    ended.
    """

    user: UserId
    session: SessionId
    issued: datetime
    keepalive: bool
    by_socket: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a user is online, since when, and where."""

    user: UserId
    online: bool
    since: datetime | None = None
    room: RoomId | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One source's word about a user: a session's calls, a socket, or an outside service."""

    session: SessionId
    """"" for an outside service, which has none."""
    source: str
    """``socket``; ``keepalive``: the calls of a session that is judged by silence; ``calls``: those of another; or
    the name of an outside service."""
    since: datetime
    expires: datetime
    alive: bool
    room: RoomId | None = None
    """The room in which an outside service sees the user."""

    def vouches_for(self, session: SessionId, room: RoomId) -> bool:
        """Say whether its word, while it counts, holds a session's presence entry in a room."""
        return self.session == session if self.session else self.room in (None, room)
