"""The operator's hand: naming admins, banning, deleting; written to SQL, taken up by whoever runs."""

from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import TokenInvalid, UserNotFound
from liveroom.domain.ids import UserId
from liveroom.domain.rooms.model import RoomChanges, RoomStatus
from tests.usecases.conftest import World

FOR_EVER = datetime.max.replace(tzinfo=UTC)


async def stored(world: World, user: UserId) -> User:
    found = await world.core.db.users.get(user)
    assert found is not None
    return found


async def test_an_admin_is_named_and_unnamed(world: World) -> None:
    user = await world.make_user(name="Ann")
    world.pass_by()
    named = await world.core.moderation.name_admin(user.id, admin=True)
    assert named.admin
    assert named.updated > user.updated
    assert (await stored(world, user.id)).admin
    assert not (await world.core.moderation.name_admin(user.id, admin=False)).admin
    assert (await stored(world, user.id)).name == "Ann"


async def test_a_ban_ends_every_session_at_once_and_an_unban_revives_none(world: World) -> None:
    actor = await world.make_actor()
    now = world.service.clock.now()
    banned = await world.core.moderation.ban(actor.user, FOR_EVER, "spam")
    assert (banned.ban_reason, banned.is_banned(now + timedelta(days=365 * 1000))) == ("spam", True)
    found = await world.core.db.users.with_session(actor.user, actor.session)
    assert found is not None
    assert found[1] is not None
    assert found[1].end is SessionEnd.BANNED
    freed = await world.core.moderation.unban(actor.user)
    assert not freed.is_banned(now)
    assert freed.ban_reason == ""
    with pytest.raises(TokenInvalid):
        await world.core.services.login_tokens.renew(actor)


async def test_a_ban_reaches_rooms_through_the_relay(world: World) -> None:
    host, viewer = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    await world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    await world.core.moderation.ban(viewer.user, FOR_EVER, "")
    live = await world.core.live.room(room)
    assert live is not None
    assert live.members == 2
    world.pass_by()
    await world.core.tick()
    world.pass_by(40)
    await world.core.tick()
    live = await world.core.live.room(room)
    assert live is not None
    assert live.members == 1


async def test_a_deleted_user_takes_their_live_rooms_along_and_keeps_nothing(world: World) -> None:
    host = await world.make_actor(name="Ann", phone="13800138000", email="a@example.com", avatar="a.png")
    room = await world.go_live(host)
    await world.core.moderation.delete(host.user)
    closed = await world.core.db.rooms.get(room)
    assert closed is not None
    assert closed.state is RoomStatus.CLOSED
    left = await stored(world, host.user)
    assert (left.name, left.avatar, left.phone, left.email) == ("", "", "", "")
    assert left.deleted is not None


async def test_nobody_is_moderated_who_is_not_there_or_gone(world: World) -> None:
    gone = await world.make_user()
    moderation = world.core.moderation
    await moderation.delete(gone.id)
    for user in (gone.id, UserId("7"), UserId("")):
        for refused in (
            moderation.name_admin(user, admin=True),
            moderation.ban(user, FOR_EVER, ""),
            moderation.unban(user),
            moderation.delete(user),
        ):
            with pytest.raises(UserNotFound, match=f"no user {user}"):
                await refused
