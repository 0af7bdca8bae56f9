"""One deployment from start to end: the service's function, its address, its first answer, and the timer's function."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from liveroom.cli.deploy.codes import InlineCode, PackagedCode
from liveroom.cli.deploy.deployer import Deployer
from liveroom.cli.deploy.given import DeployInput
from liveroom.cli.deploy.wanted import WantedFunction, seconds_between_ticks, service, ticker, ticker_code
from liveroom.settings import SettingsError

_SECONDS_TO_ANSWER: Final = 120.0
_SECONDS_BETWEEN_LOOKS: Final = 2.0
_SECONDS_FOR_A_LOOK: Final = 35.0
_OK: Final = 200
_SHOWN: Final = 300


class Deployed(NamedTuple):
    """What came of it."""

    url: str
    seconds_between_ticks: int


@dataclass(frozen=True)
class Steps:
    """What is deployed, and under which name."""

    deployer: Deployer
    given: DeployInput
    name: str
    python: str
    told: Callable[[str], None]
    pause: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def plan(self, package: Path | None) -> list[str]:
        """Return what would be done, a line each; without a package, its code is not compared."""
        web = self.deployer.plan(self._service(), None if package is None else self._code(package))
        url = "" if web.found is None else self.deployer.address(self.name)
        timer = self.deployer.plan(self._ticker(url), InlineCode(ticker_code()))
        fresh = [f"write    {one} to .env" for one in self.given.fresh]
        return [*fresh, *web.lines(), *timer.lines(), f"timer: every {self._seconds} s"]

    def deploy(self, build: Callable[[], Path]) -> Deployed:
        """Do it. Raises ``SettingsError``."""
        self.deployer.plan(self._service(), None)  # what is refused is refused before a package is built
        code = self._code(build())
        self.deployer.apply(self.deployer.plan(self._service(), code), code)
        url = self.deployer.wait_address(self.name)
        self._wait_ready(url)
        tick = InlineCode(ticker_code())
        self.deployer.apply(self.deployer.plan(self._ticker(url), tick), tick)
        return Deployed(url, self._seconds)

    @property
    def _seconds(self) -> int:
        return seconds_between_ticks(self.given.settings)

    def _service(self) -> WantedFunction:
        return service(self.given.deployment, self.name, self.python)

    def _ticker(self, url: str) -> WantedFunction:
        return ticker(self.name, url, self.given.internal_key, self._seconds)

    def _code(self, package: Path) -> PackagedCode:
        return PackagedCode(package, self.given.deployment, self.told)

    def _wait_ready(self, url: str) -> None:
        self.told(f"Waiting for {url}")
        deadline, said = self.monotonic() + _SECONDS_TO_ANSWER, "nothing"
        while self.monotonic() < deadline:
            try:
                answer = httpx.get(f"{url}/readyz", timeout=_SECONDS_FOR_A_LOOK)
            except httpx.HTTPError as failure:
                said = type(failure).__name__
            else:
                if answer.status_code == _OK:
                    return
                said = f"HTTP {answer.status_code} {answer.text[:_SHOWN]}"
            self.pause(_SECONDS_BETWEEN_LOOKS)
        raise SettingsError(
            [
                f"the function is there, but {url}/readyz answers {said}: its log in SCF's console says why. Most "
                "often MySQL or Redis cannot be reached from the subnet; call this again when that is mended."
            ]
        )
