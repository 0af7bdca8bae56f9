"""One Redis server as this process sees it: everything that one loop tick asks of it travels in one write.

A server that cannot be reached fails what waits for it; who asked decides whether to ask again (``calls``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

import hiredis
import structlog

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.store.live.redis.addresses import Address, HostPort
from liveroom.store.live.redis.wire import Command, Disconnected, Head, Wire, Word, connect, pack_command

log = structlog.get_logger("liveroom.redis")

TIMEOUT: Final = 1.0
"""Seconds a server may be unreachable before calls fail without waiting for another attempt."""
_PAUSE: Final = 0.1
"""Seconds between two attempts to connect."""
_MOST_AWAITED: Final = 8192
"""Answers due on one connection, above which calls wait on our side."""

RUN_ID: Final = "\0run_id"
"""As the last word: the id of the server process that will execute the command, put in when it is sent."""

Connecting = Callable[[], Awaitable[Wire]]


class Server:
    """The connection to one server, made when it is needed."""

    def __init__(self, connecting: Connecting) -> None:
        self._connecting = connecting
        self._loop = asyncio.get_running_loop()
        self._queue: list[tuple[Command, Head | None, float, asyncio.Future[Any]]] = []
        self._flushing = False
        self._wire: Wire | None = None
        self._attempt: asyncio.Task[None] | None = None
        self._failing_since: float | None = None
        self._tried = float("-inf")
        self._closed = False
        self._watch = deadlines.DeadlineWatch(LiveUnavailable)
        self._connections = 0

    @property
    def reconnections(self) -> int:
        """How often a connection had to be made anew."""
        return max(0, self._connections - 1)

    @property
    def version(self) -> str:
        """The version of the server that was connected last."""
        return self._wire.version if self._wire is not None else ""

    def submit(self, command: Command, head: Head | None = None, until: float = 0.0) -> "asyncio.Future[Any]":
        """Send the command, behind the head that it may have, with this tick's others; errors of Redis are values.

        Within a request the answer is a ``LiveUnavailable`` once that is over. ``until``: when, on the loop's clock,
        nobody waits for it any more. The command is told, in the server's time.
        """
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.append((command, head, until, future))
        self._watch.add(future)
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)
        return future

    async def ask(self, *words: Word) -> Any:
        """Send one command and return its answer; raises what Redis answers as an error."""
        reply = await self.submit(words)
        if isinstance(reply, hiredis.ReplyError):
            raise reply
        return reply

    def _flush(self) -> None:
        self._flushing = False
        if not self._queue:
            return
        wire = self._wire
        if wire is None or not wire.is_open:
            self._reach()
        elif wire.awaited >= _MOST_AWAITED:
            self._flushing = True
            self._loop.call_later(0.001, self._flush)
        else:
            queue, self._queue = self._queue, []
            latest = wire.silent_until()
            word = wire.due(latest)
            packed = [
                _packed(command, head, word if until >= latest else wire.due(until) if until else b"", wire.run_id)
                for command, head, until, _ in queue
            ]
            wire.send(packed, [future for _, _, _, future in queue])

    def _reach(self) -> None:
        """Connect; or fail what waits, when that was tried a moment ago, or is being tried for long."""
        now = self._loop.time()
        trying = self._attempt is not None
        hopeless = self._failing_since is not None and now - self._failing_since > TIMEOUT
        if self._closed or (trying and hopeless) or (not trying and now - self._tried < _PAUSE):
            self._fail(Disconnected("the server does not answer"))
        elif not trying:
            self._attempt = deadlines.spawn(self._connect())

    async def _connect(self) -> None:
        try:
            wire = await self._connecting()
            await wire.learn_time()
            self._wire = wire
            self._connections += 1
            self._failing_since = None
        except Exception as error:
            if not isinstance(error, Disconnected):
                log.exception("redis.connecting_failed")
            if self._failing_since is None:
                self._failing_since = self._loop.time()
            self._tried = self._loop.time()
            self._fail(error)
        finally:
            self._attempt = None
        self._flush()

    def _fail(self, error: Exception) -> None:
        queue, self._queue = self._queue, []
        for _, _, _, future in queue:
            if not future.done():
                future.set_exception(Disconnected(str(error)))

    async def learn_time(self) -> None:
        """Ask what time the server has: it found a command late for which somebody waits."""
        if self._wire is not None:
            await self._wire.learn_time()

    async def dedicated(self) -> Wire:
        """Return a new connection to this server; raises ``Disconnected``."""
        return await self._connecting()

    @property
    def is_down(self) -> bool:
        """Say whether nobody should wait for this server now."""
        return self._failing_since is not None and self._loop.time() - self._failing_since > TIMEOUT

    def hang_up(self) -> None:
        """End the connection; the next call makes a new one."""
        if self._wire is not None:
            self._wire.abort()

    async def close(self) -> None:
        """End the connection for good."""
        self._closed = True
        if self._attempt is not None:
            self._attempt.cancel()
            await asyncio.wait({self._attempt})
        self.hang_up()
        self._fail(Disconnected("closed"))


class Topology(Protocol):
    """Which server has which slot."""

    has_all_keys: bool
    """One server has all slots: a command may have keys of several."""

    def server(self, slot: int) -> Server:
        """Return the server that has the slot; raises ``Disconnected`` when none is known."""

    async def refresh(self) -> None:
        """Find out anew; raises ``Disconnected`` when nobody can be asked."""

    async def servers(self) -> Sequence[Server]:
        """Return all that have slots."""

    @property
    def reconnections(self) -> int:
        """How often connections to servers had to be made anew."""

    def hang_up(self) -> None:
        """End the connections to all servers; the next calls make new ones."""

    def at(self, place: HostPort) -> Server:
        """Return the server at an address that another server named."""

    async def dedicated(self, slot: int) -> Wire:
        """Return a new connection to the server that has the slot, for commands that block."""

    async def close(self) -> None: ...


class OneServer:
    """A single server, or the master that Sentinels name: it has all slots."""

    has_all_keys = True

    def __init__(self, connecting: Connecting) -> None:
        self._connecting = connecting
        self._server = Server(connecting)

    def server(self, slot: int) -> Server:
        return self._server

    async def refresh(self) -> None:
        """Nothing to find out: a new connection finds the master by itself."""

    async def servers(self) -> Sequence[Server]:
        return [self._server]

    @property
    def reconnections(self) -> int:
        return self._server.reconnections

    def hang_up(self) -> None:
        self._server.hang_up()

    def at(self, place: HostPort) -> Server:
        return self._server

    async def dedicated(self, slot: int) -> Wire:
        return await self._connecting()

    async def close(self) -> None:
        await self._server.close()


def single(address: Address, silence: float) -> OneServer:
    """Return the topology of one server."""
    return OneServer(lambda: connect(address.places[0], address.credentials, address.tls, silence))


def watched(address: Address, silence: float) -> OneServer:
    """Return the topology of a master and its replicas, watched by Sentinels; each connection asks them anew."""

    async def connecting() -> Wire:
        place = await _master(address)
        wire = await connect(place, address.credentials, address.tls, silence)
        role = await wire.ask("ROLE")
        if role[0] != b"master":
            wire.abort()
            raise Disconnected(f"{place[0]}:{place[1]} is not a master any more")
        return wire

    return OneServer(connecting)


async def _master(address: Address) -> HostPort:
    failures: list[str] = []
    for place in address.places:
        try:
            sentinel = await connect(place, address.watchers, address.tls)
        except Disconnected as error:
            failures.append(str(error))
            continue
        try:
            answer = await sentinel.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", address.name)
        except (hiredis.ReplyError, Disconnected) as error:
            failures.append(str(error))
            continue
        finally:
            sentinel.abort()
        if answer:
            return answer[0].decode(), int(answer[1])
        failures.append(f"{place[0]}:{place[1]} knows no master {address.name}")
    raise Disconnected("; ".join(failures))


def _packed(command: Command, head: Head | None, due: bytes, run_id: str) -> bytes:
    """Return a command as it travels; ``due``: until when it may run, in the server's time, empty for ever."""
    if command and command[-1] is RUN_ID:
        command = (*command[:-1], due, run_id) if due else (*command[:-1], run_id)
        due = b""
    if head is not None:
        return head.pack(command, due)
    return pack_command((*command, due) if due else command)
