"""Gifts while processes die at every point, and servers are lost: paid once for each key, told once, and it adds up.

    GIFT_SEEDS=1,2,3 python -m pytest -m long tests/chaos/test_gift_kills.py -s

A run counts once so many gifts were acknowledged and a process has died at each point. It prints what there was.
"""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from liveroom import faults
from liveroom.api.declare import scopes_of
from liveroom.api.methods import METHODS
from liveroom.domain.ids import DEFAULT_TENANT
from tests.bench.seeding import SeededMember
from tests.chaos.gift_checks import (
    assert_ledger,
    disagreements,
    gifts_of,
    heard,
    last_sums,
    untold,
    wrong_scores,
    wrong_totals,
    wrong_wallets,
)
from tests.chaos.gift_load import Doors, Evening, Stage
from tests.chaos.gift_trouble import POINTS, Trouble, mortals
from tests.servers import Mariadb, Redis, running
from tests.stories.agreement import settle
from tests.stories.installations import served_world
from tests.stories.world import Phone, World, once_rebuilt
from tests.sync.crowd import Crowd
from tests.worlds import a_moment

SEEDS: Final = [int(seed) for seed in os.environ.get("GIFT_SEEDS", "1").split(",")]
ENOUGH: Final = int(os.environ.get("GIFT_KILLS_ENOUGH", "5000"))
"""Gifts that have to be acknowledged before a run counts."""
WALLETS: Final = 20
ROOMS: Final = 2
ON_STAGE: Final = 2
LISTENERS: Final = 5
"""In each room."""
_MOST: Final = 1_200.0
"""Seconds that a run may take."""
_TOLD: Final = 20.0
"""Seconds within which everything that was left behind is told."""
_GIFTS: Final = {
    "LIVEROOM_GIFTS": "test",
    "LIVEROOM_EARNINGS_CLEAR": "1s",
    "LIVEROOM_APPROVAL_LIMIT": "0",
    "LIVEROOM_PURCHASE_LIMIT": "0",
    "LIVEROOM_LOG_LEVEL": "warning",
}


def test_processes_die_at_every_point_of_gifts_and_of_the_ledger() -> None:
    assert {point for point in faults.POINTS if point.startswith(("gifts.", "ledger."))} <= {*POINTS}


@dataclass
class Night:
    """An installation, everybody on it, and what goes wrong."""

    world: World
    evening: Evening
    trouble: Trouble
    crowds: Sequence[Crowd]

    async def until_it_counts(self) -> None:
        """Return when enough was acknowledged, and a process has died at each point."""
        async with asyncio.timeout(_MOST):
            while len(self.evening.paid) < ENOUGH or {*POINTS} - self.trouble.deaths.keys():
                self.trouble.look()
                self.evening.look()
                await a_moment(0.2)

    async def settle(self) -> None:
        """Return when the relay has told what was left behind, and every listener has heard the same sums."""
        core = self.world.core
        async with asyncio.timeout(_TOLD):
            while await core.db.outbox.due(core.clock.now() + timedelta(days=1), 1):
                await a_moment(0.2)
            await once_rebuilt(lambda: settle(core))
            for crowd in self.crowds:
                await crowd.until(partial(self._same, crowd))
            await a_moment(1.0)

    @staticmethod
    def _same(crowd: Crowd) -> bool:
        return len({client.segments[-1].position for client in crowd.clients if client.is_in}) == 1


