"""Who looks at a room: every store says the same of them, and shows members to those alone who may see them."""

from datetime import timedelta

import pytest

from liveroom.domain.errors import NotInRoom, RoomConcealed
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.domain.moderation.room_access import FOREVER
from liveroom.domain.presence.members import Role
from liveroom.domain.privacy.visibility import Onlooker
from liveroom.domain.rooms.options import Access
from tests.store.live.listener import R1
from tests.store.live.talking import arrange, stand
from tests.store.live.world import World

KEY = "a-key-that-nobody-guesses"


async def seen(world: World, user: str) -> Onlooker | None:
    """Return what somebody is to the room as they look at it."""
    looked = await world.live.look(R1, UserId(user))
    assert looked is not None
    assert looked.room == await world.room()
    return looked.onlooker


async def listed(world: World, viewer: str) -> list[str]:
    members = await world.live.members(DEFAULT_TENANT, R1, after=0, offset=0, limit=10, viewer=UserId(viewer))
    return [member.user for member in members]


async def test_a_room_of_which_nothing_was_arranged_is_for_everybody_to_see(world: World) -> None:
    await world.go_live()
    assert await seen(world, "zoe") is None
    assert await listed(world, "zoe") == ["ann"]


async def test_everybody_is_what_they_are_to_the_room(world: World) -> None:
    await world.go_live(holder=UserId("hal"))
    await world.enter("bob")
    await arrange(world, guarded=True)
    await stand(world, "eve", role=Role.MODERATOR)
    await stand(world, "kim", invited=True)
    await stand(world, "joe", banned_until=world.clock.now() + timedelta(minutes=5))
    await stand(world, "tom", banned_until=FOREVER)
    found = {user: await seen(world, user) for user in ("ann", "hal", "bob", "eve", "kim", "joe", "tom", "zoe")}
    assert found == {
        "ann": Onlooker(owner=True, member=True),
        "hal": Onlooker(holder=True),
        "bob": Onlooker(member=True),
        "eve": Onlooker(appointed=True),
        "kim": Onlooker(invited=True),
        "joe": Onlooker(banned=True),
        "tom": Onlooker(banned=True),
        "zoe": Onlooker(),
    }
    world.clock.advance(301)
    assert await seen(world, "joe") == Onlooker()


async def test_a_page_of_members_that_others_have_read_is_no_less_kept_from_a_stranger(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    assert await listed(world, "zoe") == ["ann", "bob"]
    await arrange(world, password="digest")
    for viewer in ("bob", "ann"):
        assert await listed(world, viewer) == ["ann", "bob"]
    with pytest.raises(NotInRoom):
        await listed(world, "zoe")
    await arrange(world, password="", access=Access.PRIVATE, link_key=KEY)
    assert await listed(world, "bob") == ["ann", "bob"]
    with pytest.raises(RoomConcealed):
        await listed(world, "zoe")
    assert await world.names() == ["ann", "bob"], "without a viewer it is the service that asks"


async def test_who_is_banned_does_not_see_the_members_of_a_public_room(world: World) -> None:
    await world.go_live()
    await arrange(world, guarded=True)
    await stand(world, "joe", banned_until=FOREVER)
    assert await listed(world, "zoe") == ["ann"]
    with pytest.raises(RoomConcealed):
        await listed(world, "joe")


@pytest.mark.parametrize("link", ["", "another key", KEY[:-1]])
async def test_a_private_room_is_not_there_without_the_key_of_its_link(world: World, link: str) -> None:
    await world.go_live()
    for key in (KEY, ""):
        await arrange(world, access=Access.PRIVATE, link_key=key)
        with pytest.raises(RoomConcealed):
            await world.enter("bob", link=link)


async def test_the_key_of_its_link_lets_into_a_private_room_and_whoever_is_in_needs_none(world: World) -> None:
    await world.go_live()
    await arrange(world, access=Access.PRIVATE, link_key=KEY)
    await world.enter("bob", link=KEY)
    await arrange(world, access=Access.PRIVATE, link_key="another")
    await world.enter("bob", session="tablet")
    await arrange(world, guarded=True)
    await stand(world, "kim", invited=True)
    await stand(world, "eve", role=Role.ANCHOR)
    for user in ("kim", "eve"):
        await world.enter(user)
    assert (await world.room()).options.link_key == "another"
    await world.lose()
    assert (await world.room()).options.link_key == "another"
    assert await world.names() == ["ann", "bob", "kim", "eve"]
