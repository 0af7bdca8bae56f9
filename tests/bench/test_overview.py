"""What the overview costs while operators watch: among 10,000 rooms and 200,000 people, on one Redis."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from liveroom.api.operators.overview import write_overview
from liveroom.api.shapes import finish_card
from liveroom.domain.parts import parts
from liveroom.domain.tenants.model import Tenant
from liveroom.usecases.operators.announcing import INSTALLATION
from liveroom.usecases.operators.exchange import FigureExchange
from liveroom.usecases.operators.levels import WaitingLevels
from liveroom.usecases.operators.overview import LiveFigures
from liveroom.usecases.operators.survey import RoomSurvey
from liveroom.usecases.tenants.registry import Tenancy
from tests.servers import Redis
from tests.store.live.conftest import on_redis
from tests.store.live.world import World

ROOMS: Final = 10_000
PEOPLE: Final = 200_000
SECONDS: Final = 30
MOST: Final = 0.02
"""Of a processor, in the process that adds up; and as much of the Redis."""
_AT_ONCE: Final = 100
_CARD: Final = b'{"roomId":"1","title":"Songs for a rainy evening","star":0'


@dataclass
class OneTenant(Tenancy):
    """The tenants of an installation that has only the default one."""

    db: Any = None
    vault: Any = None
    default: Tenant = field(default_factory=lambda: Tenant(""))  # type: ignore[arg-type]


async def together(work: Iterable[Awaitable[object]]) -> None:
    """Do all of it, some at a time."""
    for some in parts(list(work), _AT_ONCE):
        await asyncio.gather(*some)


async def seed(world: World) -> None:
    """Open the rooms and let the people in: the first rooms have most."""
    rows = [world.row(f"r{number}") for number in range(ROOMS)]
    await together([world.put(row, card=_CARD) for row in rows])
    rooms = [f"r{number % ROOMS if number < PEOPLE - 1000 else number % 7}" for number in range(PEOPLE)]
    for some in parts(list(enumerate(rooms)), _AT_ONCE):
        await asyncio.gather(*(world.enter(f"u{number}", room) for number, room in some))


def spent_by(server: Redis) -> float:
    """Return the processor seconds that a Redis has taken."""
    found = server.command("INFO", "cpu")
    return float(found["used_cpu_sys"]) + float(found["used_cpu_user"])


@pytest.mark.long
@pytest.mark.alone
@pytest.mark.services
async def test_adding_up_takes_less_than_a_fiftieth_of_a_processor(
    redis_server: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    world = on_redis(redis_server)
    await world.restart()
    await seed(world)
    live, clock = world.live, world.clock
    exchange, survey = FigureExchange(live, clock), RoomSurvey(live, clock)
    figures = LiveFigures(live, clock, OneTenant(), exchange, WaitingLevels(clock), survey, finish_card)
    began = time.process_time()
    first = await figures.now(INSTALLATION)
    whole = time.process_time() - began
    began, before = time.process_time(), spent_by(redis_server)
    for _ in range(SECONDS):
        clock.advance(1)
        found = write_overview(await figures.now(INSTALLATION))
    process = (time.process_time() - began) / SECONDS
    server = (spent_by(redis_server) - before) / SECONDS
    with capsys.disabled():
        sys.stdout.write(
            f"\nfirst {whole:.4f} s, then {process:.4f} s a second; Redis {server:.4f} s; {len(found)} bytes\n"
        )
    assert first.totals is not None
    assert (first.online, first.totals.rooms, first.totals.viewers) == (PEOPLE, ROOMS, PEOPLE)
    assert process < MOST
    assert server < MOST
    for opened in world.opened:
        await opened.close()
