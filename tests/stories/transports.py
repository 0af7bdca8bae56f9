"""The two transports over which the same story is told: HTTP, and the socket with its RPC and its channels.

Through the socket people also hear what happens; whoever has HTTP alone asks.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final, Protocol

from liveroom.app.sockets import make_hub
from liveroom.realtime.hub import Hub
from tests.realtime.peers import Peer, Watch, read_frame
from tests.stories.world import BASE, Phone, Reply, World, data_of

_TURN: Final = timedelta(seconds=0.5)
_PACE: Final = timedelta(seconds=1)
NOT_A_MEMBER: Final = 3007
NO_ROOM: Final = 2004
UNKNOWN_CHANNEL: Final = 102
NOT_ALLOWED: Final = 103


class Transport(Protocol):
    """A way into the service."""

    async def through(self, phone: Phone) -> Phone:
        """Return the phone as it calls over this transport."""

    async def listen(self, phone: Phone, room: str) -> None:
        """Let a member hear from now on what happens in a room, where the transport lets one hear."""

    async def is_deaf(self, phone: Phone, room: str) -> bool:
        """Say whether the phone is told nothing of a room: neither its state nor its events."""

    async def reads(self, phone: Phone, room: str, message: str) -> None:
        """See that a message has reached the phone."""

    async def receives(self, phone: Phone, room: str, kind: str, /, **says: Any) -> None:
        """See that the phone has heard of an event that says so, where the transport lets one hear."""

    async def is_received(self, phone: Phone, kind: str, /, **says: Any) -> None:
        """See that the user alone was told something, where the transport lets one hear."""

    async def dies(self, phone: Phone) -> None:
        """Let the phone fall silent without a word."""


@dataclass
class HttpTransport:
    """HTTP as the shipped apps call it: forms."""

    async def through(self, phone: Phone) -> Phone:
        return phone

    async def listen(self, phone: Phone, room: str) -> None:
        assert (await phone.call("rooms/state", roomId=room))["state"]["room"]["roomId"] == room

    async def is_deaf(self, phone: Phone, room: str) -> bool:
        codes = [(await phone.reply(path, roomId=room))["errorCode"] for path in ("rooms/state", "messages/history")]
        return codes in ([NOT_A_MEMBER, NOT_A_MEMBER], [NO_ROOM, NO_ROOM])

    async def reads(self, phone: Phone, room: str, message: str) -> None:
        newest = await phone.call("messages/history", roomId=room, limit=100)
        assert message in [one["messageId"] for one in newest]

    async def receives(self, phone: Phone, room: str, kind: str, /, **says: Any) -> None:
        """Whoever has HTTP alone hears of nothing."""

    async def is_received(self, phone: Phone, kind: str, /, **says: Any) -> None:
        """Whoever has HTTP alone is told nothing."""

    async def dies(self, phone: Phone) -> None:
        """It sends no more keepalives: that is all."""


class Listener(Peer):
    """A connection that answers pings; what many are sent alike is read once for all of them."""

    def write(self, frame: bytes) -> None:
        assert self.closed is None
        for line in _lines(frame):
            self._hear(line)
        self._changed.set()

    def _hear(self, message: dict[str, Any]) -> None:
        if message:
            super()._hear(message)
        else:
            self.say({})


@lru_cache(maxsize=256)
def _lines(frame: bytes) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in read_frame(frame).split(b"\n"))


@dataclass
class SocketTransport:
    """A socket for each phone: calls are its RPC."""

    world: World
    hub: Hub
    watch: Watch
    lines: dict[str, Listener] = field(default_factory=dict)
    """By the token of their phone."""

    async def through(self, phone: Phone) -> Phone:
        line = Listener(self.hub)
        reply = await line.ask(connect={"data": {"token": phone.token}})
        assert "connect" in reply, reply
        self.lines[phone.token] = line

        async def ask(path: str, given: Any) -> Reply:
            return await line.rpc(path.removeprefix(BASE), **given)

        return Phone(ask, phone.name, phone.user, phone.token)

    async def listen(self, phone: Phone, room: str) -> None:
        state = (await self.lines[phone.token].subscribe(room))["data"]
        assert state["room"]["roomId"] == room

    async def is_deaf(self, phone: Phone, room: str) -> bool:
        line = self.lines[phone.token]
        refused = await line.error(subscribe={"channel": f"room:{room}"})
        code = (await phone.reply("rooms/state", roomId=room))["errorCode"]
        return refused in (NOT_ALLOWED, UNKNOWN_CHANNEL) and code in (NOT_A_MEMBER, NO_ROOM)

    async def reads(self, phone: Phone, room: str, message: str) -> None:
        line, says = self.lines[phone.token], {"messageId": message}
        await line.until(lambda: any(_says(event, "message.sent", says) for event in line.events(room)))

    async def receives(self, phone: Phone, room: str, kind: str, /, **says: Any) -> None:
        line = self.lines[phone.token]
        await self._pace()
        await line.until(lambda: any(_says(event, kind, says) for event in line.events(room)))

    async def is_received(self, phone: Phone, kind: str, /, **says: Any) -> None:
        line, channel = self.lines[phone.token], f"user:{phone.user}"
        await line.until(
            lambda: any(
                push["channel"] == channel and _says(push.get("pub", {}).get("data", {}), kind, says)
                for push in line.pushes
            )
        )

    async def dies(self, phone: Phone) -> None:
        self.lines.pop(phone.token).client.lost()
        await self.hub.idle()

    async def turn(self, passed: timedelta) -> None:
        """Let the hub's time go on with the clock's."""
        for _ in range(passed // _TURN):
            self.watch.seconds += _TURN.total_seconds()
            self.hub.turn()
            for line in self.lines.values():
                if line.client.is_asked:
                    self.hub.writer.flush(line.client)
        await self.hub.idle()

    async def _pace(self) -> None:
        """Let the pace of rooms pass, so that what was gathered leaves."""
        self.world.clock.advance(_PACE)
        await self.turn(_PACE)
        await self.world.core.live.channels.gathered()


def _says(event: dict[str, Any], kind: str, says: dict[str, Any]) -> bool:
    received = {**event, **event.get("data", {})}
    return event.get("type") == kind and all(received.get(name) == value for name, value in says.items())


@asynccontextmanager
async def http_transport(world: World) -> AsyncIterator[Transport]:
    """Yield the transport of a world whose people call over HTTP."""
    world.over_http = True
    yield HttpTransport()


@asynccontextmanager
async def socket_transport(world: World) -> AsyncIterator[Transport]:
    """Yield the transport of a world whose people call over their sockets."""
    watch = Watch()
    hub = make_hub(world.core, seconds=watch.read)
    await hub.listen()
    transport = SocketTransport(world, hub, watch)
    world.turning.append(transport.turn)
    try:
        yield transport
    finally:
        await hub.stop()


async def refreshed(phone: Phone) -> Phone:
    """Return the phone with a fresh token of the same session."""
    login = data_of(await phone.reply("auth_users/user_login_token"))
    return Phone(phone.ask, phone.name, phone.user, login["token"])
