"""One connection to one Redis server: many commands on the way at once, answered in order.

redis-py's connection costs 0.009 CPU-ms a command in a pipeline of 32, hiredis behind a protocol of our own 0.0015
(docs/decisions/0003); so hiredis packs and parses, and this file is all that is between it and the loop.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, Final, cast

import hiredis

from liveroom.store.live.redis.addresses import Credentials, HostPort

SILENCE: Final = 2.0
"""Seconds without any answer, while one is due, after which the connection is given up."""
CONNECT: Final = 1.0
"""Seconds that a connection may take to stand."""

_TIME_KEPT: Final = 5.0
"""Seconds after which the server is asked for its time again, beside whatever is sent."""

Word = bytes | str | int
Command = Sequence[Word]


class Disconnected(Exception):
    """The connection ended, or there is none; what was on the way may have happened or not."""


class Wire(asyncio.Protocol):
    """A connection. ``run_id`` is the server process at its other end: it cannot change without a new connection."""

    def __init__(self, silence: float) -> None:
        self._reader = hiredis.Reader()
        self._due: deque[asyncio.Future[Any]] = deque()
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self.silence = silence
        self._active = self._loop.time()
        self._watch: asyncio.TimerHandle | None = None
        self._ahead = 0.0
        self._asked_time = self._active
        self.run_id = ""
        self.version = ""

    @property
    def is_open(self) -> bool:
        """Say whether the connection stands."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def awaited(self) -> int:
        """How many answers are due."""
        return len(self._due)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._active = self._loop.time()
        self._reader.feed(data)
        gets, due = self._reader.gets, self._due
        try:
            while (reply := gets()) is not False:
                future = due.popleft()
                if not future.done():
                    future.set_result(reply)
        except (hiredis.ProtocolError, IndexError):
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._watch is not None:
            self._watch.cancel()
        for future in self._due:
            if not future.done():
                future.set_exception(Disconnected("the connection was lost"))
        self._due.clear()

    def send(self, packed: Sequence[bytes], futures: Sequence["asyncio.Future[Any]"]) -> None:
        """Send packed commands; each future gets its answer, errors of Redis as values."""
        if self._transport is None:
            raise Disconnected("not connected")
        now = self._loop.time()
        if not self._due:
            self._active = now
        self._due.extend(futures)
        self._transport.write(b"".join(packed))
        if now - self._asked_time > _TIME_KEPT:
            self._ask_time(now)
        if self._watch is None:
            self._watch = self._loop.call_later(self.silence, self._listen)

    def _listen(self) -> None:
        """End a connection that says nothing while answers are due."""
        self._watch = None
        if not self._due:
            return
        left = self._active + self.silence - self._loop.time()
        if left <= 0:
            self.abort()
        else:
            self._watch = self._loop.call_later(left, self._listen)

    # --- the server's time -----------------------------------------------------------------------------------------

    def silent_until(self) -> float:
        """Return when, on our loop's clock, this connection is given up if it says nothing; ``send`` goes by the same.

        What is sent now and is not done by then is sent again or given up, so it must not be done later.
        """
        return (self._active if self._due else self._loop.time()) + self.silence

    def due(self, until: float) -> bytes:
        """Return an instant of our loop's clock in the server's time, in milliseconds; never later than it is."""
        return b"%013d" % ((until + self._ahead) * 1000)

    async def learn_time(self) -> None:
        """Ask what time the server has; raises ``Disconnected``."""
        await self._ask_time(self._loop.time())

    def _ask_time(self, now: float) -> "asyncio.Future[Any]":
        self._asked_time = now
        future: asyncio.Future[Any] = self._loop.create_future()
        future.add_done_callback(lambda answer: self._have_time(now, answer))
        self.send([_TIME], [future])
        return future

    def _have_time(self, asked: float, answer: "asyncio.Future[Any]") -> None:
        """Note by how much the server's clock is ahead, at least: the answer may have been on its way for long.

        What is known stays where it agrees: it is the nearer the truth, the quicker its answer was.
        """
        if answer.cancelled() or answer.exception() or isinstance(answer.result(), hiredis.ReplyError):
            return
        seconds, micros = answer.result()
        time = int(seconds) + int(micros) / 1e6
        least, most = time - self._loop.time(), time - asked
        if not least <= self._ahead <= most:
            self._ahead = least

    async def ask(self, *words: Word) -> Any:
        """Send one command and return its answer; raises what Redis answers as an error."""
        future: asyncio.Future[Any] = self._loop.create_future()
        self.send([pack_command(words)], [future])
        reply = await future
        if isinstance(reply, hiredis.ReplyError):
            raise reply
        return reply

    def hand_over(self, protocol: asyncio.Protocol) -> None:
        """Give the connection to another protocol, for what is no question and answer; nothing may be due."""
        transport, self._transport = self._transport, None
        if transport is None:
            raise Disconnected("the connection was lost")
        if self._watch is not None:
            self._watch.cancel()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)

    def abort(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()


def pack_command(words: Sequence[Word]) -> bytes:
    """Return a command as it travels."""
    packed: bytes = hiredis.pack_command(tuple(words))  # type: ignore[arg-type] # its stub says one word
    return packed


_TIME: Final = pack_command(("TIME",))


class Head:
    """The words that many commands begin with, packed once: the 17 keys of a script cost more than all its values."""

    __slots__ = ("_length", "_packed")

    def __init__(self, length: int, packed: bytes) -> None:
        """``length``: how many words are packed."""
        self._length = length
        self._packed = packed

    @classmethod
    def of(cls, *words: Word) -> "Head":
        """Return the head of these words."""
        return cls(len(words), pack_command(words).partition(b"\n")[2])

    def pack(self, words: Sequence[Word], due: bytes = b"") -> bytes:
        """Return the command that goes on with these words, and with when it is due if that is given, as it travels."""
        packed = pack_command(words).partition(b"\n")[2] if words else b""
        if due:
            length = self._length + len(words) + 1
            return b"*%d\r\n%b%b$%d\r\n%b\r\n" % (length, self._packed, packed, len(due), due)
        return b"*%d\r\n%b%b" % (self._length + len(words), self._packed, packed)


class HeadPattern:
    """Heads that differ in one text of a certain length, say the id of a room: the rest of them is packed once."""

    __slots__ = ("_length", "_parts")

    def __init__(self, hole: bytes, *words: Word) -> None:
        """``hole``: what stands for the text, of its length; empty where that is."""
        self._length = len(words)
        packed = pack_command(words).partition(b"\n")[2]
        self._parts = packed.split(hole) if hole else [packed]

    def fill(self, text: bytes) -> Head:
        """Return the head with this text."""
        return Head(self._length, text.join(self._parts))


async def connect(place: HostPort, credentials: Credentials, tls: Any = None, silence: float = SILENCE) -> Wire:
    """Connect and introduce ourselves; raises ``Disconnected`` when the server cannot be used."""
    loop = asyncio.get_running_loop()
    wire: Wire | None = None
    try:
        async with asyncio.timeout(CONNECT):
            _, wire = await loop.create_connection(lambda: Wire(silence), *place, ssl=tls)
            await _introduce(wire, credentials)
    except (OSError, TimeoutError, hiredis.ReplyError, Disconnected) as error:
        if wire is not None:
            wire.abort()
        raise Disconnected(f"{place[0]}:{place[1]}: {type(error).__name__} {error}") from error
    except BaseException:
        if wire is not None:
            wire.abort()
        raise
    return wire


async def _introduce(wire: Wire, credentials: Credentials) -> None:
    if credentials.password:
        names = (credentials.username,) if credentials.username else ()
        await wire.ask("AUTH", *names, credentials.password)
    if credentials.database:
        await wire.ask("SELECT", credentials.database)
    info: bytes = await wire.ask("INFO", "server")
    facts = dict(line.split(":", 1) for line in info.decode().splitlines() if ":" in line)
    wire.run_id, wire.version = facts.get("run_id", ""), facts.get("redis_version", "0")
