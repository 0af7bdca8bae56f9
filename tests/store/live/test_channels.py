"""Channels: who may subscribe, who is subscribed, who hears what, and what the end of a subscription means."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from liveroom.domain.errors import NotInRoom, RoomNotFound
from liveroom.domain.events import CROWD, Devices, Position, Publication, Socket
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId
from liveroom.domain.members import LeaveReason, Place
from liveroom.domain.presence import SOCKET, SOCKET_CLOSED
from tests.store.live.ear import R1, Ear, listen, socket_of
from tests.store.live.world import EVERYONE, World, eventually

BOB = socket_of("bob")
RENEWAL = timedelta(seconds=25)
MOMENT = timedelta(seconds=1)


async def join(world: World, *sockets: Socket, room: RoomId = R1) -> None:
    for socket in sockets:
        await world.live.channels.join(room, DEFAULT_TENANT, socket)


async def present(world: World, room: RoomId = R1) -> list[str]:
    return sorted(socket.client for socket in await world.live.channels.present(room, 100))


async def deserted(world: World, after: timedelta = timedelta(0)) -> list[Place]:
    """Let time pass as a running service does, looking every ten seconds; return the places that are to go."""
    found = list(await world.live.channels.deserted(EVERYONE))
    while after > timedelta(0):
        step = min(after, timedelta(seconds=10))
        world.clock.advance(step)
        after -= step
        await world.live.orphans(EVERYONE)
        found += await world.live.channels.deserted(EVERYONE)
    return found


def users_of(places: Sequence[Place]) -> list[str]:
    return sorted(place.user for place in places)


@pytest.fixture
async def ear(world: World) -> Ear:
    """Return the audience of room r1, in which ann and bob are and have been heard to come."""
    ear = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await ear.received()
    return ear


# --- subscribing ------------------------------------------------------------------------------------------------------


async def test_a_member_subscribes_and_learns_the_position(world: World, ear: Ear) -> None:
    position = await world.live.channels.join(R1, DEFAULT_TENANT, BOB)
    assert position == ear.last()
    assert await present(world) == ["bob:1"]
    assert list(await world.live.channels.present(R1, 100)) == [BOB]


async def test_only_members_subscribe(world: World, ear: Ear) -> None:
    with pytest.raises(NotInRoom):
        await join(world, socket_of("eve"))
    await world.leave("bob")
    with pytest.raises(NotInRoom):
        await join(world, BOB)
    assert await present(world) == []


async def test_only_a_live_room_of_the_own_tenant_is_subscribed(world: World, ear: Ear) -> None:
    with pytest.raises(RoomNotFound):
        await world.live.channels.join(R1, TenantName("other"), BOB)
    with pytest.raises(RoomNotFound):
        await join(world, BOB, room=RoomId("r9"))
    row, _, _ = world.ledger.rooms[R1]
    await world.close_room(replace(row, rev=2))
    with pytest.raises(RoomNotFound):
        await join(world, BOB)


async def test_sockets_and_their_users_are_counted(world: World, ear: Ear) -> None:
    await join(world, BOB, socket_of("bob", 2, "tablet"), socket_of("ann"), BOB)
    assert await world.live.channels.count(R1) == (3, 2)
    assert await present(world) == ["ann:1", "bob:1", "bob:2"]
    assert len(await world.live.channels.present(R1, 2)) == 2
    assert list(await world.live.channels.present(R1, 0)) == []
    await world.live.channels.part(R1, BOB)
    assert await world.live.channels.count(R1) == (2, 2)
    await world.live.channels.part(R1, socket_of("bob", 2, "tablet"))
    assert await world.live.channels.count(R1) == (1, 1)


async def test_nobody_is_subscribed_to_a_room_that_is_not_live(world: World, ear: Ear) -> None:
    await join(world, BOB)
    row, _, _ = world.ledger.rooms[R1]
    await world.close_room(replace(row, rev=2))
    assert await present(world) == []
    assert await world.live.channels.count(R1) == (0, 0)
    await world.live.channels.part(R1, BOB)
    await world.live.channels.renew({R1: [BOB]})
    await world.put(replace(row, rev=3))
    assert await world.live.channels.count(R1) == (0, 0)


async def test_a_member_who_left_is_subscribed_no_more(world: World, ear: Ear) -> None:
    await join(world, BOB, socket_of("bob", 2), socket_of("ann"))
    await world.leave("bob")
    assert await present(world) == ["ann:1"]
    assert await world.live.channels.count(R1) == (1, 1)
    await world.enter("bob")
    assert await present(world) == ["ann:1"]
    assert await deserted(world, SOCKET) == await world.live.places(UserId("ann"))


# --- hearing ----------------------------------------------------------------------------------------------------------


async def test_who_subscribes_and_who_stops_is_heard_once(world: World, ear: Ear) -> None:
    await join(world, BOB, BOB)
    await world.live.channels.part(R1, BOB)
    await world.live.channels.part(R1, BOB)
    await join(world, socket_of("ann"))
    await eventually(lambda: len(ear.came) == 2)
    assert ear.came == [BOB, socket_of("ann")]
    assert ear.went == [BOB]


async def test_a_subscription_that_lapses_is_heard_to_end(world: World, ear: Ear) -> None:
    await join(world, BOB)
    await deserted(world, SOCKET)
    await eventually(lambda: ear.went == [BOB])
    assert await present(world) == []


async def test_only_rooms_that_are_followed_are_heard(world: World, ear: Ear) -> None:
    r2 = RoomId("r2")
    await world.go_live("r2", owner="cid")
    await join(world, socket_of("cid"), room=r2)
    await world.live.channels.follow(r2)
    await world.live.channels.follow(r2)
    row, _, _ = world.ledger.rooms[r2]
    await world.put(replace(row, rev=2))
    assert await ear.received(r2) == ["room.updated"]
    assert ear.came == []
    world.live.channels.unfollow(r2)
    await world.put(replace(row, rev=3))
    row, _, _ = world.ledger.rooms[R1]
    await world.put(replace(row, rev=2))
    assert await ear.received() != []
    assert ear.news(r2) == []


async def test_a_room_that_was_unfollowed_can_be_followed_again(world: World, ear: Ear) -> None:
    world.live.channels.unfollow(R1)
    await world.live.channels.follow(R1)
    row, _, _ = world.ledger.rooms[R1]
    await world.put(replace(row, rev=2))
    assert (await ear.received())[-1] == "room.updated"


async def test_an_audience_that_fails_does_not_break_the_change(world: World) -> None:
    class Deaf(Ear):
        def published(self, room: RoomId, epoch: str, publication: Publication) -> None:
            super().published(room, epoch, publication)
            raise ValueError

    ear = Deaf(world)
    await ear.listen()
    await world.go_live()
    assert len(await ear.received()) == 2


async def test_in_a_crowd_of_subscribers_coming_and_going_is_not_told(world: World) -> None:
    ear = await listen(world)
    await world.open_room()
    names = [f"user{number}" for number in range(CROWD + 3)]
    for name in names:
        await world.live.admit(world.entry(name, "r1", f"place of {name}"))
        await join(world, socket_of(name))
    row, _, _ = world.ledger.rooms[R1]
    await world.put(replace(row, rev=2))
    await ear.catch_up()
    assert len(ear.came) == CROWD
    await world.live.channels.part(R1, socket_of("user0"))
    assert ear.went == []
    assert await world.live.channels.count(R1) == (CROWD + 2, CROWD + 2)


# --- evidence of a stay -----------------------------------------------------------------------------------------------


async def test_a_member_who_never_subscribed_is_not_missed(world: World, ear: Ear) -> None:
    assert await deserted(world, SOCKET * 3) == []


async def test_a_subscription_that_is_renewed_lasts(world: World, ear: Ear) -> None:
    await join(world, BOB)
    for _ in range(8):
        await world.live.channels.renew({R1: [BOB], RoomId("r9"): [BOB]})
        assert await deserted(world, RENEWAL) == []
    assert await present(world) == ["bob:1"]


async def test_a_member_whose_subscription_lapsed_is_named_with_every_place(world: World, ear: Ear) -> None:
    await world.enter("bob", session="tablet")
    await join(world, BOB)
    assert await deserted(world, SOCKET - MOMENT) == []
    named = await deserted(world, MOMENT)
    assert sorted(place.id for place in named) == sorted(place.id for place in await world.live.places(UserId("bob")))
    assert {(place.user, place.room, place.host) for place in named} == {("bob", R1, False)}
    assert {place.session for place in named} == {"bob-1", "tablet"}


async def test_a_process_that_dies_ends_nobodys_stay_while_its_sockets_find_another(world: World, ear: Ear) -> None:
    """Nothing closes the sockets of a killed process: they have what is left of their lease to come back."""
    await world.live.sockets.open(BOB, issued=world.clock.now(), devices=Devices.ALLOW)
    await join(world, BOB)
    back = socket_of("bob", 2)
    assert await deserted(world, SOCKET - MOMENT) == []
    assert await world.sweep() == []
    await world.live.sockets.open(back, issued=world.clock.now(), devices=Devices.ALLOW)
    await join(world, back)
    for _ in range(8):
        assert await world.live.sockets.renew([back]) == []
        await world.live.channels.renew({R1: [back]})
        assert await deserted(world, RENEWAL) == []
        assert await world.sweep() == []
    assert await world.names() == ["ann", "bob"]


async def test_a_subscription_that_was_ended_vouches_for_the_grace(world: World, ear: Ear) -> None:
    await join(world, BOB)
    await world.live.channels.part(R1, BOB)
    assert await present(world) == []
    assert await deserted(world, SOCKET_CLOSED - MOMENT) == []
    assert users_of(await deserted(world, MOMENT)) == ["bob"]


async def test_whoever_subscribes_again_within_the_grace_stays(world: World, ear: Ear) -> None:
    await join(world, BOB)
    await world.live.channels.part(R1, BOB)
    assert await deserted(world, SOCKET_CLOSED - MOMENT) == []
    await join(world, socket_of("bob", 2))
    assert await deserted(world, SOCKET - MOMENT) == []
    assert users_of(await deserted(world, MOMENT)) == ["bob"]


async def test_the_same_socket_may_subscribe_again_within_the_grace(world: World, ear: Ear) -> None:
    await join(world, BOB)
    await world.live.channels.part(R1, BOB)
    await join(world, BOB)
    assert await present(world) == ["bob:1"]
    assert await deserted(world, SOCKET - MOMENT) == []


async def test_a_member_is_not_missed_while_another_socket_of_theirs_is_subscribed(world: World, ear: Ear) -> None:
    other = socket_of("bob", 2, "tablet")
    await join(world, BOB, other)
    await world.live.channels.part(R1, BOB)
    for _ in range(4):
        await world.live.channels.renew({R1: [other]})
        assert await deserted(world, RENEWAL) == []
    await world.live.channels.part(R1, other)
    assert users_of(await deserted(world, SOCKET_CLOSED)) == ["bob"]


@pytest.mark.parametrize("session", ["bob-1", "bob-2"])
async def test_whoever_enters_again_after_the_end_of_their_subscription_stays(
    world: World, ear: Ear, session: str
) -> None:
    await join(world, BOB)
    await world.live.channels.part(R1, BOB)
    assert await deserted(world, SOCKET_CLOSED / 2) == []
    await world.enter("bob", session=session)
    assert await deserted(world, SOCKET * 2) == []
    assert await world.names() == ["ann", "bob"]


async def test_whoever_was_named_and_enters_again_is_named_no_more(world: World, ear: Ear) -> None:
    await join(world, BOB)
    await world.live.channels.part(R1, BOB)
    assert users_of(await deserted(world, SOCKET_CLOSED)) == ["bob"]
    await world.enter("bob")
    assert await deserted(world, SOCKET * 2) == []


async def test_whoever_enters_again_after_their_socket_fell_silent_stays(world: World, ear: Ear) -> None:
    await join(world, BOB)
    world.clock.advance(RENEWAL)
    await world.enter("bob")
    assert await deserted(world, SOCKET * 2) == []
    assert await present(world) == []


async def test_whoever_listens_still_after_entering_again_is_missed_when_that_ends(world: World, ear: Ear) -> None:
    await join(world, BOB)
    await world.enter("bob")
    world.clock.advance(RENEWAL)
    await world.live.channels.renew({R1: [BOB]})
    assert await deserted(world, SOCKET - MOMENT) == []
    assert users_of(await deserted(world, MOMENT)) == ["bob"]
    await join(world, BOB)
    await world.enter("bob")
    await world.live.channels.part(R1, BOB)
    assert users_of(await deserted(world, SOCKET_CLOSED)) == ["bob"]


async def test_a_subscription_begun_after_entering_again_is_missed_when_it_ends(world: World, ear: Ear) -> None:
    other = socket_of("bob", 2)
    await join(world, BOB)
    await world.enter("bob")
    await join(world, other)
    await world.live.channels.part(R1, other)
    assert users_of(await deserted(world, SOCKET)) == ["bob"]


async def test_a_subscription_that_lapsed_or_was_ended_is_not_renewed(world: World, ear: Ear) -> None:
    await join(world, BOB, socket_of("ann"))
    await world.live.channels.part(R1, BOB)
    await world.live.channels.renew({R1: [BOB]})
    assert await present(world) == ["ann:1"]
    assert users_of(await deserted(world, SOCKET_CLOSED)) == ["bob"]
    world.clock.advance(SOCKET)
    await world.live.channels.renew({R1: [socket_of("ann"), BOB]})
    assert "ann" in users_of(await deserted(world))
    await world.live.channels.renew({R1: [socket_of("ann"), BOB]})
    assert await present(world) == []


async def test_a_place_that_nobody_ended_is_named_again(world: World, ear: Ear) -> None:
    await join(world, BOB)
    assert users_of(await deserted(world, SOCKET)) == ["bob"]
    assert await deserted(world, timedelta(seconds=29)) == []
    assert users_of(await deserted(world, timedelta(seconds=2))) == ["bob"]
    await world.leave("bob", reason=LeaveReason.LOST)
    assert await deserted(world, timedelta(seconds=90)) == []


async def test_a_member_who_subscribes_again_is_named_no_more(world: World, ear: Ear) -> None:
    await join(world, BOB)
    assert users_of(await deserted(world, SOCKET)) == ["bob"]
    await join(world, BOB)
    assert await deserted(world, timedelta(seconds=60)) == []


@pytest.mark.parametrize("way", ["enter", "subscribe"])
async def test_who_comes_back_before_they_are_put_out_stays(world: World, ear: Ear, way: str) -> None:
    await join(world, BOB)
    (place,) = await deserted(world, SOCKET)
    await (world.enter("bob") if way == "enter" else join(world, BOB))
    leaving = (place.room, place.user, place.session, place.id, LeaveReason.LOST)
    assert await world.live.leave(*leaving, if_deserted=True) is None
    assert await world.names() == ["ann", "bob"]
    assert await world.live.leave(*leaving) is not None


async def test_who_does_not_come_back_is_put_out(world: World, ear: Ear) -> None:
    await world.enter("bob", session="tablet")
    await join(world, BOB)
    for place in await deserted(world, SOCKET):
        leaving = (place.room, place.user, place.session, place.id, LeaveReason.LOST)
        assert await world.live.leave(*leaving, if_deserted=True) is not None
    assert await world.names() == ["ann"]


async def test_a_new_stay_is_not_ended_by_the_subscriptions_of_the_former(world: World, ear: Ear) -> None:
    await join(world, BOB)
    await world.leave("bob")
    await world.enter("bob")
    assert await deserted(world, SOCKET * 2) == []


async def test_so_many_places_are_named_as_are_asked_for_and_the_rest_later(world: World, ear: Ear) -> None:
    names = [f"user{number}" for number in range(6)]
    for name in names:
        await world.enter(name)
        await join(world, socket_of(name))
    await deserted(world)
    world.clock.advance(SOCKET + MOMENT)
    found: list[Place] = []
    for _ in range(6):
        some = await world.live.channels.deserted(2)
        assert len(some) <= 2
        found += some
        world.clock.advance(MOMENT)
    assert users_of(found) == names


async def test_after_an_outage_lapsed_subscriptions_get_one_lease_more(world: World, ear: Ear) -> None:
    await join(world, BOB)
    await world.sweep(gap=timedelta(minutes=5))
    await deserted(world)
    world.clock.advance(timedelta(minutes=6))
    assert await deserted(world) == []
    assert await deserted(world, SOCKET - MOMENT) == []
    assert set(users_of(await deserted(world, timedelta(seconds=30)))) == {"bob"}


async def test_after_a_rebuild_nobody_is_subscribed_nor_missed(world: World, ear: Ear) -> None:
    await join(world, BOB)
    await world.lose()
    assert await present(world) == []
    assert await deserted(world, SOCKET * 2) == []
    assert await world.names() == ["ann", "bob"]
    assert isinstance(await world.live.channels.join(R1, DEFAULT_TENANT, BOB), Position)
    assert await present(world) == ["bob:1"]
