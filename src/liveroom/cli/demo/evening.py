"""A demo from its first host to its last: accounts are made, people come and go, and everything is removed again."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice

from liveroom.cli.demo.cast import Cast, viewer_names
from liveroom.cli.demo.people import DemoScene, Host, Viewer
from liveroom.cli.demo.script import SHOWS
from liveroom.settings import SettingsError
from liveroom_client import Liveroom, LiveroomError, Session, SignedOut, Unreachable


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What was asked for on the command line."""

    url: str
    hosts: int
    viewers: int
    video: bool
    seconds: float
    pace: float


async def play(cast: Cast, plan: DemoPlan) -> None:
    """Run the demo until its time is over or it is stopped. Raises ``SettingsError``."""
    left = await cast.dismiss_all()
    if left:
        _tell(f"removed {left} accounts that an earlier demo had left behind")
    removed = 0
    try:
        with _ended_by_sigterm(), suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(plan.seconds or None):
                await _evening(cast, plan)
    except Unreachable as problem:
        raise SettingsError([f"{problem}. Start the service first: `liveroom serve`"]) from problem
    except SignedOut as problem:
        raise SettingsError([f"{plan.url} does not know the users of this data folder: {problem.message}"]) from problem
    finally:
        removed = await asyncio.shield(cast.dismiss_all())
    _tell(f"the demo is over; its {removed} accounts are removed")


def _tell(sentence: str) -> None:
    """Print at once: nothing else is printed for long."""
    print(sentence, flush=True)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end what is within this as Ctrl-C does."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        with suppress(NotImplementedError):  # where there are no signals
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGTERM)


async def _evening(cast: Cast, plan: DemoPlan) -> None:
    dice = random.Random()  # noqa: S311 - decides nothing that has to be secret
    around = DemoScene(dice, plan.pace, plan.video)
    shows = [SHOWS[number % len(SHOWS)] for number in range(plan.hosts)]
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(Liveroom(plan.url))
        hosts = [Host(around, await _sign_in(service, cast, show.host), show) for show in shows]
        viewers = [
            Viewer(around, await _sign_in(service, cast, name), language)
            for name, language in islice(viewer_names(), plan.viewers)
        ]
        for host in hosts:
            around.rooms.append(await host.open())
        _tell(
            f"{plan.hosts} rooms are live at {plan.url}, with {plan.viewers} viewers who come and go. "
            "Ctrl-C ends the demo and removes its accounts"
        )
        lives = [host.live for host in hosts] + [viewer.live for viewer in viewers]
        async with asyncio.TaskGroup() as group:
            for live in lives:
                group.create_task(_going_on(live, around))


async def _sign_in(service: Liveroom, cast: Cast, name: str) -> Session:
    return await service.sign_in_with_token(await cast.hire(name))


async def _going_on(live: Callable[[], Awaitable[None]], around: DemoScene) -> None:
    """Let somebody live on through whatever the service refuses."""
    while True:
        try:
            await live()
        except LiveroomError:
            await around.pause(2, 5)
