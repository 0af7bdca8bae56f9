"""What only the memory store promises: stays are saved before the caller is answered, many in one write."""

import asyncio
from datetime import timedelta

import pytest

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.errors import DatabaseUnavailable, TokenInvalid
from liveroom.domain.events.model import CROWD, MemberSummary
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.presence.members import LeaveReason, Role
from tests.store.live.conftest import open_memory
from tests.store.live.listener import listen
from tests.store.live.world import World


@pytest.fixture
async def world() -> World:
    """Return a world on memory alone."""
    world = World(open_memory, lambda: None, forgets=True)
    await world.restart()
    return world


async def test_all_who_persist_in_one_tick_share_one_write(world: World) -> None:
    await world.open_room()

    async def enter(user: str) -> None:
        await world.enter(user)
        await world.live.persist()
        assert len(world.recovery.of(UserId(user))) == 1

    await asyncio.gather(*(enter(f"user{number}") for number in range(20)))
    # The first in line may have been under way before the others had their buckets filled.
    assert len(world.recovery.saves) <= 3
    saves = len(world.recovery.saves)
    await asyncio.gather(*(world.leave(f"user{number}") for number in range(20)))
    await asyncio.gather(*(world.live.persist() for _ in range(20)))
    assert len(world.recovery.saves) == saves + 1


async def test_nothing_is_written_when_nothing_has_changed(world: World) -> None:
    await world.live.persist()
    assert world.recovery.saves == []


async def test_who_persists_while_the_ledger_is_down_learns_of_it(world: World) -> None:
    await world.open_room()
    await world.enter("bob")
    world.recovery.down = True
    with pytest.raises(DatabaseUnavailable):
        await world.live.persist()
    world.recovery.down = False
    await world.live.persist()
    assert len(world.recovery.of(UserId("bob"))) == 1


async def test_a_great_write_is_cut_into_parts(world: World) -> None:
    await world.open_room()
    for number in range(1200):
        await world.live.admit(world.admission(f"user{number}", "r1", f"place{number}"))
    assert await world.live.flush() == 1200
    assert [len(save) for save in world.recovery.saves] == [500, 500, 200]


async def test_what_changed_during_a_failed_write_is_what_the_next_one_saves(world: World) -> None:
    await world.open_room()
    await world.enter("bob")
    world.recovery.down = True
    failing = asyncio.create_task(world.live.persist())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await world.leave("bob")
    with pytest.raises(DatabaseUnavailable):
        await failing
    world.recovery.down = False
    await world.live.persist()
    assert [stay.reason for stay in world.recovery.of(UserId("bob"))] == [LeaveReason.LEFT]


async def test_a_caller_who_gives_up_does_not_stop_the_write(world: World) -> None:
    await world.open_room()
    await world.enter("bob")
    waiting = asyncio.create_task(world.live.persist())
    await asyncio.sleep(0)
    waiting.cancel()
    await world.live.persist()
    assert len(world.recovery.of(UserId("bob"))) == 1


async def test_closing_the_store_writes_what_is_left(world: World) -> None:
    await world.open_room()
    await world.enter("bob")
    await world.live.close()
    assert len(world.recovery.of(UserId("bob"))) == 1


async def test_closing_the_store_does_not_fail_for_a_ledger_that_is_down(world: World) -> None:
    await world.open_room()
    await world.enter("bob")
    world.recovery.down = True
    await world.live.close()
    assert world.recovery.of(UserId("bob")) == []


async def test_a_session_out_of_the_ledger_is_known_after_its_first_verdict_only(world: World) -> None:
    await world.open_room()
    old = world.heartbeat("bob", "~old", issued=world.clock.now() - timedelta(hours=2))
    await world.enter("bob", session="~old")
    await world.enter("bob", session="ours")
    now = world.clock.now()
    world.recovery.ended.append(EndedSessions(UserId("bob"), (), now, original_before=now))
    await world.lose()
    assert await world.is_online("bob")
    assert not world.live.knows(world.heartbeat("bob", "ours"))
    await world.touch("bob", "ours")
    assert world.live.knows(world.heartbeat("bob", "ours"))
    assert not world.live.knows(old)
    with pytest.raises(TokenInvalid):
        await world.live.touch(old)


async def test_ended_sessions_are_forgotten_when_no_token_can_name_them(world: World) -> None:
    now = world.clock.now()
    await world.live.end_sessions(EndedSessions(UserId("bob"), (SessionId("bob-1"),), now, original_before=now))
    await world.expire_after(32 * 24 * 3600)
    await world.touch("bob")


async def test_whoever_comes_and_goes_without_end_between_two_publications_is_not_named_without_end(
    world: World,
) -> None:
    listener = await listen(world)
    await world.open_room()
    entry = world.admission("bob", "r1", "p1")
    for _ in range(CROWD):
        await world.live.admit(entry)
        await world.live.leave(entry.room, entry.user, None, None, LeaveReason.LEFT)
    await world.live.admit(entry)
    await listener.new_events()
    events = listener.publications()[-1].events
    assert len(events) <= CROWD + 1
    assert events[-1].counts == (1, 1, (MemberSummary(entry.user, "name of bob", "picture of bob", Role.AUDIENCE),))
    assert [event.seq for event in listener.events()] == list(range(1, len(listener.events()) + 1))
