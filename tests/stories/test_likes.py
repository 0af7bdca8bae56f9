"""Two thousand taps a second on a room, from fifty phones, on two processes: five writes a second, and none is lost."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Final

from tests.servers import LOOPBACK, Redis
from tests.stories.world import Phone, World

PHONES: Final = 50
TAPS: Final = 40
"""That a phone gathers before it sends them."""
SECONDS: Final = 2.5
WRITE: Final = re.compile(rb'\+(\d+\.\d+) \[\d+ lua\] "HSET" "\{r\d+\}:room:[^"]+" "z"')


@asynccontextmanager
async def watched(redis: Redis) -> AsyncIterator[list[float]]:
    """Yield when likes were written while the block runs, as the server itself says."""
    reader, writer = await asyncio.open_connection(LOOPBACK, redis.port, limit=2**20)
    times: list[float] = []

    async def watch() -> None:
        async for line in reader:
            if found := WRITE.match(line):
                times.append(float(found[1]))

    writer.write(b"MONITOR\r\n")
    watching = asyncio.create_task(watch())
    try:
        yield times
    finally:
        watching.cancel()
        writer.close()


async def tap(phone: Phone, room: str, until: float) -> int:
    """Send batch after batch, and some of them twice, as after an answer that did not come; return the taps."""
    loop, taps = asyncio.get_running_loop(), 0
    for number in count():
        if loop.time() > until:
            return taps
        sent = 1 + (number % 4 == 3)
        answers = [phone.call("rooms/like", roomId=room, count=TAPS, batchId=f"{number}") for _ in range(sent)]
        await asyncio.gather(*answers)
        taps += TAPS
    return taps


async def test_two_thousand_taps_a_second_are_five_writes_a_second_and_each_counts_once(
    shared_world: World, redis_server: Redis
) -> None:
    host = await shared_world.register("anchor")
    room = await host.go_live()
    phones = await shared_world.strangers(PHONES)
    for phone, core in zip(phones, shared_world.cores * PHONES, strict=False):
        phone.ask = shared_world.caller_of(core)
    await asyncio.gather(*(phone.enter(room) for phone in phones))
    until = asyncio.get_running_loop().time() + SECONDS
    async with watched(redis_server) as times:
        taps = sum(await asyncio.gather(*(tap(phone, room, until) for phone in phones)))
    assert taps > 2000 * SECONDS
    assert (await host.detail(room))["star"] == taps
    assert len(times) > 1
    spans = [later - earlier for earlier, later in zip(times, times[5:], strict=False)]
    assert all(span >= 1 for span in spans), "five writes a second, whichever second"
    await shared_world.run_jobs()
    assert [int(row[0]) for row in shared_world.rows("SELECT MAX(likes) FROM lr_broadcasts")] == [taps]
    await shared_world.lose_live()
    assert (await host.detail(room))["star"] == taps
