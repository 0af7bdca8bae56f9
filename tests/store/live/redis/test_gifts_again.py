"""Gifts whose answers are lost: the script runs again, also after the server died; each counts and is told once."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec
import pytest

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.gifts.events import DEAREST, GiftBatch, GiftTotals
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.rooms.model import HostPolicy
from liveroom.ports import Live
from liveroom.store.live.redis.keys import RoomKeys
from tests.servers import Redis
from tests.store.live.giving import GiftRows, batch, flood, gift, of_gifts
from tests.store.live.listener import R1, listen
from tests.store.live.redis.conftest import world_on
from tests.store.live.redis.losing import Losses, forgetful_world

BATCHES: Final = 24

pytestmark = pytest.mark.services


def some() -> Sequence[GiftBatch]:
    """Return batches of one to three gifts, each urgent: none is left out."""
    dice = random.Random(2)
    return [
        batch(
            f"b{number}",
            *(gift(f"g{number}-{at}", dice.randint(1, 9), urgent=True) for at in range(dice.randint(1, 3))),
        )
        for number in range(BATCHES)
    ]


async def test_a_script_whose_answer_was_lost_counts_and_tells_once(redis_server: Redis) -> None:
    losses = Losses("tell_gifts")
    async with forgetful_world(redis_server, losses) as world:
        listener = await listen(world)
        await world.go_live()
        batches = some()
        rows = GiftRows({one.id: one for one in batches})
        await asyncio.gather(*(world.opened[at % 2].gifts.tell(one) for at, one in enumerate(batches)))
        assert await world.live.gifts.totals(R1, DEFAULT_TENANT) == rows.totals
        await listener.new_events()
        ids = [msgspec.json.decode(one.data)["sentId"] for of in batches for one in of.gifts]
        assert sorted(of_gifts(listener.events())) == sorted(ids)
        assert losses.count


async def test_batches_are_told_until_that_is_answered_while_the_server_dies(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        row = await world.go_live()
        await world.restart()
        await world.save()
        rows, batches = GiftRows(), some()

        async def tell(number: int) -> None:
            one = rows.commit(batches[number])
            world.recovery.gifts[row.broadcast] = rows.so_far()
            await until_told(world.opened[number % 2], one)
            rows.pending.discard(one.id)
            world.recovery.gifts[row.broadcast] = rows.so_far()

        async def trouble() -> None:
            own_redis.command("CLIENT", "KILL", "TYPE", "normal")
            own_redis.kill()
            own_redis.start()

        for first in range(0, BATCHES, 8):
            await asyncio.gather(*(tell(number) for number in range(first, first + 8)), trouble())
        assert await world.live.gifts.totals(R1, DEFAULT_TENANT) == rows.totals
        senders = await world.live.gifts.senders(R1, DEFAULT_TENANT, 100)
        assert sum(rank.coins for rank in senders) == rows.totals.coins


async def until_told(live: Live, one: GiftBatch) -> None:
    """Tell a batch until that is answered, as the relay does."""
    async with asyncio.timeout(20):
        while True:
            try:
                assert await live.gifts.tell(one) is not None
            except LiveUnavailable:
                continue
            return


async def test_what_waits_has_a_bound_and_goes_with_the_room(redis_server: Redis) -> None:
    async with world_on(redis_server) as world:
        await listen(world)
        row = await world.go_live()
        await world.live.put_room(replace(row, rev=2, title="another"), HostPolicy.OWNER, b"{}")
        keys = RoomKeys(R1)
        for number in range(20):
            await world.live.gifts.tell(batch(f"{number}", *flood(250, first=250 * number)))
        size = redis_server.command("MEMORY", "USAGE", keys.room.decode())
        assert int(size) < DEAREST * 400
        assert await world.live.gifts.totals(R1, DEFAULT_TENANT) == GiftTotals(5000, 5000, 5000)
        await world.close_room(replace(row, rev=3))
        assert redis_server.command("KEYS", "*:r1") == []
