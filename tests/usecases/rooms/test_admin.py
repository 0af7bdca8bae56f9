"""Rooms in the hand of an operator's server: stores that are down, moments in between, and what is told of it."""

import asyncio
from pathlib import Path

import pytest

from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable
from liveroom.domain.ids import DEFAULT_TENANT, EntryId, RoomId, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.rooms.model import RoomChanges, RoomStatus
from liveroom.domain.rooms.paging import RoomQuery
from liveroom.ports import PresenceClaim
from tests.recorded_events.rebuilding import Event, assert_numbered, everybody, read_events
from tests.service import Service, serving
from tests.usecases.conftest import World

NOTHING = RoomChanges()


def operator(world: World) -> Operator:
    return Operator(world.core.services.tenants.default, "key:k1", world.service.clock.now(), may=bool)


async def is_listed(world: World, room: RoomId) -> bool:
    page = await world.core.services.listings.rooms(RoomQuery(DEFAULT_TENANT))
    return f'"roomId":"{room}"'.encode() in page.cards


async def test_a_bar_that_the_live_store_did_not_hear_of_is_taken_up_later(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    rooms = world.core.services.looking_up.admin_rooms
    world.live.down = True
    with pytest.raises(LiveUnavailable):
        await rooms.delist(operator(world), room, delisted=True)
    world.live.down = False
    assert await is_listed(world, room), "committed, and not yet told"
    world.pass_by()
    await world.core.tick()
    assert not await is_listed(world, room)
    again = await rooms.delist(operator(world), room, delisted=True)
    assert again.live is not None
    assert again.live.delisted


async def test_the_same_bar_again_tells_a_live_store_that_lost_the_first(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    async with world.neighbour() as neighbour:
        await neighbour.broadcasts.delist(operator(world), room, delisted=True)
    assert await is_listed(world, room)
    await world.core.services.looking_up.admin_rooms.delist(operator(world), room, delisted=True)
    assert not await is_listed(world, room)


async def test_a_room_that_closes_while_it_is_barred_is_closed_and_barred(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    services = world.core.services
    await asyncio.gather(
        services.looking_up.admin_rooms.delist(operator(world), room, delisted=True), services.rooms.destroy(host, room)
    )
    stored = await world.core.db.rooms.get(room)
    assert stored is not None
    assert (stored.state, stored.delisted) == (RoomStatus.CLOSED, True)
    assert not await is_listed(world, room)


async def test_with_sql_down_nothing_is_barred_or_opened(world: World) -> None:
    owner = await world.make_actor()
    room = await world.go_live(await world.make_actor())
    rooms = world.core.services.looking_up.admin_rooms
    world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await rooms.delist(operator(world), room, delisted=True)
    with pytest.raises(DatabaseUnavailable):
        await rooms.open(operator(world), None, owner.user, NOTHING, "")
    world.sql.down = False
    assert await is_listed(world, room)
    assert not (await rooms.get(DEFAULT_TENANT, room)).room.delisted


async def test_a_room_whose_live_side_is_missing_is_listed_as_stored(world: World) -> None:
    owner = await world.make_actor()
    assert await world.core.live.room(RoomId(owner.user)) is None
    rooms = world.core.services.looking_up.admin_rooms
    world.live.down = True
    with pytest.raises(LiveUnavailable):
        await rooms.open(operator(world), RoomId(owner.user), owner.user, NOTHING, "")
    world.live.down = False
    ((room, live, _),), cursor = await rooms.page(DEFAULT_TENANT, cursor="", limit=5)
    assert (str(room.id), room.state, live, cursor) == (str(owner.user), RoomStatus.LIVE, None, "")
    opened = await world.core.services.looking_up.admin_rooms.open(operator(world), room.id, owner.user, NOTHING, "")
    assert opened.live is not None, "the same again brings it up"


async def test_a_kick_forgets_every_place_in_that_room_and_no_other(world: World) -> None:
    viewer = await world.make_actor()
    room, other = [await world.go_live(await world.make_actor()) for _ in range(2)]
    tablet = viewer._replace(session=(await world.make_actor()).session)
    await world.core.services.entering.enter(viewer, room, role="audience", changes=NOTHING)
    await world.core.services.entering.enter(tablet, other, role="audience", changes=NOTHING)
    assert await world.core.services.looking_up.operator_kicks.kick(DEFAULT_TENANT, room, viewer.user)
    assert [entry.room for entry in await world.core.live.entries(viewer.user)] == [other]
    assert not await world.core.services.looking_up.operator_kicks.kick(DEFAULT_TENANT, room, viewer.user)
    assert [entry.room for entry in await world.core.live.entries(viewer.user)] == [other]


async def test_a_kick_leaves_alone_who_is_entering_meanwhile(world: World) -> None:
    viewer, room = await world.make_actor(), await world.go_live(await world.make_actor())
    tablet = viewer._replace(session=(await world.make_actor()).session)
    entering, live = world.core.services.entering, world.core.live
    await entering.enter(viewer, room, role="audience", changes=NOTHING)
    heartbeat = Heartbeat(tablet.user, tablet.session, world.service.clock.now(), keepalive=False)
    claimed = await live.claim_presence(PresenceClaim(heartbeat, room, EntryId("half way in"), host=False))
    assert await world.core.services.looking_up.operator_kicks.kick(DEFAULT_TENANT, room, viewer.user)
    assert [entry.id for entry in await live.entries(viewer.user)] == [claimed.entry]
    await entering.enter(tablet, room, role="audience", changes=NOTHING)
    assert [entry.id for entry in await live.entries(viewer.user)] == [claimed.entry]
    assert await live.member(room, viewer.user) is not None


# --- what is told -----------------------------------------------------------------------------------------------------


async def received(service: Service, stream: str) -> list[Event]:
    await service.core.jobs.backlog.write_all()
    events = await read_events(service.core.db)
    assert_numbered(events)
    return [event for event in events if event.stream == stream]


async def test_what_the_operators_server_does_is_told_as_what_it_is(tmp_path: Path) -> None:
    async with serving(tmp_path, others=everybody) as service:
        backend = await service.make_key()
        made = (await backend.call("admin/create_user", {"name": "小红"})).data["userId"]
        await backend.call("admin/update_user", {"userId": made, "name": "大红"})
        await backend.call("admin/ban_user", {"userId": made, "reason": "spam"})
        await backend.call("admin/unban_user", {"userId": made})
        await backend.call("admin/open_room", {"ownerId": made, "roomId": made})
        guest = await service.sign_up()
        await guest.enter(made, "audience")
        for _ in range(2):
            await backend.call("admin/bar_room", {"roomId": made})
        await backend.call("admin/update_room", {"roomId": made, "title": "new"})
        await backend.call("admin/unbar_room", {"roomId": made})
        await backend.call("admin/kick_user", {"roomId": made, "userId": guest.user})
        await service.core.jobs.backlog.write_all()
        await backend.call("admin/close_room", {"roomId": made})
        await backend.call("admin/delete_user", {"userId": made})
        of_user, of_room = await received(service, f"user:{made}"), await received(service, f"room:{made}")
    assert [event.kind for event in of_user] == [
        "user.registered", "user.updated", "user.banned", "user.unbanned", "user.deleted",
    ]  # fmt: skip
    assert of_user[0].data["door"] == "operator"
    assert [event.kind for event in of_room] == [
        "room.opened", "member.entered", "room.barred", "room.updated", "room.unbarred", "member.left", "room.closed",
    ]  # fmt: skip
    assert [event.data["barred"] for event in of_room if event.kind.startswith("room.")] == [
        False,
        True,
        True,
        False,
        False,
    ]
    assert (of_room[-2].data["reason"], of_room[-1].data["reason"]) == ("kicked", "closed_by_admin")


async def test_a_made_own_user_is_told_once(tmp_path: Path) -> None:
    async with serving(tmp_path, others=everybody) as service:
        backend = await service.make_key()
        own = {"username": "kunde", "tag": "shop"}
        made = {(await backend.call("admin/create_user", own)).data["userId"]}
        made |= {(await backend.call("admin/issue_token", own)).data["userId"] for _ in range(2)}
        (user,) = made
        assert [event.kind for event in await received(service, f"user:{user}")] == ["user.registered"]
        assert await service.core.db.users.get(UserId(user)) is not None
