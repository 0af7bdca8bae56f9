"""Telling the connections of one user, whichever processes hold them.

The user's record names their sockets, and the name of a socket begins with the name of its process's node. A process
hears whispers by a name that nobody can write in a POST of the emulation, or anybody could send anything to anyone.
"""

from datetime import UTC, datetime
from typing import Final

import msgspec

from liveroom.api.events import rtc_signal
from liveroom.domain.events import Position
from liveroom.domain.ids import RoomId, UserId, new_id
from liveroom.domain.media import Signal
from liveroom.ports import Broker, Live, News

NODE: Final = 8
"""Characters of a node's name."""


class _Whisper(msgspec.Struct, array_like=True):
    room: str
    sender: str
    at: float
    payload: msgspec.Raw


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(_Whisper).decode


class LiveWhispers:
    """``ports.Whispers`` where the service holds the sockets itself."""

    def __init__(self, live: Live) -> None:
        self._live = live

    async def tell(self, user: UserId, signal: Signal) -> None:
        data = _encode(_Whisper(signal.room, signal.sender, signal.at.timestamp(), msgspec.Raw(signal.payload)))
        for node in sorted({socket.client[:NODE] for socket in await self._live.sockets.of(user)}):
            await self._live.forwarding.send(ear_of(node), user, data)


class BrokerWhispers:
    """``ports.Whispers`` where a Centrifugo holds the sockets."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def tell(self, user: UserId, signal: Signal) -> None:
        key = new_id(signal.at)
        await self._broker.publish([News(f"user:{user}", rtc_signal(key, 1, signal), key, Position("", 0))])


def ear_of(node: str) -> str:
    """Return the name by which a process hears whispers."""
    return f"whispers:{node}"


def read_whisper(data: bytes) -> Signal:
    """Return what was whispered."""
    found = _decode(data)
    return Signal(RoomId(found.room), UserId(found.sender), datetime.fromtimestamp(found.at, UTC), bytes(found.payload))
