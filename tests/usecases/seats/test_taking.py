"""Seats with a part of the world missing: what needs the database, what does not, and who is told of an invitation."""

import io
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable, PermissionDenied
from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import Signal
from liveroom.domain.presence.members import LeaveReason
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.options import SeatMode
from liveroom.domain.vendors.model import Vendor
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.media.participants import PublishPermissions
from liveroom.usecases.seats.maps import SeatMapEditor
from liveroom.usecases.seats.taking import SeatRequests, Seats
from liveroom.usecases.vendors.task_queue import VendorTaskQueue
from tests.usecases.conftest import World


@dataclass
class KeptMessages:
    """``ports.UserMessages`` that keep everything."""

    received: list[tuple[UserId, str, dict[str, Any], UserId | None]] = field(default_factory=list)

    async def send_signal(self, user: UserId, signal: Signal) -> None:
        raise AssertionError("no signal is sent")

    async def announce(self, user: UserId, at: datetime, announcement: Announcement) -> None:
        self.received.append((user, announcement.kind, json.loads(announcement.data), announcement.by))


@dataclass
class Show:
    """A room with free seats, its host, and a guest."""

    world: World
    host: Actor
    guest: Actor
    room: RoomId


@pytest.fixture
async def show(world: World) -> Show:
    """Return a show."""
    host, guest = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    services = world.core.services
    await services.entering.enter(guest, room, role="audience", changes=RoomChanges())
    await services.seating.plans.configure(host, room, None, SeatMode.FREE)
    return Show(world, host, guest, room)


async def holders(show: Show) -> list[str]:
    scene = await show.world.core.services.seating.seats.list(show.host, show.room)
    return [one.user for one in scene.seat_map.seated]


async def test_people_come_to_seats_and_leave_them_without_the_database(show: Show) -> None:
    seats = show.world.core.services.seating.seats
    show.world.sql.down = True
    await seats.take(show.guest, show.room, 0)
    await seats.take(show.host, show.room, 0)
    await seats.mute(show.guest, show.room, None, audio=True, video=None)
    await seats.leave(show.guest, show.room)
    assert await holders(show) == [show.host.user]
    with pytest.raises(DatabaseUnavailable):
        await show.world.core.services.seating.plans.lock(show.host, show.room, 1, locked=True)
    with pytest.raises(DatabaseUnavailable):
        await seats.kick(show.guest, show.room, show.host.user)


async def test_without_the_live_store_nobody_comes_to_a_seat(show: Show) -> None:
    seats = show.world.core.services.seating.seats
    show.world.live.down = True
    with pytest.raises(LiveUnavailable):
        await seats.take(show.guest, show.room, 0)
    show.world.live.down = False
    assert await holders(show) == []


async def test_that_a_provider_cannot_be_told_now_keeps_nobody_from_a_seat_or_on_it(
    show: Show, written_log: io.StringIO
) -> None:
    services, clock = show.world.core.services, show.world.service.clock
    vendor_tasks = VendorTaskQueue(services.tenants, lambda tenant: frozenset({Vendor.LIVEKIT}))
    publish_permissions = PublishPermissions(show.world.core.db, clock, vendor_tasks)
    seats = Seats(
        show.world.core.db,
        SeatMapEditor(
            show.world.core.live, clock, services.seating.seat_maps.ranks, publish_permissions, services.audit
        ),
        publish_permissions,
        services.audit,
    )
    show.world.sql.down = True
    await seats.take(show.guest, show.room, 0)
    assert "permissions.not_noted" in written_log.getvalue()
    await seats.leave(show.guest, show.room)
    assert await holders(show) == []


async def test_who_is_invited_is_told_with_what_it_takes_to_accept(show: Show) -> None:
    messages, services = KeptMessages(), show.world.core.services
    requests = SeatRequests(
        show.world.core.db, services.seating.seat_maps, UserNotifier(messages, show.world.service.clock)
    )
    request = await requests.invite(show.host, show.room, show.guest.user, 3)
    said = {"roomId": show.room, "kind": "seat", "by": show.host.user, "requestId": request.id, "seat": 3}
    said["expireUtc"] = request.expires.isoformat(" ", "seconds")[:19]
    assert messages.received == [(show.guest.user, EventKind.INVITED, said, show.host.user)]
    await requests.accept(show.guest, show.room, messages.received[0][2]["requestId"])
    assert await holders(show) == [show.guest.user]


async def test_a_request_is_over_when_the_live_store_says_so_though_this_clock_is_behind(show: Show) -> None:
    services = show.world.core.services
    request = await services.seating.requests.invite(show.host, show.room, show.guest.user, 0)
    show.world.pass_by((request.expires - show.world.service.clock.now() - timedelta(seconds=1)).total_seconds())
    assert await services.seating.seat_maps.tidy(show.room)
    assert (await services.seating.seats.list(show.host, show.room)).seat_map.requests == ()
    assert not await services.seating.seat_maps.tidy(show.room)
    assert not await services.seating.seat_maps.tidy(RoomId("7001"))


async def test_a_seat_is_free_when_its_user_s_place_has_expired(show: Show) -> None:
    services = show.world.core.services
    await services.seating.seats.take(show.guest, show.room, 2)
    entries = await show.world.core.live.entries(show.guest.user)
    await services.departures.end_entries(entries, LeaveReason.LOST)
    assert await holders(show) == []
    await services.seating.seats.take(show.host, show.room, 2)


async def test_what_a_host_does_to_who_has_a_seat_is_in_the_trail_before_it_is_done(show: Show) -> None:
    services, db = show.world.core.services, show.world.core.db
    await services.seating.seats.take(show.guest, show.room, 1)
    await services.seating.seats.mute(show.guest, show.room, None, audio=True, video=None)
    await services.seating.seats.mute(show.host, show.room, show.guest.user, audio=True, video=None)
    await services.seating.plans.lock(show.host, show.room, 2, locked=True)
    await services.seating.seats.kick(show.host, show.room, show.guest.user)
    entries = await db.audit.newest(tenant=show.host.tenant.name, actor="", since=None, limit=10)
    about = f"user:{show.guest.user} room:{show.room}"
    assert [(entry.action.removeprefix("base/v1/seats/"), entry.subject) for entry in reversed(entries)] == [
        ("configure", f"room:{show.room}"),
        ("mute", about),
        ("lock", f"room:{show.room}"),
        ("kick", about),
    ]
    assert {entry.actor for entry in entries} == {f"user:{show.host.user}"}


async def test_nobody_is_put_off_a_seat_while_that_cannot_be_written_down(show: Show) -> None:
    services = show.world.core.services
    await services.seating.seats.take(show.guest, show.room, 1)
    show.world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await services.seating.seats.kick(show.host, show.room, show.guest.user)
    show.world.sql.down = False
    assert await holders(show) == [show.guest.user]
    with pytest.raises(PermissionDenied):
        await services.seating.seats.kick(show.guest, show.room, show.host.user)
