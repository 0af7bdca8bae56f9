"""Who has signed in from where: known for half a month to a month, in a filter of a fixed size."""

from datetime import timedelta
from hashlib import sha256

from liveroom.ports import Known, Live
from liveroom.store.live.address_filter import HALF, PART_BITS, PARTS, spot_of
from tests.store.live.world import World


def pair(text: str) -> str:
    return sha256(text.encode()).hexdigest()


async def test_whoever_was_noted_is_known_and_nobody_else(live: Live) -> None:
    assert await live.known_addresses.recall(pair("ann")) is Known.NO
    await live.known_addresses.note(pair("ann"))
    await live.known_addresses.note(pair("ann"))
    assert await live.known_addresses.recall(pair("ann")) is Known.LATELY
    assert await live.known_addresses.recall(pair("bob")) is Known.NO


async def test_whoever_is_not_noted_again_is_forgotten_after_a_month(world: World) -> None:
    known = world.live.known_addresses
    await known.note(pair("ann"))
    await known.note(pair("bob"))
    world.clock.advance(HALF)
    assert await known.recall(pair("ann")) is Known.BEFORE
    await known.note(pair("ann"))
    assert await known.recall(pair("ann")) is Known.LATELY
    world.clock.advance(HALF)
    assert await known.recall(pair("ann")) is Known.BEFORE
    assert await known.recall(pair("bob")) is Known.NO
    world.clock.advance(HALF + timedelta(days=1))
    assert await known.recall(pair("ann")) is Known.NO


async def test_a_few_strangers_are_taken_for_known_and_no_more(live: Live) -> None:
    known = live.known_addresses
    for number in range(300):
        await known.note(pair(f"user {number}"))
    assert [await known.recall(pair(f"user {number}")) for number in range(300)] == [Known.LATELY] * 300
    strangers = [await known.recall(pair(f"stranger {number}")) for number in range(300)]
    assert strangers.count(Known.NO) >= 299


def test_pairs_are_spread_over_all_parts_of_the_filter() -> None:
    spots = [spot_of(pair(str(number))) for number in range(1000)]
    assert {spot.part for spot in spots} == set(range(PARTS))
    assert all(0 <= bit < PART_BITS for spot in spots for bit in spot.bits)
    assert len({bit for spot in spots for bit in spot.bits}) > 3900
