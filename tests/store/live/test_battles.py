"""Battles in the live store: a room shows its battle, is told of its changes and scores, and counts likes for it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from liveroom.domain.battles.model import BattleRoom, BattleState, EndReason, LeftWhy, RoomBattle
from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId
from liveroom.domain.rooms.likes import LikeCall
from liveroom.domain.rooms.model import LiveRoom
from liveroom.domain.rooms.options import DEFAULTS
from tests.store.live.listener import R1, listen
from tests.store.live.world import World

R2 = RoomId("r2")


def battle(now: datetime, **given: Any) -> RoomBattle:
    """Return a battle of two rooms that begins now."""
    rooms = (
        BattleRoom(R1, UserId("ann"), "小明 😀", "", 1),
        BattleRoom(R2, UserId("cat"), "", "c.png", 2, left=LeftWhy.GAVE_UP),
    )
    begins = now.replace(microsecond=0)
    ends = begins + timedelta(minutes=5)
    return RoomBattle("b1", 3, BattleState.RUNNING, begins, ends, None, rooms, likes_max=5)._replace(**given)


async def put(world: World, battle: RoomBattle | None, rev: int) -> LiveRoom:
    row, policy, card = world.recovery.rooms[R1]
    found = await world.put(replace(row, rev=rev, options=replace(DEFAULTS, battle=battle)), policy, card)
    assert found is not None
    return found


async def test_a_battle_shows_in_every_picture_and_after_the_store_was_lost(world: World) -> None:
    await world.go_live()
    running = battle(world.clock.now())
    over = running._replace(state=BattleState.RESULT, closes=running.ends, winner=2, reason=EndReason.ALONE, version=4)
    for rev, one in enumerate((running, over), 2):
        await put(world, one, rev)
        snapshot = await world.live.channels.snapshot(R1, DEFAULT_TENANT)
        assert (await world.room()).options.battle == snapshot.room.options.battle == one
        assert abs(snapshot.at - world.clock.now()) < timedelta(seconds=5)
    await world.lose()
    assert (await world.room()).options.battle == over


async def test_each_change_of_a_battle_is_told_as_what_it_is(world: World) -> None:
    await world.go_live()
    listener = await listen(world)
    await listener.new_events()
    running = battle(world.clock.now())
    result = running._replace(state=BattleState.RESULT, version=5)
    for rev, (one, kind) in enumerate(
        (
            (running, EventKind.BATTLE_STARTED),
            (running._replace(version=4), EventKind.BATTLE_CHANGED),
            (result, EventKind.BATTLE_ENDED),
            (None, EventKind.BATTLE_CHANGED),
            (running._replace(id="b2"), EventKind.BATTLE_STARTED),
            (result._replace(id="b2"), EventKind.BATTLE_ENDED),
            (running._replace(id="b3"), EventKind.BATTLE_STARTED),
        ),
        2,
    ):
        await put(world, one, rev)
        assert await listener.new_events() == [kind]
        event = listener.events()[-1]
        assert event.room is not None
        assert event.room.options.battle == one


async def test_scores_are_told_and_kept_and_older_ones_change_nothing(world: World) -> None:
    await world.go_live()
    listener = await listen(world)
    battles = world.live.battles
    await battles.tell(R1, DEFAULT_TENANT, "b1", 1, b'{"n":0}')
    await put(world, battle(world.clock.now()), 2)
    await battles.tell(R1, DEFAULT_TENANT, "b1", 2, b'{"n":2}')
    await battles.tell(R1, DEFAULT_TENANT, "b1", 1, b'{"n":1}')
    await battles.tell(R1, DEFAULT_TENANT, "b1", 2, b'{"n":2}')
    await battles.tell(R1, DEFAULT_TENANT, "other", 9, b'{"n":9}')
    await battles.tell(R1, TenantName("t"), "b1", 9, b'{"n":9}')
    await battles.tell(R1, DEFAULT_TENANT, "b1", 2, b'{"n":3}')
    await listener.new_events()
    told = [event.data for event in listener.events() if event.kind == EventKind.BATTLE_SCORE]
    assert told == [b'{"n":2}', b'{"n":3}']
    assert (await world.live.channels.snapshot(R1, DEFAULT_TENANT)).battle_score == b'{"n":3}'
    assert (await battles.read([R1], "b1"))[R1].told == b'{"n":3}'
    assert (await battles.read([R1, R2], "other")) == {R1: (0, None), R2: (0, None)}
    await put(world, battle(world.clock.now(), state=BattleState.RESULT, version=9), 3)
    await battles.tell(R1, DEFAULT_TENANT, "b1", 9, b'{"n":9}')
    assert (await battles.read([R1], "b1"))[R1].told == b'{"n":3}'


async def test_likes_count_in_a_battle_up_to_its_limit_for_each_user(world: World) -> None:
    await world.go_live()
    await world.enter("bob")

    async def like(user: str, likes: int) -> None:
        await world.live.likes.add(LikeCall(DEFAULT_TENANT, R1, UserId(user), likes, ""))
        world.clock.advance(1)

    async def counted(id: str = "b1") -> int:
        return (await world.live.battles.read([R1], id))[R1].likes

    await like("bob", 3)
    await put(world, battle(world.clock.now()), 2)
    assert await counted() == 0
    await like("bob", 4)
    await like("bob", 4)
    await like("ann", 2)
    assert await counted() == 7, "5 of bob's, 2 of ann's"
    await world.live.battles.tell(R1, DEFAULT_TENANT, "b1", 1, b"{}")
    assert await counted() == 7
    await put(world, battle(world.clock.now(), id="b2"), 3)
    await like("bob", 1)
    assert (await counted("b2"), await counted()) == (1, 0)
    await put(world, battle(world.clock.now() - timedelta(minutes=5), id="b2", version=4), 4)
    await like("bob", 1)
    assert await counted("b2") == 1, "its time is over"
