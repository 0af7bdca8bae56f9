"""One room in one store, and what can be seen of it: for comparing stores."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from liveroom.domain.errors import Failure
from liveroom.domain.events.model import Event, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId
from liveroom.domain.messages.model import Message
from tests.store.live.giving import GiftRows
from tests.store.live.listener import R1, RecordingListener, say
from tests.store.live.world import World


@dataclass
class Show:
    """One store in the walk, what was said there, and who hears it."""

    world: World
    listener: RecordingListener
    said: list[Message] = field(default_factory=list)
    gifts: dict[BroadcastId, GiftRows] = field(default_factory=dict)
    rev: int = 1


Op = Callable[[Show], Awaitable[Any]]


async def answer(show: Show, op: Op) -> Any:
    """Return what an operation answers, or how it fails."""
    try:
        return await op(show)
    except Failure as failure:
        return type(failure).__name__


async def state(show: Show) -> dict[str, Any]:
    """Return what can be seen of the room, without its times and numbers."""
    world, live = show.world, show.world.live
    events = [received(event) for event in await news(show)]
    room = await live.room(R1)
    if room is None:
        return {"told": events}
    snapshot = await live.channels.snapshot(R1, DEFAULT_TENANT)
    view = await live.seat_maps.read(R1, ())
    assert view is not None
    assert snapshot.gifts == await live.gifts.totals(R1, DEFAULT_TENANT)
    assert (view.seat_map, view.room.likes) == (snapshot.seat_map, room.likes)
    users = [(one.user, one.role, one.name, one.order, one.seat, one.mutes) for one in await world.members()]
    return {
        "told": events,
        "room": room._replace(
            version=0, heat=0, opened=world.clock.now().min, options=replace(room.options, ends=None)
        ),
        "ends": room.options.ends is not None,
        "members": users,
        "seats": view.seat_map.seated,
        "requests": [one[:-1] for one in view.seat_map.requests],
        "named": snapshot.names,
    }


async def news(show: Show) -> list[Event]:
    show.world.clock.advance(0.3)
    await show.world.live.channels.gathered()
    if await show.world.live.room(R1) is not None:
        await show.listener.catch_up()
    events = show.listener.events()
    new = events[show.listener.read.get(R1, 0) :]
    show.listener.read[R1] = len(events)
    return [event for event in new if event.kind is not EventKind.COUNTS]


_PASSING: Final = ("messageId", "time", "expireUtc", "requestId", "endUtc")


def received(event: Event) -> tuple[Any, ...]:
    """Return what was heard, without times."""
    data = json.loads(event.data) if event.data else None
    if isinstance(data, dict):
        data = {name: value for name, value in data.items() if name not in _PASSING}
    return (say(event), event.by, data)
