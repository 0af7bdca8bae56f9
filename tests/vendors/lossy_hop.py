"""The way from a media server to the service, on which webhooks are lost, doubled, late, and in another order.

What a server asks, and cannot go on without an answer to (who may push, who may watch), is passed on at once.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx

from liveroom.simulate.endpoint import VendorRequest, VendorResponse
from liveroom.simulate.serving import listening
from tests.worlds import a_moment

_PASSED_ON: Final = ("authorization", "content-type")
_HALF: Final = 0.5


Asks = Callable[[VendorRequest], bool]


@dataclass
class Hop:
    """Takes webhooks, thanks for them, and passes them on as it likes, to the same path."""

    target: str
    """Where the service is."""
    chance: Random
    asks: Asks
    """Says whether the server waits for what is answered."""
    lost: float = 0.0
    """Which part of the webhooks is lost."""
    longest: float = 0.0
    """Seconds that one waits at most. With any, every second one comes twice, at different times."""
    url: str = ""
    said: list[bytes] = field(default_factory=list)
    """What the server has said, in its own order."""
    lost_in_all: int = 0
    refused: list[int] = field(default_factory=list)
    """Status of answers that were no thanks."""
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def take(self, request: VendorRequest, _: Callable[[], Awaitable[object]]) -> VendorResponse:
        """Take one webhook, or a question."""
        if self.asks(request):
            answer = await self._send(request)
            return VendorResponse(answer.content, answer.status_code)
        self.said.append(request.body)
        if self.chance.random() < self.lost:
            self.lost_in_all += 1
            return VendorResponse(b"")
        copies = 2 if self.longest and self.chance.random() < _HALF else 1
        for _copy in range(copies):
            self._begin(self._pass_on(request, self.chance.uniform(0, self.longest)))
        return VendorResponse(b"")

    def _begin(self, passing: Any) -> None:
        task = asyncio.create_task(passing)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _pass_on(self, request: VendorRequest, seconds: float) -> None:
        await a_moment(seconds)
        answer = await self._send(request)
        if answer.status_code != httpx.codes.OK:
            self.refused.append(answer.status_code)

    async def _send(self, request: VendorRequest) -> httpx.Response:
        headers = {name: value for name, value in request.headers.items() if name in _PASSED_ON}
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.request(
                request.method, f"{self.target}{request.target}", content=request.body, headers=headers
            )

    async def settle(self) -> None:
        """Return when everything that was taken has been passed on."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def close(self) -> None:
        """Let go of what is still on its way: nobody waits for it any more."""
        for passing in self._under_way:
            passing.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def events(self, identity: str) -> list[str]:
        """Return what was said of somebody, in the server's order."""
        said = [json.loads(one) for one in self.said]
        return [one["event"] for one in said if one.get("participant", {}).get("identity") == identity]


def asks_nothing(_: VendorRequest) -> bool:
    """Say that a server never waits for an answer, as LiveKit does not."""
    return False


def asks_as_nginx(request: VendorRequest) -> bool:
    """Say whether nginx-rtmp asks: who pushes, who plays, and for each viewer of HLS and FLV."""
    said = parse_qs(request.body.decode("latin-1") or urlsplit(request.target).query)
    return said.get("call", [""])[0] in {"publish", "play", "hls"}


@asynccontextmanager
async def hop_to(target: str, asks: Asks = asks_nothing, seed: int = 23) -> AsyncIterator[Hop]:
    """Yield a hop in front of a service."""
    hop = Hop(target, Random(seed), asks)
    async with listening(hop.take) as hop.url:
        try:
            yield hop
        finally:
            await hop.close()
