"""A Redis Cluster: which master has which slot, asked of the Cluster itself."""

import asyncio
from collections.abc import Sequence
from typing import Any

import hiredis

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.store.live.redis.addresses import Address, HostPort
from liveroom.store.live.redis.servers import Server
from liveroom.store.live.redis.wire import Disconnected, Wire, connect

_SLOTS = 16384
_FRESH = 0.1
"""Seconds for which the map that was just read is good enough."""


class Cluster:
    """The masters by slot. The map is read when it is needed first, and again when a server contradicts it."""

    has_all_keys = False

    def __init__(self, address: Address, silence: float) -> None:
        self._address = address
        self._silence = silence
        self._known: dict[HostPort, Server] = {}
        self._masters: Sequence[HostPort] = ()
        self._servers: list[Server | None] = [None] * _SLOTS
        self._reading: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._read_at = float("-inf")

    def at(self, place: HostPort) -> Server:
        if place not in self._known:
            self._known[place] = Server(lambda: self._connect(place))
        return self._known[place]

    def server(self, slot: int) -> Server:
        server = self._servers[slot]
        if server is None:
            raise Disconnected(f"nobody has slot {slot}")
        return server

    async def servers(self) -> Sequence[Server]:
        if None in self._servers:
            await self.refresh()
        return [self.at(place) for place in self._masters]

    @property
    def reconnections(self) -> int:
        return sum(server.reconnections for server in self._known.values())

    def hang_up(self) -> None:
        for server in self._known.values():
            server.hang_up()

    async def dedicated(self, slot: int) -> Wire:
        if self._servers[slot] is None:
            await self.refresh()
        return await self.server(slot).dedicated()

    async def refresh(self) -> None:
        if self._loop.time() - self._read_at < _FRESH:
            return
        if self._reading is None:
            self._reading = deadlines.spawn(self._read())
            self._reading.add_done_callback(self._have_read)
        await deadlines.join(self._reading, LiveUnavailable)

    def _have_read(self, task: "asyncio.Task[None]") -> None:
        self._reading = None
        if not task.cancelled():
            task.exception()

    async def _read(self) -> None:
        """Ask everybody at once; the first good answer counts."""
        failures: list[str] = []
        asked = [deadlines.spawn(self._ask(place)) for place in {*self._masters, *self._address.places}]
        try:
            for answer in asyncio.as_completed(asked):
                try:
                    self._note(await answer)
                except (Disconnected, hiredis.ReplyError) as error:
                    failures.append(str(error))
                else:
                    return
        finally:
            for task in asked:
                task.cancel()
            await asyncio.wait(asked)
        raise Disconnected("; ".join(failures))

    async def _ask(self, place: HostPort) -> list[tuple[int, int, HostPort]]:
        wire = await self._connect(place)
        try:
            ranges: list[list[Any]] = await wire.ask("CLUSTER", "SLOTS")
        finally:
            wire.abort()
        if not ranges:
            raise Disconnected(f"{place[0]}:{place[1]} knows of no slots")
        return [(first, last, (_host(node[0], place), node[1])) for first, last, node, *_ in ranges]

    def _note(self, ranges: list[tuple[int, int, HostPort]]) -> None:
        servers: list[Server | None] = [None] * _SLOTS
        for first, last, place in ranges:
            servers[first : last + 1] = [self.at(place)] * (last + 1 - first)
        self._servers = servers
        self._masters = tuple(dict.fromkeys(place for _, _, place in ranges))
        self._read_at = self._loop.time()

    async def _connect(self, place: HostPort) -> Wire:
        return await connect(place, self._address.credentials, self._address.tls, self._silence)

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        for server in self._known.values():
            await server.close()


def _host(name: bytes | None, asked: HostPort) -> str:
    """Return a node's host; a node that does not know its own is where it was asked."""
    return name.decode() if name and name != b"?" else asked[0]
