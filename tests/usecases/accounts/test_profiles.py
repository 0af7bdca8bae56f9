"""Profiles and presence: what an update may say, how often others may be looked up, and only within the tenant."""

from datetime import timedelta

import pytest

from liveroom.domain.errors import (
    PermissionDenied,
    ProfileEmpty,
    QueryLimited,
    SearchInvalid,
    TokenInvalid,
    UserNotFound,
)
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.usecases.accounts.profiles import QUERIES, ProfileChanges
from tests.usecases.conftest import World

GAME = Tenant(TenantName("game"))


@pytest.mark.parametrize(
    "changes",
    [ProfileChanges(), ProfileChanges(name=""), ProfileChanges(tag="", tag2="")],
)
async def test_an_update_that_gives_nothing_is_refused(changes: ProfileChanges, world: World) -> None:
    with pytest.raises(ProfileEmpty):
        await world.core.services.profiles.update(await world.make_actor(), changes)


async def test_an_update_changes_what_it_names_and_the_same_again_tells_nobody(world: World) -> None:
    actor = await world.make_actor(name="old", tag="t", avatar="a.png")
    profiles = world.core.services.profiles
    for _ in range(2):
        await profiles.update(actor, ProfileChanges(name="new", avatar=""))
    user = await world.core.db.users.get(actor.user)
    assert user is not None
    assert (user.name, user.tag, user.avatar) == ("new", "t", "")
    await profiles.update(actor, ProfileChanges(tag2="only a tag"))
    world.pass_by()
    assert len(await world.core.db.outbox.due(world.service.clock.now(), 10)) == 1


async def test_a_user_who_is_gone_changes_nothing(world: World) -> None:
    actor = await world.make_actor()
    await world.core.moderation.delete(actor.user)
    with pytest.raises(TokenInvalid):
        await world.core.services.profiles.update(actor, ProfileChanges(name="back"))


async def test_others_are_found_within_the_tenant_while_they_are_there(world: World) -> None:
    await world.core.services.tenants.put(GAME)
    actor, friend, gone = await world.make_actor(), await world.make_user(name="Ann"), await world.make_user()
    stranger = await world.make_user(GAME)
    await world.core.moderation.delete(gone.id)
    lookups = world.core.services.lookups
    assert (await lookups.find(actor, friend.id)).name == "Ann"
    for user in (gone.id, stranger.id, UserId("7")):
        with pytest.raises(UserNotFound):
            await lookups.find(actor, user)
    asked = [friend.id, "7", stranger.id, gone.id, actor.user, friend.id]
    found = [user.id for user in await lookups.find_all(actor, asked)]
    assert found == [friend.id, actor.user, friend.id]


async def test_sixty_look_ups_a_minute_are_enough_for_anybody(world: World) -> None:
    actor, other = await world.make_actor(), await world.make_actor()
    lookups = world.core.services.lookups
    for _ in range(QUERIES):
        await lookups.find(actor, actor.user)
    for look_up in (lookups.find(actor, actor.user), lookups.find_all(actor, []), lookups.find_by_phone(actor, "1")):
        with pytest.raises(QueryLimited) as refused:
            await look_up
        assert timedelta(0) < refused.value.retry_after <= timedelta(minutes=1)
    await lookups.find(other, actor.user)
    world.pass_by(61)
    await lookups.find(actor, actor.user)


@pytest.mark.parametrize("phone", ["", "+", "1234", "1" * 21, "86-138-0013", "+86 138", "１３８００", "abc", "²²²²²"])
async def test_a_search_for_what_is_no_number_is_invalid(phone: str, world: World) -> None:
    with pytest.raises(SearchInvalid):
        await world.core.services.lookups.find_by_phone(await world.make_actor(), phone)


@pytest.mark.parametrize("phone", ["13800138000", "+8613800138000", "138-0013-8000"])
async def test_a_number_of_nobody_is_not_found(phone: str, world: World) -> None:
    with pytest.raises(UserNotFound):
        await world.core.services.lookups.find_by_phone(await world.make_actor(phone="+8613800138001"), phone)


async def test_presence_is_told_in_the_order_asked_and_explained_to_admins_of_the_tenant(world: World) -> None:
    await world.core.services.tenants.put(GAME)
    admin, host = await world.make_actor(admin=True), await world.make_actor()
    stranger = await world.make_actor(GAME, admin=True)
    attendance = world.core.services.attendance
    room = await world.go_live(host)
    received = await attendance.query(admin, [stranger.user, host.user, "7", admin.user])
    assert [(one.user, one.room) for one in received] == [(host.user, room), (admin.user, None)]
    assert [source.session for source in await attendance.explain(admin, host.user)] == [host.session]
    with pytest.raises(PermissionDenied):
        await attendance.explain(host, host.user)
    for caller, user in ((admin, "7"), (admin, stranger.user), (stranger, host.user)):
        with pytest.raises(UserNotFound):
            await attendance.explain(caller, user)