@asynccontextmanager
async def night(folder: Path, mariadb: Mariadb, redis: Redis, seed: int) -> AsyncIterator[Night]:
    """Yield it, with everybody in their places."""
    dice, world = random.Random(seed), served_world(folder, mariadb, redis)
    world.settings = replace(world.settings, gifts="test", earnings_clear=timedelta(seconds=1))
    await world.start()
    _, key = await world.core.services.server_keys.add(
        DEFAULT_TENANT, "shop", ("*",), scopes_of(METHODS.methods.values()), lasts=None
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(world.stop, gracefully=False)
        processes = mortals(folder, world.settings, **_GIFTS)
        for process in processes:
            stack.callback(process.kill)
            await asyncio.to_thread(process.start)
        doors = Doors([process.port for process in processes], key, dice)
        stack.callback(doors.close)
        stages, senders, crowds = await gathered(world, doors, [process.port for process in processes])
        for crowd in crowds:
            await stack.enter_async_context(crowd)
            await crowd.come()
        trouble = Trouble(processes, mariadb, redis, dice)
        yield Night(world, Evening(doors, stages, senders, dice), trouble, crowds)


async def gathered(
    world: World, doors: Doors, ports: Sequence[int]
) -> tuple[Sequence[Stage], Sequence[Phone], Sequence[Crowd]]:
    """Let hosts go live with others on their stages; return them, who sends, and who listens in each room."""
    people = await world.strangers(ROOMS * (1 + ON_STAGE + LISTENERS) + WALLETS)
    hosts, people = people[:ROOMS], people[ROOMS:]
    others, people = people[: ROOMS * ON_STAGE], people[ROOMS * ON_STAGE :]
    senders, listeners = people[:WALLETS], people[WALLETS:]
    for host in hosts:
        await host.go_live()
        await host.call("seats/configure", roomId=host.user, seats=ON_STAGE, mode="free")
    stages = [Stage(host, others[number::ROOMS]) for number, host in enumerate(hosts)]
    await begin_battle(hosts[0], hosts[1])
    for stage in stages:
        for number, phone in enumerate(stage.others, 1):
            await phone.enter(stage.host.user)
            await phone.call("seats/take", roomId=stage.host.user, seat=number)
    guests = [SeededMember(phone.user, phone.token) for phone in listeners]
    return stages, senders, [Crowd(ports, host.user, guests[number::ROOMS]) for number, host in enumerate(hosts)]


async def begin_battle(host: Phone, other: Phone) -> None:
    """Let two rooms battle for an hour: every gift scores."""
    invited = await host.call("battles/invite", roomId=host.user, roomIds=other.user, duration=3600)
    await other.call("battles/accept", roomId=other.user, battleId=invited["battleId"])


@pytest.mark.long
@pytest.mark.services
@pytest.mark.parametrize("seed", SEEDS)
async def test_gifts_are_paid_once_and_told_once_whatever_dies(
    tmp_path: Path, mariadb_to_kill: Mariadb, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    # With "everysec" a busy disk may cost a killed Redis its last two seconds; what that costs, flushing shows.
    with running(Redis(tmp_path / "redis", "--appendfsync", "always")) as redis:
        async with night(tmp_path, mariadb_to_kill, redis, seed) as it:
            it.evening.start(lanes=4)
            it.trouble.start()
            await it.until_it_counts()
            await it.trouble.stop()
            await it.evening.stop()
            await it.settle()
            with capsys.disabled():
                sys.stdout.write(f"\nseed {seed}, {time.monotonic() - began:.0f} s: {sum_up(it)}\n")
            found = await wrong(it)
            assert not found, "\n".join([*found, *(f"{at} {what}" for at, what in it.trouble.happened)])
            await assert_ledger(it.world.core)
            for process in it.trouble.processes:
                assert "Traceback" not in process.log(), process.log()


async def wrong(it: Night) -> list[str]:
    """Return everything that is not as it should be, beside the ledger itself."""
    core, evening = it.world.core, it.evening
    gifts = await gifts_of(core)
    found = [*evening.wrong, *disagreements(evening, gifts), *await wrong_wallets(core, evening)]
    found += [
        *await wrong_totals(core, [crowd.room for crowd in it.crowds], gifts),
        *await wrong_scores(core, evening, gifts),
    ]
    for crowd in it.crowds:
        epochs, differences = heard(crowd)
        of_room = [one for one in gifts if one.room == crowd.room]
        found += [*differences, *untold(epochs, of_room, it.trouble.losses_of_redis)]
        sums, wanted = last_sums(epochs), sum(one.count for one in of_room if one.state == "sent")
        if sums is None or sums["gifts"] != wanted:
            found.append(f"{crowd.room} has heard last of {sums}, not {wanted}")
    return found


def sum_up(it: Night) -> str:
    """Say how much there was."""
    evening, told = it.evening, Counter[str]()
    for crowd in it.crowds:
        epochs, _ = heard(crowd)
        told["epochs"] += len(epochs)
        told += Counter(event["type"] for epoch in epochs for event in epoch.events if event["type"].startswith("gift"))
    refused, acts = len(evening.attempts) - len(evening.paid), Counter(act.what for act in evening.acts)
    return (
        f"{len(evening.paid)} gifts acknowledged, {refused} refused; {dict(acts)}; "
        f"made again {dict(evening.doors.broken)}; deaths {dict(it.trouble.deaths)}; {dict(it.trouble.losses)}; "
        f"heard {dict(told)}"
    )
