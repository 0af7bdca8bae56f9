"""Events that are recorded for receivers outside of the service: webhooks, and the event log.

An event is written in the transaction of the change that it reports. All events of one room form a stream, and so do
those of one user outside of rooms; a stream numbers its events from 1, without gaps.
"""

from datetime import datetime
from typing import ClassVar, Final, NamedTuple

import msgspec

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.payloads import Payload

LOG: Final = "log"
"""The target that is the installation's event log."""


class EventPayload(Payload):
    """The data of one kind of event. This declaration is what is written, sent, validated and documented."""

    kind: ClassVar[str]
    """The event's type, such as ``room.opened``."""


class NewEvent(NamedTuple):
    """An event that is about to be recorded."""

    kind: str
    """Such as ``room.opened``."""
    category: str
    """The room's, "" outside of rooms."""
    at: datetime
    data: msgspec.Struct
    """Its payload: an ``EventPayload``, or the struct that a module has declared for the kind."""


class Target(NamedTuple):
    """A receiver of events, and which events it wants."""

    id: str
    kinds: frozenset[str]
    """Names, ``member.*`` for all of a family; empty: everything."""
    categories: frozenset[str]
    """Of rooms; empty: all. Events outside of rooms have no category: only a target with an empty set gets them."""

    def wants(self, kind: str, category: str) -> bool:
        """Say whether it wants an event of this kind and category."""
        if self.categories and category not in self.categories:
            return False
        return not self.kinds or kind in self.kinds or f"{kind.partition('.')[0]}.*" in self.kinds


class StoredEvent(NamedTuple):
    """An event as it is stored."""

    id: str
    stream: str
    seq: int
    tenant: TenantName
    kind: str
    category: str
    at: datetime
    body: str
    """The payload as JSON."""
    trace: str = ""
    """The ``traceparent`` of the call that recorded it; empty where nothing was recorded of that."""


def of_room(room: RoomId) -> str:
    """Return the stream of a room."""
    return f"room:{room}"


def of_user(user: UserId) -> str:
    """Return the stream of a user."""
    return f"user:{user}"
