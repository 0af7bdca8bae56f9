"""Rate limits: windows that begin with a key's first use."""

from datetime import timedelta

from liveroom.ports import Live, Use
from liveroom.store.live.memory.limits import MemoryLimits
from tests.store.live.world import World

WINDOW = timedelta(minutes=10)


async def test_uses_are_within_the_limit_until_it_is_reached(live: Live) -> None:
    answers = [await live.hit("login:bob", limit=3, window=WINDOW) for _ in range(5)]
    assert answers == [True, True, True, False, False]


async def test_keys_are_counted_apart(live: Live) -> None:
    assert await live.hit("login:bob", limit=1, window=WINDOW)
    assert await live.hit("login:eve", limit=1, window=WINDOW)
    assert not await live.hit("login:bob", limit=1, window=WINDOW)


async def test_the_window_begins_with_the_first_use(world: World) -> None:
    assert await world.live.hit("login:bob", limit=2, window=WINDOW)
    world.clock.advance(WINDOW - timedelta(seconds=5))
    assert await world.live.hit("login:bob", limit=2, window=WINDOW)
    assert not await world.live.hit("login:bob", limit=2, window=WINDOW)
    world.clock.advance(10)
    assert await world.live.hit("login:bob", limit=2, window=WINDOW)
    world.clock.advance(WINDOW - timedelta(seconds=5))
    assert await world.live.hit("login:bob", limit=2, window=WINDOW)
    assert not await world.live.hit("login:bob", limit=2, window=WINDOW)


async def test_a_count_of_nought_only_asks(live: Live) -> None:
    for _ in range(3):
        assert await live.hit("login:bob", limit=1, window=WINDOW, count=0)
    assert await live.hit("login:bob", limit=1, window=WINDOW)
    assert not await live.hit("login:bob", limit=1, window=WINDOW, count=0)


async def test_several_uses_can_be_counted_at_once(live: Live) -> None:
    assert await live.hit("query:bob", limit=10, window=WINDOW, count=6)
    assert await live.hit("query:bob", limit=10, window=WINDOW, count=4)
    assert not await live.hit("query:bob", limit=10, window=WINDOW, count=0)
    assert not await live.hit("query:bob", limit=10, window=WINDOW, count=1)


async def test_uses_can_be_taken_back_and_no_more_than_there_were(live: Live) -> None:
    assert await live.hit("password:bob", limit=2, window=WINDOW, count=2)
    await live.hit("password:bob", limit=2, window=WINDOW, count=-1)
    assert await live.hit("password:bob", limit=2, window=WINDOW)
    assert not await live.hit("password:bob", limit=2, window=WINDOW, count=0)
    await live.hit("password:bob", limit=2, window=WINDOW, count=-9)
    assert [await live.hit("password:bob", limit=2, window=WINDOW) for _ in range(3)] == [True, True, False]
    await live.hit("password:eve", limit=2, window=WINDOW, count=-1)
    assert [await live.hit("password:eve", limit=2, window=WINDOW) for _ in range(3)] == [True, True, False]


async def test_a_window_says_how_long_it_lasts_on(world: World) -> None:
    assert await world.live.window_left("login:bob", window=WINDOW) == timedelta(0)
    await world.live.hit("login:bob", limit=1, window=WINDOW)
    world.clock.advance(timedelta(minutes=4))
    left = await world.live.window_left("login:bob", window=WINDOW)
    assert timedelta(minutes=6) - timedelta(seconds=5) < left <= timedelta(minutes=6)
    world.clock.advance(WINDOW)
    assert await world.live.window_left("login:bob", window=WINDOW) == timedelta(0)


async def test_several_keys_are_counted_together_and_answered_in_their_order(live: Live) -> None:
    uses = (Use("login:bob", 2), Use("login:eve", 1), Use("login:ann", 1, 0))
    assert list(await live.hit_each(uses, window=WINDOW)) == [True, True, True]
    assert list(await live.hit_each(uses, window=WINDOW)) == [True, False, True]
    assert list(await live.hit_each(uses, window=WINDOW)) == [False, False, True]


def test_of_too_many_keys_the_one_whose_window_ends_first_is_forgotten() -> None:
    limits = MemoryLimits(2)
    assert [limits.hit(key, 1, 1000, now) for now, key in enumerate(("a", "b", "b", "c"))] == [1, 1, 2, 1]
    assert [limits.uses(key, 5) for key in ("a", "b", "c")] == [0, 2, 1]
    assert limits.hit("a", 1, 1000, 5) == 1
    assert [limits.uses(key, 5) for key in ("a", "b", "c")] == [1, 0, 1]
