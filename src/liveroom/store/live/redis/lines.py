"""A connection on which channels are received: the protocol of sharded pub/sub, and nothing of where a channel is."""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any, Final, Protocol, cast

import hiredis

from liveroom.store.live.redis.wire import pack_command

_QUIET: Final = 1.0
"""Seconds of silence after which the server is asked whether it is there."""


class Listener(Protocol):
    """Who is told what a line says."""

    def received(self, channel: bytes, message: bytes) -> None: ...
    def confirmed(self, line: "ChannelLine", channels: Sequence[bytes]) -> None: ...
    def refused(self, line: "ChannelLine", channels: Sequence[bytes]) -> None:
        """These are not received on this line, or not any more: their slot is elsewhere."""

    def lost(self, line: "ChannelLine") -> None: ...


class ChannelLine(asyncio.Protocol):
    """A connection of subscriptions. Answers come in the order of the questions, messages in between."""

    def __init__(self, listener: Listener, silence: float) -> None:
        self._listener = listener
        self._silence = silence
        self._reader = hiredis.Reader()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._asked: deque[tuple[bytes, ...]] = deque()
        self._leaving: Counter[bytes] = Counter()
        """How often channels are still to be left: what is confirmed before that does not last."""
        self._active = self._loop.time()
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._watch = self._loop.call_later(_QUIET, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._watch is not None:
            self._watch.cancel()
        self._listener.lost(self)

    def subscribe(self, channels: Sequence[bytes]) -> None:
        """Ask for channels, each by itself: those of several slots cannot be asked for together."""
        self._ask(*((b"ssubscribe", channel) for channel in channels))

    def unsubscribe(self, channel: bytes) -> None:
        self._leaving[channel] += 1
        self._ask((b"sunsubscribe", channel))

    def abort(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _ask(self, *questions: tuple[bytes, ...]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            if not self._asked:
                self._active = self._loop.time()
            self._asked.extend(questions)
            self._transport.write(b"".join(map(pack_command, questions)))

    def _look(self) -> None:
        """Ask a server that says nothing whether it is there; end the connection when it goes on saying nothing."""
        quiet = self._loop.time() - self._active
        if self._asked and quiet >= self._silence:
            self.abort()
            return
        if not self._asked and quiet >= _QUIET:
            self._ask((b"ping",))
        self._watch = self._loop.call_later(min(_QUIET, self._silence), self._look)

    def data_received(self, data: bytes) -> None:
        self._active = self._loop.time()
        self._reader.feed(data)
        confirmed: list[bytes] = []
        refused: list[bytes] = []
        try:
            while (reply := self._reader.gets()) is not False:
                if type(reply) is list and reply[0] == b"smessage":
                    self._report(confirmed, refused)
                    self._listener.received(reply[1], reply[2])
                else:
                    self._answered(reply, confirmed, refused)
        except (hiredis.ProtocolError, IndexError):
            self.abort()
        self._report(confirmed, refused)

    def _report(self, confirmed: list[bytes], refused: list[bytes]) -> None:
        if confirmed:
            self._listener.confirmed(self, tuple(confirmed))
            confirmed.clear()
        if refused:
            self._listener.refused(self, tuple(refused))
            refused.clear()

    def _answered(self, reply: Any, confirmed: list[bytes], refused: list[bytes]) -> None:
        """Note an answer, or that the server itself ends a subscription because the slot is not its own any more."""
        if (
            type(reply) is list
            and reply[0] == b"sunsubscribe"
            and (not self._asked or self._asked[0] != tuple(reply[:2]))
        ):
            refused.append(reply[1])
            return
        word, *about = self._asked.popleft()
        if word == b"sunsubscribe":
            self._has_left(*about)
        elif word == b"ssubscribe" and isinstance(reply, hiredis.ReplyError):
            refused += about
        elif word == b"ssubscribe":
            confirmed += [channel for channel in about if channel not in self._leaving]

    def _has_left(self, channel: bytes) -> None:
        self._leaving[channel] -= 1
        if not self._leaving[channel]:
            del self._leaving[channel]
