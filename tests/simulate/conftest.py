"""A simulator at a free port, its page included, with the keys that `liveroom simulate` prints."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from liveroom.simulate.simulator import Simulator, simulating
from liveroom.simulate.site import SimulatorSite


class StillClock:
    """A clock that stands still until it is advanced: what is counted by seconds is counted exactly."""

    offset = timedelta(0)

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 19, 12, 8, 40, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass
class Controlled:
    """A simulator, its clock, and the control API."""

    simulator: Simulator
    clock: StillClock
    http: httpx.AsyncClient

    async def step(self, do: str, **given: Any) -> dict[str, Any]:
        """Take a step that has to be possible; return what it tells."""
        answer = await self.http.post("/control", json={"do": do, **given})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def refused(self, do: str, **given: Any) -> str:
        """Try a step that is not; return why."""
        answer = await self.http.post("/control", json={"do": do, **given})
        assert answer.status_code == 409, answer.text
        return str(answer.json()["error"])

    async def state(self, **asked: float) -> dict[str, Any]:
        return dict((await self.http.get("/control", params=asked)).json())


@pytest.fixture
async def sim() -> AsyncIterator[Controlled]:
    clock = StillClock()
    simulator = Simulator(clock, paced=True)
    simulator.site = SimulatorSite(simulator).answer
    async with simulating(simulator) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        yield Controlled(simulator, clock, http)
