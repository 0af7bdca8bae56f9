"""One request and its answer on a connection: uvicorn's, with a short way for answers that are bytes already.

uvicorn checks and joins each header of each answer, which costs as much as finding out what to answer. An application
that sees the extension in its scope may send one message of the type below instead of start and body: ``fields`` are
header lines, each with its line end and known to be clean, ``body`` is all of it, ``closes`` ends the connection. The
status is 200. It is written with others of the same moment, soon after the message is taken.

An answer without an end costs no task: a message of type ``HOLD`` writes the head of an answer, status 200, and gives
the connection away. ``headers`` are as in the message that starts a response. ``protocol`` is called with the server's
connections, among which it puts the protocol that it returns.
"""

import asyncio
from collections.abc import Callable, MutableMapping, Sequence
from functools import partial
from typing import Any, Final

from structlog import get_logger
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from liveroom.http.answers import Answers

log = get_logger("liveroom.http")

ANSWER: Final = "liveroom.answer"
HOLD: Final = "liveroom.hold"
Hold = Callable[[set[Any]], asyncio.Protocol]
_COPIED: Final = 16_384
"""Bodies up to this size are copied behind their headers; larger ones are handed over beside them."""

_PIECE: Final = 65_536
"""Bytes of a large body that are written at once."""

_LOGGED: Final = 200
"""Characters of a path that a line of the log shows."""


class QuickCycle(RequestResponseCycle):
    """Writes an answer by one call of the transport. The connection that makes it sets what stands here."""

    answers: Answers
    hand_over: Callable[[Hold], asyncio.Protocol]
    written = 0
    """Parts of the answer that were written so far."""
    unwritten = False
    """The answer is whole and waits to be written."""

    async def run_asgi(self, app: ASGI3Application) -> None:
        """Run the application. uvicorn says what else goes wrong; a stop that waits no longer is nobody's mistake."""
        try:
            await app(self.scope, self.receive, self.send)  # type: ignore[arg-type]
        except asyncio.CancelledError:
            self._cut_off()
        except Exception as problem:
            await super().run_asgi(partial(_raise, problem))
        else:
            if not (self.response_complete or self.disconnected):
                await super().run_asgi(_return)
        finally:
            self.on_response = _return_now

    def _cut_off(self) -> None:
        """Close the connection without an answer: clients send their call again, to the next process."""
        log.warning("request.cut_off", path=self.scope["path"][:_LOGGED])
        self.disconnected = True
        self.transport.close()

    async def send(self, message: MutableMapping[str, Any]) -> None:  # type: ignore[override]
        if message["type"] == HOLD:
            self._hold(message["headers"], message["protocol"])
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.transport.is_closing():
            self.disconnected = True
        if message["type"] != ANSWER:
            await self._send_usual(message)
            return
        if message["closes"]:
            self.keep_alive = False
        if not self.disconnected:
            self._write(message["fields"], message["body"])

    async def _write_usual(self, message: MutableMapping[str, Any]) -> None:
        await super().send(message)  # type: ignore[arg-type]
        self.written += 1

    async def _send_usual(self, message: MutableMapping[str, Any]) -> None:
        """Send as uvicorn does; a large body in pieces, between which others have their turn."""
        body, at = message.get("body", b""), 0
        while len(body) - at > _PIECE and not self.disconnected:
            await self._write_usual({"type": "http.response.body", "body": body[at : at + _PIECE], "more_body": True})
            at += _PIECE
            await asyncio.sleep(0)
            if self.transport.is_closing():
                self.disconnected = True
        if at:
            message = {**message, "body": body[at:]}
        await self._write_usual(message)

    def _hold(self, headers: list[tuple[bytes, bytes]], hold: Hold) -> None:
        if self.disconnected:
            hold(set()).connection_lost(None)
            return
        protocol = self.hand_over(hold)
        self.response_started = self.response_complete = True
        lines = [b"%b: %b\r\n" % header for header in (*self.default_headers, *headers)]
        self.transport.write(b"".join((STATUS_LINE[200], *lines, b"connection: close\r\n\r\n")))
        protocol.connection_made(self.transport)

    def _write(self, fields: bytes, body: bytes) -> None:
        parts = [STATUS_LINE[200]]
        for name, value in self.default_headers:
            parts += (name, b": ", value, b"\r\n")
        if not self.keep_alive:
            parts.append(b"connection: close\r\n")
        parts += (fields, b"content-length: %d\r\n\r\n" % len(body))
        if self.scope["method"] == "HEAD":
            body = b""
        whole = (b"".join(parts), body) if len(body) > _COPIED else (b"".join((*parts, body)),)
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        self.message_event.set()
        self.unwritten = True
        # uvicorn forgets ``on_response`` when the application returns, which is before the answer is written.
        self.answers.add(partial(self._finish, whole, self.on_response))

    def _finish(self, whole: Sequence[bytes], then: Callable[[], None]) -> None:
        self.unwritten = False
        transport = self.transport
        if not (self.disconnected or transport.is_closing()):
            if len(whole) == 1:
                transport.write(whole[0])
            else:
                transport.writelines(whole)
            if not self.keep_alive and not self.more_body:
                transport.close()
        then()


async def _raise(problem: Exception, *_: Any) -> None:
    raise problem


async def _return(*_: Any) -> None:
    """Do nothing, as an application did that has not answered."""


def _return_now() -> None:
    """Do nothing: the answer is over."""
