"""What people do on a seat map, as a use case does it: read, decide, put, and again where somebody was faster."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.model import Room
from liveroom.domain.rooms.options import RoomOptions, SeatMode
from liveroom.domain.seats import model as seats
from liveroom.domain.seats import requests as seat_requests
from liveroom.domain.seats.model import RequestKind, SeatDecision, SeatMap, SeatRequest
from liveroom.ports import Live, SeatMapView
from tests.store.live.world import World

FREE: Final = RoomOptions(seats=4, seat_mode=SeatMode.FREE)
Rule = Callable[[SeatMapView], SeatDecision]


async def change(live: Live, room: str, user: str, rule: Rule) -> SeatMapView:
    """Let a user's rule change the stage; return what it decided on last."""
    while True:
        view = await look(live, room, user)
        if await live.seat_maps.put(view, rule(view), UserId(user)):
            return view


async def look(live: Live, room: str = "r1", *users: str) -> SeatMapView:
    view = await live.seat_maps.read(RoomId(room), [UserId(user) for user in users])
    assert view is not None
    return view


async def take(world: World, user: str, number: int = 0, room: str = "r1") -> None:
    """Sit down where seats are free."""

    def rule(view: SeatMapView) -> SeatDecision:
        return seats.take(view.seat_map, view.room.options, UserId(user), number, may_seat=True)

    await change(world.live, room, user, rule)


async def rise(world: World, user: str, room: str = "r1") -> None:
    await change(world.live, room, user, lambda view: seats.vacate(view.seat_map, UserId(user)))


async def mute(world: World, user: str, *, by_host: bool = True) -> None:
    """Mute what a user says."""

    def rule(view: SeatMapView) -> SeatDecision:
        return seats.mute(view.seat_map, UserId(user), audio=True, video=None, by_host=by_host)

    await change(world.live, "r1", user, rule)


async def ask(world: World, user: str, id: str = "q1", seconds: float = 15, **given: Any) -> SeatRequest:
    """Apply for a seat, or be invited to one."""
    expires = seat_requests.expiry(world.clock.now(), timedelta(seconds=seconds))
    asked = SeatRequest(id, RequestKind.APPLY, UserId(user), f"name of {user}", "", 0, UserId(user), expires)
    asked = asked._replace(**given)

    def rule(view: SeatMapView) -> SeatDecision:
        return seat_requests.ask(view.seat_map, replace(view.room.options, seat_mode=SeatMode.APPLY), asked)

    await change(world.live, "r1", user, rule)
    return asked


async def expire_requests(world: World, room: str = "r1") -> None:
    """End requests that are over."""
    view = await look(world.live, room)
    await world.live.seat_maps.put(
        view, seat_requests.expire_requests(view.seat_map, view.members, world.clock.now()), None
    )


async def held(world: World, room: str = "r1") -> dict[int, str]:
    """Return who has which seat, which their records say too."""
    view = await look(world.live, room)
    taken: dict[int, str] = {one.number: one.user for one in view.seat_map.seated}
    members = await world.members(room, limit=1000)
    assert {member.seat: member.user for member in members if member.seat} == taken
    muted = {member.user: member.mutes for member in members if member.seat}
    assert muted == {one.user: one.mutes for one in view.seat_map.seated}
    return taken


def waiting(seat_map: SeatMap) -> list[str]:
    return [request.id for request in seat_map.requests]


async def arrange(world: World, row: Room, options: RoomOptions) -> Room:
    """Change a room's options."""
    changed = replace(row, options=options, rev=row.rev + 1)
    await world.put(changed)
    return changed


def users(view: SeatMapView) -> Sequence[str]:
    return sorted(view.members)
