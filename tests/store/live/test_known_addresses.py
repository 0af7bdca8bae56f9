"""Who has signed in from where: known for half a month to a month, in a filter of a fixed size."""

from datetime import timedelta
from hashlib import sha256

from liveroom.ports import Live
from liveroom.store.live.address_filter import HALF, PART_BITS, PARTS, spot_of
from tests.store.live.world import World


def pair(text: str) -> str:
    return sha256(text.encode()).hexdigest()


async def note(live: Live, *texts: str) -> None:
    """Note pairs, and let the batch with them go."""
    for text in texts:
        live.known_addresses.note(pair(text))
    await live.flush()


async def test_whoever_was_noted_is_known_and_nobody_else(live: Live) -> None:
    assert not await live.known_addresses.knows(pair("ann"))
    await note(live, "ann", "ann")
    await note(live, "ann")
    assert await live.known_addresses.knows(pair("ann"))
    assert not await live.known_addresses.knows(pair("bob"))


async def test_whoever_is_not_noted_again_is_forgotten_after_a_month(world: World) -> None:
    known = world.live.known_addresses
    await note(world.live, "ann", "bob")
    world.clock.advance(HALF)
    assert await known.knows(pair("ann"))
    await note(world.live, "ann")
    world.clock.advance(HALF)
    assert await known.knows(pair("ann"))
    assert not await known.knows(pair("bob"))
    world.clock.advance(HALF + timedelta(days=1))
    assert not await known.knows(pair("ann"))


async def test_a_few_strangers_are_taken_for_known_and_no_more(live: Live) -> None:
    await note(live, *(f"user {number}" for number in range(300)))
    assert all([await live.known_addresses.knows(pair(f"user {number}")) for number in range(300)])
    assert sum([await live.known_addresses.knows(pair(f"stranger {number}")) for number in range(300)]) <= 1


def test_pairs_are_spread_over_all_parts_of_the_filter() -> None:
    spots = [spot_of(pair(str(number))) for number in range(1000)]
    assert {spot.part for spot in spots} == set(range(PARTS))
    assert all(0 <= bit < PART_BITS for spot in spots for bit in spot.bits)
    assert len({bit for spot in spots for bit in spot.bits}) > 3900
