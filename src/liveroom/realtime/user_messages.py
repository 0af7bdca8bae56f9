"""Sends messages to the connections of one user, whichever processes hold them.

The user's record names their sockets, and the name of a socket begins with the name of its process's node. A process
receives these messages under a topic that no client can name in a POST of the emulation; otherwise anybody could send
anything to anyone.
"""

from datetime import UTC, datetime
from typing import Final

import msgspec

from liveroom.api.events.users import rtc_signal, user_announced
from liveroom.domain.events.model import Announcement, Position
from liveroom.domain.ids import RoomId, UserId, new_id
from liveroom.domain.media.model import Signal
from liveroom.ports import Broker, Live, News

NODE: Final = 8
"""Characters of a node's name."""


class _UserMessage(msgspec.Struct, array_like=True):
    room: str
    sender: str
    """Who sent a signal, or whose call caused the announcement ("": nobody's)."""
    at: float
    payload: msgspec.Raw
    kind: str = ""
    """Kind of an announcement; "" for a signal."""


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(_UserMessage).decode


class LiveUserMessages:
    """``ports.UserMessages`` where the service holds the sockets itself."""

    def __init__(self, live: Live) -> None:
        self._live = live

    async def send_signal(self, user: UserId, signal: Signal) -> None:
        await self._send(
            user, _UserMessage(signal.room, signal.sender, signal.at.timestamp(), msgspec.Raw(signal.payload))
        )

    async def announce(self, user: UserId, at: datetime, announcement: Announcement) -> None:
        _, kind, data, by, _ = announcement
        await self._send(user, _UserMessage("", by or "", at.timestamp(), msgspec.Raw(data), kind))

    async def _send(self, user: UserId, message: _UserMessage) -> None:
        data = _encode(message)
        for node in sorted({socket.client[:NODE] for socket in await self._live.sockets.of(user)}):
            await self._live.forwarding.send(node_topic(node), user, data)


class BrokerUserMessages:
    """``ports.UserMessages`` where a Centrifugo holds the sockets."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def send_signal(self, user: UserId, signal: Signal) -> None:
        key = new_id(signal.at)
        await self._publish(user, key, rtc_signal(key, 1, signal))

    async def announce(self, user: UserId, at: datetime, announcement: Announcement) -> None:
        await self._publish(user, announcement.id, user_announced(announcement.id, 1, at, announcement))

    async def _publish(self, user: UserId, key: str, event: bytes) -> None:
        await self._broker.publish([News(f"user:{user}", event, key, Position("", 0))])


def node_topic(node: str) -> str:
    """Return the topic under which a process receives messages to its users."""
    return f"whispers:{node}"


def user_message_event(data: bytes, epoch: str, seq: int) -> bytes:
    """Return the event that carries a received message to its user."""
    found = _decode(data)
    at, payload = datetime.fromtimestamp(found.at, UTC), bytes(found.payload)
    if found.kind:
        by = UserId(found.sender) if found.sender else None
        return user_announced(epoch, seq, at, Announcement("", found.kind, payload, by))
    return rtc_signal(epoch, seq, Signal(RoomId(found.room), UserId(found.sender), at, payload))
