"""A platform for web functions: starts processes for calls, freezes them with the answer, and ends them as it likes.

A process runs only while it is called. It is started by the call that needs it, stopped with SIGSTOP as soon as it has
answered, and woken by the next call that it gets. Between calls it may be killed, or told to stop and then killed soon.
What is random is drawn from a seed, so that a failing show can be repeated.
"""

import asyncio
import random
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import httpx

from liveroom.settings import Settings
from tests.chaos.processes import Liveroom
from tests.stories.world import Reply

BOOTSTRAP: Final = Path(__file__).parents[2] / "src/liveroom/cli/pack/start.sh"
KEY: Final = "a-timer-s-key-0123456789"
_SECONDS_FOR_A_CALL: Final = 25.0
_SECONDS_TO_STOP: Final = 2.0
"""What a platform gives a process between SIGTERM and SIGKILL."""


class Function(Liveroom):
    """One process of the function, as its bootstrap starts it."""

    is_forked = False

    def __init__(self, folder: Path, settings: Settings) -> None:
        super().__init__(folder, settings, LIVEROOM_INTERNAL_KEY=KEY, PYTHON=sys.executable)
        self.data_dir = settings.data_dir
        self.frozen = False

    def command_line(self) -> list[str]:
        """Return what the platform runs, in the environment that the function was given."""
        _, *given, _, _, _, _ = super().command_line()
        return ["env", *given, str(BOOTSTRAP)]

    def answers(self) -> bool:
        """Return whether somebody listens."""
        return self.status("/healthz") == 200

    def has_ended(self) -> bool:
        """Return whether the process has left by itself."""
        return self._process is not None and self._process.poll() is not None

    def wake(self) -> None:
        """Start the process, or let it go on."""
        if self.has_ended():
            self.wait()
        if not self.is_running():
            self.start()
        elif self.frozen:
            self.resume()
        self.frozen = False

    def freeze(self) -> None:
        self.pause()
        self.frozen = True

    def end(self, *, gently: bool) -> None:
        """End the process: told to stop first, or out of the blue."""
        if gently and self.is_running() and not self.has_ended():
            self.resume()
            assert self._process is not None
            self._process.terminate()
            with suppress(TimeoutError):
                self.wait_for_the_end(_SECONDS_TO_STOP)
        self.kill()
        self.frozen = False

    def wait_for_the_end(self, seconds: float) -> None:
        """Return when the process has left; raises ``TimeoutError``."""
        assert self._process is not None
        try:
            self._process.wait(timeout=seconds)
        except Exception as late:
            raise TimeoutError from late


@dataclass
class Platform:
    """Some processes of one function, and the calls that they get. Calls come one at a time."""

    functions: Sequence[Function]
    chance: random.Random
    ends: float = 0.15
    """How likely a process is ended after a call instead of frozen."""
    kills: float = 0.2
    """How likely that comes out of the blue."""
    ended: list[bool] = field(default_factory=list)
    """Each end, and whether it was a gentle one."""
    starts: int = 0

    async def ask(self, path: str, given: Mapping[str, Any]) -> Reply:
        """Call a method on any of the processes."""
        answer = await self.request("POST", f"/{path}", json=dict(given))
        assert answer.status_code == 200, answer.text
        reply: Reply = answer.json()
        return reply

    async def tick(self) -> Mapping[str, int]:
        """Be the timer: ask any of the processes to do what is due."""
        answer = await self.request("POST", "/internal/tick", headers={"authorization": f"Bearer {KEY}"})
        assert answer.status_code == 200, answer.text
        done: Mapping[str, int] = answer.json()["done"]
        return done

    async def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Let any of the processes answer, on a new connection, as gateways do it."""
        function = self.chance.choice(self.functions)
        self.starts += not function.is_running()
        await asyncio.to_thread(function.wake)
        try:
            async with httpx.AsyncClient(base_url=function.url, timeout=_SECONDS_FOR_A_CALL, trust_env=False) as http:
                return await http.request(method, path, **given)
        finally:
            await self._rest(function)

    async def _rest(self, function: Function) -> None:
        if self.chance.random() >= self.ends:
            function.freeze()
            return
        gently = self.chance.random() >= self.kills
        self.ended.append(gently)
        await asyncio.to_thread(function.end, gently=gently)

    def log(self) -> str:
        """Return what all processes have said."""
        return "".join(function.log() for function in self.functions if (function.folder / "log").exists())

    def stop(self) -> None:
        """End every process for good."""
        for function in self.functions:
            function.kill()


def make_platform(folder: Path, settings: Settings, *, processes: int, seed: int, **given: Any) -> Platform:
    """Return a platform on which nothing runs yet."""
    functions = [
        Function(folder / f"function{number}", replace(settings, data_dir=folder / f"tmp{number}"))
        for number in range(processes)
    ]
    return Platform(functions, random.Random(seed), **given)
