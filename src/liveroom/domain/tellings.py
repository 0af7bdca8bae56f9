"""What happened, for whoever wants to be told outside of the service: webhooks, and the log of events.

A telling is written in the transaction of what it tells. Those about one room, or about one user outside of rooms, form
a stream and are numbered in it from 1, without gaps.
"""

from datetime import datetime
from typing import ClassVar, Final, NamedTuple

import msgspec

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.payloads import Payload

LOG: Final = "log"
"""The target that is the installation's log of events."""


class EventPayload(Payload):
    """What an event of one kind says: the only declaration of it, documents are made of its sentences."""

    kind: ClassVar[str]
    """The event's type, such as ``room.opened``."""


class Telling(NamedTuple):
    """One thing that happened."""

    kind: str
    """Such as ``room.opened``."""
    category: str
    """The room's, "" outside of rooms."""
    at: datetime
    data: msgspec.Struct
    """What it says: an ``EventPayload``, or the struct that a module has declared for the kind."""


class Target(NamedTuple):
    """Who wants to be told, and of what."""

    id: str
    kinds: frozenset[str]
    """Names, ``member.*`` for all of a family; empty: everything."""
    categories: frozenset[str]
    """Of rooms; empty: all. What happens outside of rooms has none and is told with an empty set only."""

    def wants(self, kind: str, category: str) -> bool:
        """Say whether it is to be told of this."""
        if self.categories and category not in self.categories:
            return False
        return not self.kinds or kind in self.kinds or f"{kind.partition('.')[0]}.*" in self.kinds


class Told(NamedTuple):
    """A telling as it was written down."""

    id: str
    stream: str
    seq: int
    tenant: TenantName
    kind: str
    category: str
    at: datetime
    body: str
    """``Telling.data`` as JSON."""


def of_room(room: RoomId) -> str:
    """Return the stream of a room."""
    return f"room:{room}"


def of_user(user: UserId) -> str:
    """Return the stream of a user."""
    return f"user:{user}"
