"""A room that gets another owner: who is its host then, and who inherits one whose owner is gone."""

from dataclasses import replace
from typing import Any

import pytest

from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.domain.moderation.room_access import FOREVER, RoomAccess
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import HostPolicy, Room
from tests.store.live.listener import R1, listen
from tests.store.live.world import World

ANNOUNCEMENT = Announcement("id", EventKind.STANDING_CHANGED, b"{}", UserId("ann"))


async def hand_over(world: World, row: Room, heir: str, policy: HostPolicy = HostPolicy.OWNER) -> Room:
    known, _, _ = world.recovery.rooms[R1]
    handed = replace(row, owner=UserId(heir), rev=row.rev + 1, options=known.options)
    await world.put(handed, policy, b'{"own":1}')
    return handed


async def appoint(world: World, user: str, role: Role | None, **given: Any) -> None:
    access = RoomAccess(R1, UserId(user), DEFAULT_TENANT, role=role, rev=1, **given)
    row, policy, card = world.recovery.rooms[R1]
    world.recovery.rooms[R1] = (replace(row, options=replace(row.options, guarded=True)), policy, card)
    world.recovery.room_access[R1] = [*world.recovery.room_access.get(R1, []), access]
    assert await world.live.put_room_access(access, ANNOUNCEMENT)


async def test_the_new_owner_is_a_host_at_once_and_the_former_one_is_audience(world: World) -> None:
    row = await world.go_live()
    await world.enter("bob")
    listener = await listen(world)
    await listener.new_events()
    await hand_over(world, row, "bob")
    assert await listener.new_events() == ["room.owner_changed", "member.role_changed bob", "member.role_changed ann"]
    changed = [event.member for event in listener.events()[-2:]]
    assert [(guest.user, guest.role) for guest in changed if guest] == [("bob", Role.ANCHOR), ("ann", Role.AUDIENCE)]
    assert (await world.role("bob"), await world.role("ann")) == (Role.ANCHOR, Role.AUDIENCE)
    await world.leave("ann")
    assert not (await world.room()).hidden


async def test_their_stays_say_so(world: World) -> None:
    row = await world.go_live()
    await world.enter("bob")
    await hand_over(world, row, "bob")
    await world.save()
    roles = {stay.user: stay.role for stay in world.recovery.open()}
    assert roles == {"ann": Role.AUDIENCE, "bob": Role.ANCHOR}
    await world.lose()
    assert (await world.role("bob"), await world.role("ann")) == (Role.ANCHOR, Role.AUDIENCE)


@pytest.mark.parametrize(
    ("policy", "appointed", "then"),
    [
        (HostPolicy.HOSTS, None, Role.OWNER),
        (HostPolicy.OWNER, Role.ANCHOR, Role.OWNER),
        (HostPolicy.OWNER, Role.MODERATOR, Role.MODERATOR),
    ],
)
async def test_a_former_owner_stays_what_they_are_without_owning_it(
    world: World, policy: HostPolicy, appointed: Role | None, then: Role
) -> None:
    row = await world.go_live(policy=policy)
    await world.enter("bob")
    await appoint(world, "ann", appointed)
    await hand_over(world, row, "bob", policy)
    assert await world.role("ann") is then


async def test_a_new_owner_who_is_not_there_changes_nobody(world: World) -> None:
    row = await world.open_room()
    await world.enter("cid")
    await hand_over(world, row, "bob")
    assert await world.role("cid") is Role.AUDIENCE


async def test_a_moderator_inherits_where_no_anchor_is(world: World) -> None:
    await world.go_live()
    for user in ("cid", "bob", "dan"):
        await world.enter(user)
    await appoint(world, "dan", Role.MODERATOR)
    await appoint(world, "bob", Role.MODERATOR)
    await appoint(world, "eve", Role.MODERATOR)
    await appoint(world, "cid", None, muted_until=FOREVER)
    await world.leave("ann")
    (orphan,) = await world.wind(70)
    assert orphan.heir == "bob", "of those who are there, the one who came first"


async def test_an_anchor_inherits_before_a_moderator(world: World) -> None:
    await world.go_live()
    for user in ("bob", "cid"):
        await world.enter(user)
    await appoint(world, "bob", Role.MODERATOR)
    await appoint(world, "cid", Role.ANCHOR)
    await world.leave("ann")
    (orphan,) = await world.wind(70)
    assert orphan.heir == "cid"


async def test_an_owner_who_is_gone_does_not_inherit_as_their_own_moderator(world: World) -> None:
    await world.go_live()
    await appoint(world, "ann", Role.MODERATOR)
    await world.enter("bob")
    await world.leave("ann")
    (orphan,) = await world.wind(70)
    assert orphan.heir is None
