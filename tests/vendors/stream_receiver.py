"""A small backend that a server of streams calls: it knows keys and viewers, and remembers what it was told."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from liveroom.domain.errors import BadRequest, PermissionDenied
from liveroom.domain.ids import UserId
from liveroom.domain.streams.model import PushKey, PushSession, StreamCall, StreamName, StreamReport, StreamReportKind
from liveroom.ports import Clock
from liveroom.ports.streams import StreamCallbacks
from liveroom.simulate.endpoint import VendorRequest, VendorResponse
from liveroom.simulate.serving import listening

LATEST: Final = 60.0
"""Seconds that a test waits for what has to come."""


@dataclass
class Told:
    """A report, and when it came by a clock that nobody winds."""

    report: StreamReport
    seconds: float


@dataclass
class StreamReceiver:
    """Answers calls; keys and viewers may be changed while it does."""

    callbacks: StreamCallbacks
    clock: Clock
    keys: dict[StreamName, PushKey] = field(default_factory=dict)
    viewers: set[UserId] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    plays: int = 0
    is_down: bool = False
    """It answers that it cannot answer now."""
    url: str = ""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def heard(self, what: Callable[[StreamReport], bool], *, after: int = 0) -> Told:
        """Return the first report that fits, of those behind the first ``after``; wait for it."""
        async with asyncio.timeout(LATEST):
            while True:
                self._news.clear()
                if (found := next((one for one in self.told[after:] if what(one.report)), None)) is not None:
                    return found
                await self._news.wait()

    async def asked(self, name: StreamName, *, after: int = 0) -> PushSession:
        """Return the session of the first push that was asked for."""
        told = await self.heard(lambda one: one.kind is StreamReportKind.ASKED and one.name == name, after=after)
        return told.report.session

    async def end_of(self, session: PushSession) -> Told:
        """Return the end of a session."""
        return await self.heard(lambda one: one.kind is StreamReportKind.ENDED and one.session == session)

    async def answer(self, request: VendorRequest, hung_up: Callable[[], Awaitable[object]]) -> VendorResponse | None:
        """Answer a call as the backend does."""
        if self.is_down:
            return VendorResponse(b"", 503)
        query = {name.lower(): value for name, value in parse_qsl(urlsplit(request.target).query)}
        try:
            call = self.callbacks.read(query, request.headers, request.body, self.clock.now())
        except (PermissionDenied, BadRequest) as problem:
            self.refused.append(problem.detail)
            return VendorResponse(b"", 403)
        answer = self.callbacks.answer(call, self._is_allowed(call))
        if call.report is not None:
            self.told.append(Told(call.report, time.monotonic()))
            self._news.set()
        self.plays += call.play is not None
        return VendorResponse(answer.body, answer.status, f"Content-Type: {answer.content_type}\r\n")

    def _is_allowed(self, call: StreamCall) -> bool:
        if call.play is not None:
            return call.play.viewer in self.viewers
        if call.report is None or call.report.kind is not StreamReportKind.ASKED:
            return not call.refused
        key = self.keys.get(call.report.name)
        return key is not None and key.secret == call.report.secret and self.clock.now() < key.expires

    def key(self, name: StreamName, secret: str, *, life: timedelta = timedelta(hours=1)) -> PushKey:
        """Let encoders push a name with a secret, for so long."""
        self.keys[name] = PushKey(secret, self.clock.now() + life)
        return self.keys[name]

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0


@asynccontextmanager
async def receiving(receiver: StreamReceiver) -> AsyncIterator[StreamReceiver]:
    """Let a receiver be called until the block ends."""
    async with listening(receiver.answer) as receiver.url:
        yield receiver
