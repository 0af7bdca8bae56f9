"""Client programs for the hub: an honest transport that keeps what it was told to send, and who speaks through it."""

import asyncio
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from liveroom.realtime.console_channel import ConsoleChannels
from liveroom.realtime.framing import WS_JSON, Framing, Opening
from liveroom.realtime.hub import Hub
from tests.consoles import Browser
from tests.service import Device, Keyholder, Service

OPENING: Final = Opening("203.0.113.9", "live.example.com", "", "en", "r1")
SECONDS: Final = 5.0
_numbers = itertools.count(1_000_000)


def read_frame(frame: bytes) -> bytes:
    """Return what a WebSocket frame of a server carries."""
    size = frame[1] & 0x7F
    start = {126: 4, 127: 10}.get(size, 2)
    return frame[start:]


class Peer:
    """One connection, in JSON: it sends commands and keeps replies, pushes and pings."""

    def __init__(self, hub: Hub, *, framing: Framing = WS_JSON, opening: Opening = OPENING) -> None:
        self.frames: list[bytes] = []
        self.replies: dict[int, dict[str, Any]] = {}
        self.pushes: list[dict[str, Any]] = []
        self.pings = 0
        self.closed: tuple[int, str] | None = None
        self.unread = 0
        """What the transport says is unsent."""
        self._changed = asyncio.Event()
        client = hub.accept(self, framing, opening)
        assert client is not None
        self.client = client

    # what the hub sees: a transport

    def write(self, frame: bytes) -> None:
        assert self.closed is None
        self.frames.append(frame)
        for line in read_frame(frame).split(b"\n"):
            self._hear(json.loads(line))
        self._changed.set()

    def close(self, code: int, reason: str) -> None:
        assert self.closed is None
        self.closed = code, reason
        self._changed.set()
        asyncio.get_running_loop().call_soon(self.client.lost)

    @property
    def unsent(self) -> int:
        return self.unread

    def _hear(self, message: dict[str, Any]) -> None:
        if "push" in message:
            self.pushes.append(message["push"])
        elif "id" in message:
            assert message["id"] not in self.replies
            self.replies[message["id"]] = message
        else:
            self.pings += 1

    # what the test does

    def say(self, *commands: Mapping[str, Any]) -> None:
        """Send commands in one message."""
        self.client.received(b"\n".join(json.dumps(command).encode() for command in commands))

    async def ask(self, **request: Any) -> dict[str, Any]:
        """Send a command and return its reply."""
        id = next(_numbers)
        self.say({"id": id, **request})
        await self.until(lambda: id in self.replies or self.closed is not None)
        assert id in self.replies, self.closed
        return self.replies[id]

    async def error(self, **request: Any) -> int:
        """Send a command that is refused, and return the error's code."""
        return int((await self.ask(**request))["error"]["code"])

    async def rpc(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method and return its envelope."""
        envelope = (await self.ask(rpc={"method": method, "data": params}))["rpc"]["data"]
        assert isinstance(envelope, dict)
        return envelope

    async def subscribe(self, room: str, **request: Any) -> dict[str, Any]:
        """Subscribe to a room and return the result; an offset of 0, which the protocol leaves out, is put in."""
        reply = await self.ask(subscribe={"channel": f"room:{room}", **request})
        result = reply["subscribe"]
        assert isinstance(result, dict)
        return {"offset": 0, **result} if "epoch" in result else result

    async def until(self, is_so: Callable[[], object]) -> None:
        """Wait for something to be true of what has come."""
        async with asyncio.timeout(SECONDS):
            while not is_so():
                self._changed.clear()
                await self._changed.wait()

    async def until_closed(self) -> int:
        await self.until(lambda: self.closed)
        assert self.closed is not None
        return self.closed[0]

    def news(self, room: str) -> list[dict[str, Any]]:
        """Return the publications of a room that have come."""
        return [push["pub"] for push in self.pushes if push["channel"] == f"room:{room}" and "pub" in push]

    def events(self, room: str) -> list[dict[str, Any]]:
        """Return the events of a room that have come."""
        return [event for pub in self.news(room) for event in pub["data"]["events"]]

    def offsets(self, room: str) -> list[int]:
        return [pub["offset"] for pub in self.news(room)]

    async def event(self, room: str, kind: str) -> dict[str, Any]:
        """Wait for an event of a kind and return the newest."""
        await self.until(lambda: any(event["type"] == kind for event in self.events(room)))
        return [event for event in self.events(room) if event["type"] == kind][-1]

    async def unsubscribed(self, room: str) -> int:
        """Wait until the server ends the subscription, and return the code."""

        def found() -> list[int]:
            ours = [push for push in self.pushes if push["channel"] == f"room:{room}" and "unsubscribe" in push]
            return [push["unsubscribe"]["code"] for push in ours]

        await self.until(found)
        return found()[-1]


@dataclass
class Watch:
    """The hub's seconds, which pass when a test says so."""

    seconds: float = 1000.0

    def read(self) -> float:
        return self.seconds


@dataclass
class Stage:
    """A service with its hub; nothing happens by itself."""

    service: Service
    hub: Hub
    watch: Watch
    consoles: ConsoleChannels
    peers: dict[str, list[Peer]] = field(default_factory=lambda: defaultdict(list))

    def visit(self, **options: Any) -> Peer:
        """Open a connection that has not connected yet."""
        return Peer(self.hub, **options)

    async def connect(self, device: Device) -> Peer:
        """Open a connection of a signed-in user."""
        peer = self.visit()
        reply = await peer.ask(connect={"data": {"token": device.token}})
        assert "connect" in reply, reply
        self.peers[device.user].append(peer)
        return peer

    async def console(self, keyholder: Keyholder | Browser, **params: Any) -> Peer:
        """Open a connection of an operator's, who hears of news from now on."""
        await self.consoles.listen()
        token = (await keyholder.call("admin/socket_token", params)).data["token"]
        peer = self.visit()
        reply = await peer.ask(connect={"data": {"token": token}})
        assert "connect" in reply, reply
        return peer

    async def member(self, room: str = "", *, role: str = "") -> tuple[Device, Peer]:
        """Sign somebody up who enters a room and is connected."""
        device = await self.service.sign_up()
        if room:
            assert (await device.enter(room, role)).code == 0
        return device, await self.connect(device)

    async def host(self) -> tuple[Device, str, Peer]:
        """Sign up a host with a room and a connection."""
        device = await self.service.sign_up()
        room = await device.go_live()
        return device, room, await self.connect(device)

    def hold_lists(self) -> tuple[asyncio.Event, asyncio.Event]:
        """Have calls for the room list wait; return what is set when one comes, and what lets them go on."""
        under_way, gate = asyncio.Event(), asyncio.Event()
        find = self.service.core.live.list_rooms

        async def slowly(query: Any) -> Any:
            under_way.set()
            await gate.wait()
            return await find(query)

        self.service.core.live.list_rooms = slowly  # type: ignore[method-assign]
        return under_way, gate

    async def pace(self) -> None:
        """Let the pace of rooms pass, so that what was gathered leaves."""
        self.service.clock.advance(1)
        await self.service.core.live.channels.gathered()

    def turn(self, turns: int = 1) -> None:
        """Let the hub's time go on, by half a second a turn."""
        for _ in range(turns):
            self.watch.seconds += 0.5
            self.hub.turn()

    async def idle(self) -> None:
        """Return when the hub has nothing under way."""
        async with asyncio.timeout(SECONDS):
            await self.hub.idle()
