"""Channels: who may subscribe, who is subscribed, who hears what, and what the end of a subscription means."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from liveroom.domain.errors import NotInRoom, RoomNotFound
from liveroom.domain.events.model import CROWD, Devices, Position, Publication, Socket
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId
from liveroom.domain.presence.members import LeaveReason, PresenceEntry
from liveroom.domain.presence.signs import SOCKET, SOCKET_CLOSED
from tests.store.live.listener import R1, RecordingListener, listen, socket_of
from tests.store.live.world import EVERYONE, World, eventually

BOB = socket_of("bob")
RENEWAL = timedelta(seconds=25)
MOMENT = timedelta(seconds=1)


async def join(world: World, *sockets: Socket, room: RoomId = R1) -> None:
    for socket in sockets:
        await world.live.channels.join(room, DEFAULT_TENANT, socket)


async def present(world: World, room: RoomId = R1) -> list[str]:
    return sorted(socket.client for socket in await world.live.channels.present(room, 100))


async def deserted(world: World, after: timedelta = timedelta(0)) -> list[PresenceEntry]:
    """Let time pass as a running service does, looking every ten seconds; return the places that are to go."""
    found = list(await world.live.channels.deserted(EVERYONE))
    while after > timedelta(0):
        step = min(after, timedelta(seconds=10))
        world.clock.advance(step)
        after -= step
        await world.live.orphans(EVERYONE)
        found += await world.live.channels.deserted(EVERYONE)
    return found


def users_of(entries: Sequence[PresenceEntry]) -> list[str]:
    return sorted(entry.user for entry in entries)


@pytest.fixture
async def listener(world: World) -> RecordingListener:
    """Return the listener to room r1, in which ann and bob are and have been received as entered."""
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await listener.new_events()
    return listener


# --- subscribing ------------------------------------------------------------------------------------------------------


async def test_a_member_subscribes_and_learns_the_position(world: World, listener: RecordingListener) -> None:
    position = await world.live.channels.join(R1, DEFAULT_TENANT, BOB)
    assert position == listener.last()
    assert await present(world) == ["bob:1"]
    assert list(await world.live.channels.present(R1, 100)) == [BOB]


async def test_only_members_subscribe(world: World, listener: RecordingListener) -> None:
    with pytest.raises(NotInRoom):
        await join(world, socket_of("eve"))
    await world.leave("bob")
    with pytest.raises(NotInRoom):
        await join(world, BOB)
    assert await present(world) == []


async def test_only_a_live_room_of_the_own_tenant_is_subscribed(world: World, listener: RecordingListener) -> None:
    with pytest.raises(RoomNotFound):
        await world.live.channels.join(R1, TenantName("other"), BOB)
    with pytest.raises(RoomNotFound):
        await join(world, BOB, room=RoomId("r9"))
    row, _, _ = world.recovery.rooms[R1]
    await world.close_room(replace(row, rev=2))
    with pytest.raises(RoomNotFound):
        await join(world, BOB)


async def test_sockets_and_their_users_are_counted(world: World, listener: RecordingListener) -> None:
    await join(world, BOB, socket_of("bob", 2, "tablet"), socket_of("ann"), BOB)
    assert await world.live.channels.count(R1) == (3, 2)
    assert await present(world) == ["ann:1", "bob:1", "bob:2"]
    assert len(await world.live.channels.present(R1, 2)) == 2
    assert list(await world.live.channels.present(R1, 0)) == []
    await world.live.channels.part(R1, BOB)
    assert await world.live.channels.count(R1) == (2, 2)
    await world.live.channels.part(R1, socket_of("bob", 2, "tablet"))
    assert await world.live.channels.count(R1) == (1, 1)


async def test_nobody_is_subscribed_to_a_room_that_is_not_live(world: World, listener: RecordingListener) -> None:
    await join(world, BOB)
    row, _, _ = world.recovery.rooms[R1]
    await world.close_room(replace(row, rev=2))
    assert await present(world) == []
    assert await world.live.channels.count(R1) == (0, 0)
    await world.live.channels.part(R1, BOB)
    await world.live.channels.renew({R1: [BOB]})
    await world.put(replace(row, rev=3))
    assert await world.live.channels.count(R1) == (0, 0)


async def test_a_member_who_left_is_subscribed_no_more(world: World, listener: RecordingListener) -> None:
    await join(world, BOB, socket_of("bob", 2), socket_of("ann"))
    await world.leave("bob")
    assert await present(world) == ["ann:1"]
    assert await world.live.channels.count(R1) == (1, 1)
    await world.enter("bob")
    assert await present(world) == ["ann:1"]
    assert await deserted(world, SOCKET) == await world.live.entries(UserId("ann"))


# --- hearing ----------------------------------------------------------------------------------------------------------


async def test_who_subscribes_and_who_stops_is_published_once(world: World, listener: RecordingListener) -> None:
    await join(world, BOB, BOB)
    await world.live.channels.part(R1, BOB)
    await world.live.channels.part(R1, BOB)
    await join(world, socket_of("ann"))
    await eventually(lambda: len(listener.came) == 2)
    assert listener.came == [BOB, socket_of("ann")]
    assert listener.went == [BOB]


async def test_a_subscription_that_lapses_is_published_as_ended(world: World, listener: RecordingListener) -> None:
    await join(world, BOB)
    await deserted(world, SOCKET)
    await eventually(lambda: listener.went == [BOB])
    assert await present(world) == []


async def test_only_rooms_that_are_subscribed_to_are_received(world: World, listener: RecordingListener) -> None:
    r2 = RoomId("r2")
    await world.go_live("r2", owner="cid")
    await join(world, socket_of("cid"), room=r2)
    await world.live.channels.subscribe(r2)
    await world.live.channels.subscribe(r2)
    row, _, _ = world.recovery.rooms[r2]
    await world.put(replace(row, rev=2))
    assert await listener.new_events(r2) == ["room.updated"]
    assert listener.came == []
    world.live.channels.unsubscribe(r2)
    await world.put(replace(row, rev=3))
    row, _, _ = world.recovery.rooms[R1]
    await world.put(replace(row, rev=2))
    assert await listener.new_events() != []
    assert listener.news(r2) == []


async def test_a_room_that_was_unsubscribed_can_be_subscribed_again(world: World, listener: RecordingListener) -> None:
    world.live.channels.unsubscribe(R1)
    await world.live.channels.subscribe(R1)
    row, _, _ = world.recovery.rooms[R1]
    await world.put(replace(row, rev=2))
    assert (await listener.new_events())[-1] == "room.updated"


async def test_a_listener_that_fails_does_not_break_the_change(world: World) -> None:
    class Deaf(RecordingListener):
        def published(self, room: RoomId, epoch: str, publication: Publication) -> None:
            super().published(room, epoch, publication)
            raise ValueError

    listener = Deaf(world)
    await listener.listen()
    await world.go_live()
    assert len(await listener.new_events()) == 2


async def test_in_a_crowd_of_subscribers_coming_and_going_is_not_told(world: World) -> None:
    listener = await listen(world)
    await world.open_room()
    names = [f"user{number}" for number in range(CROWD + 3)]
    for name in names:
        await world.live.admit(world.admission(name, "r1", f"place of {name}"))
        await join(world, socket_of(name))
    row, _, _ = world.recovery.rooms[R1]
    await world.put(replace(row, rev=2))
    await listener.catch_up()
    assert len(listener.came) == CROWD
    await world.live.channels.part(R1, socket_of("user0"))
    assert listener.went == []
    assert await world.live.channels.count(R1) == (CROWD + 2, CROWD + 2)


# --- evidence of a stay -----------------------------------------------------------------------------------------------


async def test_a_member_who_never_subscribed_is_not_missed(world: World, listener: RecordingListener) -> None:
    assert await deserted(world, SOCKET * 3) == []


async def test_a_subscription_that_is_renewed_lasts(world: World, listener: RecordingListener) -> None:
    await join(world, BOB)
    for _ in range(8):
        await world.live.channels.renew({R1: [BOB], RoomId("r9"): [BOB]})
        assert await deserted(world, RENEWAL) == []
    assert await present(world) == ["bob:1"]


async def test_a_member_whose_subscription_lapsed_is_named_with_every_place(
    world: World, listener: RecordingListener
) -> None:
    await world.enter("bob", session="tablet")
    await join(world, BOB)
    assert await deserted(world, SOCKET - MOMENT) == []
    named = await deserted(world, MOMENT)
    assert sorted(entry.id for entry in named) == sorted(entry.id for entry in await world.live.entries(UserId("bob")))
    assert {(entry.user, entry.room, entry.host) for entry in named} == {("bob", R1, False)}
    assert {entry.session for entry in named} == {"bob-1", "tablet"}


async def test_a_process_that_dies_ends_nobodys_stay_while_its_sockets_find_another(
    world: World, listener: RecordingListener
) -> None:
    """Nothing closes the sockets of a killed process: they have what is left of their lease to come back."""
    await world.live.sockets.open(BOB, issued=world.clock.now(), devices=Devices.ALLOW)
    await join(world, BOB)
    back = socket_of("bob", 2)
    assert await deserted(world, SOCKET - MOMENT) == []
    assert await world.expire() == []
    await world.live.sockets.open(back, issued=world.clock.now(), devices=Devices.ALLOW)
    await join(world, back)
    for _ in range(8):
        assert await world.live.sockets.renew([back]) == []
        await world.live.channels.renew({R1: [back]})
        assert await deserted(world, RENEWAL) == []
        assert await world.expire() == []
    assert await world.names() == ["ann", "bob"]


async def test_a_subscription_that_was_ended_vouches_for_the_grace(world: World, listener: RecordingListener) -> None:
    await join(world, BOB)
    await world.live.channels.part(R1, BOB)
    assert await present(world) == []
    assert await deserted(world, SOCKET_CLOSED - MOMENT) == []
    assert users_of(await deserted(world, MOMENT)) == ["bob"]


async def test_whoever_subscribes_again_within_the_grace_stays(world: World, listener: RecordingListener) -> None:
    await join(world, BOB)
    await world.live.channels.part(R1, BOB)
    assert await deserted(world, SOCKET_CLOSED - MOMENT) == []
    await join(world, socket_of("bob", 2))
    assert await deserted(world, SOCKET - MOMENT) == []
    assert users_of(await deserted(world, MOMENT)) == ["bob"]


async def test_the_same_socket_may_subscribe_again_within_the_grace(world: World, listener: RecordingListener) -> None:
    await join(world, BOB)
    await world.live.channels.part(R1, BOB)
    await join(world, BOB)
    assert await present(world) == ["bob:1"]
    assert await deserted(world, SOCKET - MOMENT) == []


async def test_a_member_is_not_missed_while_another_socket_of_theirs_is_subscribed(
    world: World, listener: RecordingListener
) -> None:
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
    world: World, listener: RecordingListener, session: str
) -> None:
    await join(world, BOB)
    await world.live.channels.part(R1, BOB)
    assert await deserted(world, SOCKET_CLOSED / 2) == []
    await world.enter("bob", session=session)
    assert await deserted(world, SOCKET * 2) == []
    assert await world.names() == ["ann", "bob"]


async def test_whoever_was_named_and_enters_again_is_named_no_more(world: World, listener: RecordingListener) -> None:
    await join(world, BOB)
    await world.live.channels.part(R1, BOB)
    assert users_of(await deserted(world, SOCKET_CLOSED)) == ["bob"]
    await world.enter("bob")
    assert await deserted(world, SOCKET * 2) == []


async def test_whoever_enters_again_after_their_socket_fell_silent_stays(
    world: World, listener: RecordingListener
) -> None:
    await join(world, BOB)
    world.clock.advance(RENEWAL)
    await world.enter("bob")
    assert await deserted(world, SOCKET * 2) == []
    assert await present(world) == []


async def test_whoever_listens_still_after_entering_again_is_missed_when_that_ends(
    world: World, listener: RecordingListener
) -> None:
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


async def test_a_subscription_begun_after_entering_again_is_missed_when_it_ends(
    world: World, listener: RecordingListener
) -> None:
    other = socket_of("bob", 2)
    await join(world, BOB)
    await world.enter("bob")
    await join(world, other)
    await world.live.channels.part(R1, other)
    assert users_of(await deserted(world, SOCKET)) == ["bob"]


async def test_a_subscription_that_lapsed_or_was_ended_is_not_renewed(
    world: World, listener: RecordingListener
) -> None:
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


async def test_a_place_that_nobody_ended_is_named_again(world: World, listener: RecordingListener) -> None:
    await join(world, BOB)
    assert users_of(await deserted(world, SOCKET)) == ["bob"]
    assert await deserted(world, timedelta(seconds=29)) == []
    assert users_of(await deserted(world, timedelta(seconds=2))) == ["bob"]
    await world.leave("bob", reason=LeaveReason.LOST)
    assert await deserted(world, timedelta(seconds=90)) == []


async def test_a_member_who_subscribes_again_is_named_no_more(world: World, listener: RecordingListener) -> None:
    await join(world, BOB)
    assert users_of(await deserted(world, SOCKET)) == ["bob"]
    await join(world, BOB)
    assert await deserted(world, timedelta(seconds=60)) == []


@pytest.mark.parametrize("way", ["enter", "subscribe"])
async def test_who_comes_back_before_they_are_put_out_stays(
    world: World, listener: RecordingListener, way: str
) -> None:
    await join(world, BOB)
    (entry,) = await deserted(world, SOCKET)
    await (world.enter("bob") if way == "enter" else join(world, BOB))
    leaving = (entry.room, entry.user, entry.session, entry.id, LeaveReason.LOST)
    assert await world.live.leave(*leaving, if_deserted=True) is None
    assert await world.names() == ["ann", "bob"]
    assert await world.live.leave(*leaving) is not None


async def test_who_does_not_come_back_is_put_out(world: World, listener: RecordingListener) -> None:
    await world.enter("bob", session="tablet")
    await join(world, BOB)
    for entry in await deserted(world, SOCKET):
        leaving = (entry.room, entry.user, entry.session, entry.id, LeaveReason.LOST)
        assert await world.live.leave(*leaving, if_deserted=True) is not None
    assert await world.names() == ["ann"]


async def test_a_new_stay_is_not_ended_by_the_subscriptions_of_the_former(
    world: World, listener: RecordingListener
) -> None:
    await join(world, BOB)
    await world.leave("bob")
    await world.enter("bob")
    assert await deserted(world, SOCKET * 2) == []


async def test_so_many_places_are_named_as_are_asked_for_and_the_rest_later(
    world: World, listener: RecordingListener
) -> None:
    names = [f"user{number}" for number in range(6)]
    for name in names:
        await world.enter(name)
        await join(world, socket_of(name))
    await deserted(world)
    world.clock.advance(SOCKET + MOMENT)
    found: list[PresenceEntry] = []
    for _ in range(6):
        some = await world.live.channels.deserted(2)
        assert len(some) <= 2
        found += some
        world.clock.advance(MOMENT)
    assert users_of(found) == names


async def test_after_an_outage_lapsed_subscriptions_get_one_lease_more(
    world: World, listener: RecordingListener
) -> None:
    await join(world, BOB)
    await world.expire(gap=timedelta(minutes=5))
    await deserted(world)
    world.clock.advance(timedelta(minutes=6))
    assert await deserted(world) == []
    assert await deserted(world, SOCKET - MOMENT) == []
    assert set(users_of(await deserted(world, timedelta(seconds=30)))) == {"bob"}


async def test_after_a_rebuild_nobody_is_subscribed_nor_missed(world: World, listener: RecordingListener) -> None:
    await join(world, BOB)
    await world.lose()
    assert await present(world) == []
    assert await deserted(world, SOCKET * 2) == []
    assert await world.names() == ["ann", "bob"]
    assert isinstance(await world.live.channels.join(R1, DEFAULT_TENANT, BOB), Position)
    assert await present(world) == ["bob:1"]
