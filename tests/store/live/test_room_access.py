"""Access records: who was appointed, banned, muted or invited is so in every store, also after it was lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.errors import NotInRoom, PasswordWrong, RoomBanned, RoomConcealed
from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, TenantName, UserId
from liveroom.domain.moderation.room_access import FOREVER, RoomAccess
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import HostPolicy
from liveroom.domain.rooms.options import Access, RoomOptions
from tests.store.live.listener import R1, listen
from tests.store.live.talking import say
from tests.store.live.world import World

ANNOUNCEMENT = Announcement("id", EventKind.STANDING_CHANGED, b'{"userId":"bob"}', UserId("ann"))


def access(user: str, *, rev: int = 1, **given: Any) -> RoomAccess:
    return replace(RoomAccess(R1, UserId(user), DEFAULT_TENANT, rev=rev), **given)


async def put(world: World, one: RoomAccess) -> bool:
    """Commit an access record, then tell the live store."""
    others = [other for other in world.recovery.room_access.get(R1, []) if other.user != one.user]
    world.recovery.room_access[R1] = [*others, one]
    row, policy, card = world.recovery.rooms[R1]
    world.recovery.rooms[R1] = (replace(row, options=replace(row.options, guarded=True)), policy, card)
    return await world.live.put_room_access(one, ANNOUNCEMENT)


async def arrange(world: World, options: RoomOptions) -> None:
    row, policy, card = world.recovery.rooms[R1]
    await world.put(replace(row, rev=row.rev + 1, options=options), policy, card)


async def test_a_banned_user_is_refused_until_their_time_is_over(world: World) -> None:
    await world.go_live()
    await put(world, access("bob", banned_until=world.clock.now() + timedelta(minutes=5)))
    with pytest.raises(RoomBanned):
        await world.enter("bob")
    assert await world.names() == ["ann"]
    world.clock.advance(301)
    await world.enter("bob")
    assert await world.names() == ["ann", "bob"]


async def test_a_ban_refuses_who_is_in_and_enters_again(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    await put(world, access("bob", banned_until=FOREVER))
    assert await world.names() == ["ann", "bob"]
    with pytest.raises(RoomBanned):
        await world.enter("bob", session="another")


async def test_a_ban_silences_who_is_about_to_be_put_out(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    await put(world, access("bob", banned_until=FOREVER))
    with pytest.raises(NotInRoom):
        await say(world, "bob")
    await put(world, access("bob", rev=2))
    await say(world, "bob")


async def test_a_ban_holds_in_the_next_broadcast_and_after_the_store_was_lost(world: World) -> None:
    row = await world.go_live()
    await put(world, access("bob", banned_until=FOREVER))
    await world.lose()
    with pytest.raises(RoomBanned):
        await world.enter("bob")
    again = replace(row, rev=9, broadcast=BroadcastId("r1-b2"), options=RoomOptions(guarded=True))
    world.recovery.rooms[R1] = (again, HostPolicy.OWNER, b"{}")
    await world.live.put_room(again, HostPolicy.OWNER, b"{}", world.recovery.room_access[R1])
    with pytest.raises(RoomBanned):
        await world.enter("bob")


async def test_a_ban_does_not_keep_out_who_owns_the_room(world: World) -> None:
    await world.open_room()
    await put(world, access("ann", banned_until=FOREVER))
    assert (await world.enter("ann")).role is Role.ANCHOR


async def test_a_late_row_of_a_standing_changes_nothing(world: World) -> None:
    await world.go_live()
    await put(world, access("bob", rev=3))
    assert await world.live.put_room_access(access("bob", rev=2, banned_until=FOREVER), ANNOUNCEMENT)
    await world.enter("bob")
    assert await world.names() == ["ann", "bob"]


async def test_a_standing_in_a_room_that_is_not_live_or_anothers_is_left_alone(world: World) -> None:
    assert not await world.live.put_room_access(access("bob"), ANNOUNCEMENT)
    await world.go_live()
    other = replace(access("bob", banned_until=FOREVER), tenant=TenantName("other"))
    assert not await world.live.put_room_access(other, ANNOUNCEMENT)
    await world.enter("bob")


async def test_a_moderator_is_one_at_once_and_when_they_come_again_and_no_host(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    await put(world, access("bob", role=Role.MODERATOR))
    assert await world.role("bob") is Role.MODERATOR
    await world.leave("bob")
    assert (await world.enter("bob", wanted=Role.ANCHOR)).role is Role.MODERATOR
    await world.leave("ann")
    assert (await world.room()).hidden


async def test_a_moderator_is_one_after_the_store_was_lost(world: World) -> None:
    await world.go_live()
    await put(world, access("bob", role=Role.MODERATOR))
    await world.enter("bob")
    await world.lose()
    assert await world.role("bob") is Role.MODERATOR
    await put(world, access("bob", rev=2))
    assert await world.role("bob") is Role.AUDIENCE


async def test_an_appointed_anchor_is_a_host_and_an_audience_when_it_is_taken_back(world: World) -> None:
    await world.go_live(policy=HostPolicy.HOSTS)
    await world.enter("bob")
    await put(world, access("bob", role=Role.ANCHOR))
    assert await world.role("bob") is Role.ANCHOR
    await world.leave("ann")
    assert not (await world.room()).hidden
    await put(world, access("bob", rev=2))
    assert await world.role("bob") is Role.AUDIENCE
    assert (await world.room()).hidden


async def test_who_is_an_anchor_by_the_category_stays_one(world: World) -> None:
    await world.go_live(policy=HostPolicy.HOSTS)
    await world.enter_as_anchor("bob")
    await put(world, access("bob", muted_until=FOREVER))
    await put(world, access("bob", rev=2))
    assert await world.role("bob") is Role.ANCHOR


async def test_an_appointed_anchor_comes_as_host_without_asking(world: World) -> None:
    await world.go_live()
    await put(world, access("bob", role=Role.ANCHOR))
    assert (await world.enter("bob")).role is Role.ANCHOR
    assert (await world.enter("bob", wanted=Role.AUDIENCE)).role is Role.AUDIENCE


async def test_heirs_are_appointed_anchors_then_moderators_then_other_hosts_the_longest_present_of_each(
    world: World,
) -> None:
    await world.go_live()
    for user in ("tom", "bob", "joe", "ada", "kim"):
        await world.enter(user, wanted=Role.ANCHOR, admin=user in ("tom", "bob"))
    for user, role in (("kim", Role.ANCHOR), ("ada", Role.ANCHOR), ("joe", Role.MODERATOR), ("away", Role.ANCHOR)):
        await put(world, access(user, role=role))
    await world.leave("ann")
    heirs = []
    for leaving in ("ada", "kim", "joe", "tom", "bob"):
        heirs += [orphan.heir for orphan in await world.wind(65)]
        await world.leave(leaving)
    assert heirs[0] == "ada"
    assert list(dict.fromkeys(heirs)) == ["ada", "kim", "joe", "tom", "bob"]


async def test_a_changed_standing_is_told_behind_the_role_that_it_gives(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    listener = await listen(world)
    await listener.new_events()
    await put(world, access("bob", role=Role.MODERATOR))
    await listener.catch_up()
    role, received = listener.events()[-2:]
    assert (role.kind, role.member and role.member.role) == (EventKind.ROLE_CHANGED, Role.MODERATOR)
    assert (received.kind, received.data, received.by) == (EventKind.STANDING_CHANGED, ANNOUNCEMENT.data, "ann")
    assert role.seq + 1 == received.seq


async def test_only_who_was_invited_comes_into_an_invitation_room(world: World) -> None:
    await world.go_live()
    await arrange(world, RoomOptions(access=Access.INVITED))
    with pytest.raises(RoomConcealed):
        await world.enter("bob")
    await put(world, access("bob", invited=True))
    await world.enter("bob")
    await put(world, access("eve", role=Role.MODERATOR))
    await world.enter("eve")
    await world.enter("root", admin=True)
    assert await world.names() == ["ann", "bob", "eve", "root"]


@pytest.mark.parametrize("given", ["", "another", "0123 another"])
async def test_a_wrong_password_is_refused(world: World, given: str) -> None:
    await world.go_live()
    await arrange(world, RoomOptions(password="digest"))
    with pytest.raises(PasswordWrong):
        await world.enter("bob", password=given)


async def test_a_password_lets_in_and_who_is_in_needs_none(world: World) -> None:
    await world.go_live()
    await world.enter("eve")
    await arrange(world, RoomOptions(password="digest"))
    await world.enter("bob", password="another digest")
    await world.enter("eve", session="second")
    await world.enter("ann", wanted=Role.OWNER)
    assert await world.names() == ["ann", "eve", "bob"]


async def test_a_holder_who_was_appointed_is_a_moderator_of_what_others_own(world: World) -> None:
    await world.go_live(holder=UserId("bob"))
    await put(world, access("bob", role=Role.MODERATOR))
    await world.enter("bob", wanted=Role.AUDIENCE)
    assert await world.role("bob") is Role.MODERATOR
