"""Options, metadata and invitations: what one process has committed every process comes to know."""

from datetime import datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from liveroom.domain.errors import LiveUnavailable, PermissionDenied, StaleVersion
from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.events.user_payloads import room_invitation
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.metadata import Metadata
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.options import Access, OptionChanges
from liveroom.usecases.events.announcing import UserNotifier
from tests.usecases.conftest import World


async def test_metadata_that_a_process_has_left_behind_is_told_by_another(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    metadata = world.core.services.room_settings.metadata
    assert await metadata.get(host, room) == Metadata(0, b"{}"), "and kept so beside the room"
    async with world.neighbour() as other:
        written = await other.services.room_settings.metadata.set(host, room, b'{"n":1}', version=0)
    assert await metadata.get(host, room) == Metadata(0, b"{}")
    with pytest.raises(StaleVersion) as stale:
        await metadata.set(host, room, b'{"n":2}', version=0)
    assert stale.value.current == written, "a write is judged by what is stored"
    world.pass_by()
    assert await world.core.jobs.relay.run() >= 1
    assert await metadata.get(host, room) == written


async def test_options_that_a_process_has_left_behind_hold_for_whoever_comes_then(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    async with world.neighbour() as other:
        await other.services.room_settings.options.set(host, room, OptionChanges(access=Access.PRIVATE))
    world.pass_by()
    await world.core.jobs.relay.run()
    live = await world.core.live.room(room)
    assert live is not None
    assert (live.options.access, live.delisted) == (Access.PRIVATE, True)


async def test_options_of_a_room_that_the_live_store_has_lost_are_set_all_the_same(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    world.live.down = True
    with pytest.raises(LiveUnavailable):
        await world.core.services.room_settings.options.set(host, room, OptionChanges(muted=True))
    world.live.down = False
    options = await world.core.services.room_settings.options.set(host, room, OptionChanges(muted=True))
    assert options.muted
    assert await world.core.services.room_settings.options.get(host, room) == options


class Deaf:
    """User messages that reach nobody."""

    async def announce(self, user: UserId, at: datetime, announcement: Announcement) -> None:
        raise LiveUnavailable("that master is down")

    async def send_signal(self, user: UserId, signal: Any) -> None:
        raise AssertionError("nobody sends signals here")


async def test_an_invitation_that_cannot_be_told_is_one_all_the_same(world: World) -> None:
    notifier = UserNotifier(Deaf(), world.service.clock)
    with capture_logs() as logs:
        await notifier.notify(
            UserId("7"), EventKind.INVITED, room_invitation(RoomId("1"), UserId("8"), "t"), by=UserId("8")
        )
    assert [(line["event"], line["kind"], line["user"]) for line in logs] == [
        ("user.not_notified", "user.invited", "7")
    ]


async def test_a_moderator_who_was_dismissed_by_another_process_arranges_nothing_any_more(world: World) -> None:
    host, moderator = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    services = world.core.services
    await services.entering.enter(moderator, room, role="audience", changes=RoomChanges())
    await services.roles.give(host, room, moderator.user, Role.MODERATOR)
    await services.room_settings.options.set(moderator, room, OptionChanges(muted=True))
    async with world.neighbour() as other:
        await other.services.roles.give(host, room, moderator.user, Role.AUDIENCE)
    assert (await services.room_settings.options.get(moderator, room)).muted, (
        "it is still a moderator in the live store here"
    )
    with pytest.raises(PermissionDenied):
        await services.room_settings.options.set(moderator, room, OptionChanges(muted=False))
    with pytest.raises(PermissionDenied):
        await services.room_settings.metadata.set(moderator, room, b"{}", version=0)
    with pytest.raises(PermissionDenied):
        await services.seating.plans.configure(moderator, room, 2, None)
