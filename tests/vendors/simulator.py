"""`liveroom simulate` in this process, with the keys of the tests and a clock that a test may wind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liveroom.ports import Clock
from liveroom.simulate.simulator import Simulator, SimulatorKeys, simulating
from tests.callbacks import IM_TOKEN, TRTC_KEY
from tests.service import SDK_APP_ID, SDK_SECRET

SECRET_ID: Final = "AKIDexampleexampleexample"
SECRET_KEY: Final = "examplesecretkey"
CAPTCHA: Final = 2079625916
CAPTCHA_SECRET: Final = "captcha-secret"
MINI: Final = 2047711111
MINI_SECRET: Final = "mini-secret"
KEYS: Final = SimulatorKeys(
    {SDK_APP_ID: SDK_SECRET}, SECRET_ID, SECRET_KEY, IM_TOKEN, TRTC_KEY, {CAPTCHA: CAPTCHA_SECRET, MINI: MINI_SECRET}
)


@dataclass
class SharedClock:
    """A clock that is another's: a simulator is there before the service whose clock is to be its own."""

    of: Clock

    def now(self) -> datetime:
        return self.of.now()

    @property
    def offset(self) -> timedelta:
        return self.of.offset


@asynccontextmanager
async def simulator(clock: Clock) -> AsyncIterator[Simulator]:
    """Yield a simulator that takes the cloud's keys for every application, as tenants of tests have their own."""
    made = Simulator(clock, KEYS)
    made.trtc.apps = None
    async with simulating(made):
        yield made
