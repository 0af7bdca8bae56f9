"""The way from a media server to the service, on which webhooks are lost, doubled, late, and in another order."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import httpx

from liveroom.simulate.endpoint import VendorRequest, VendorResponse
from liveroom.simulate.serving import listening
from tests.worlds import a_moment

_PASSED_ON: Final = ("authorization", "content-type")
_HALF: Final = 0.5


@dataclass
class Hop:
    """Takes webhooks, thanks for them, and passes them on as it likes."""

    target: str
    chance: Random
    lost: float = 0.0
    """Which part of them is lost."""
    longest: float = 0.0
    """Seconds that one waits at most. With any, every second one comes twice, at different times."""
    url: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)
    """What the server has said, in its own order."""
    refused: list[int] = field(default_factory=list)
    """Status of answers that were no thanks."""
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def take(self, request: VendorRequest, _: Callable[[], Awaitable[object]]) -> VendorResponse:
        """Take one webhook."""
        self.said.append(json.loads(request.body))
        if self.chance.random() >= self.lost:
            headers = {name: value for name, value in request.headers.items() if name in _PASSED_ON}
            copies = 2 if self.longest and self.chance.random() < _HALF else 1
            for _copy in range(copies):
                self._begin(self._pass_on(request.body, headers, self.chance.uniform(0, self.longest)))
        return VendorResponse(b"")

    def _begin(self, passing: Any) -> None:
        task = asyncio.create_task(passing)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _pass_on(self, body: bytes, headers: dict[str, str], seconds: float) -> None:
        await a_moment(seconds)
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(self.target, content=body, headers=headers)
        if answer.status_code != httpx.codes.OK:
            self.refused.append(answer.status_code)

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
        return [one["event"] for one in self.said if one.get("participant", {}).get("identity") == identity]


@asynccontextmanager
async def hop_to(target: str, seed: int = 23) -> AsyncIterator[Hop]:
    """Yield a hop in front of an address."""
    hop = Hop(target, Random(seed))
    async with listening(hop.take) as hop.url:
        try:
            yield hop
        finally:
            await hop.close()
