"""Whoever hears of a change and asks for the list at that moment, on any process, sees it there."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor, EndedSessions
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.events.model import HOLD, LISTED, Event, EventKind, Publication, Socket
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.domain.presence.members import LeaveReason
from liveroom.domain.rooms.model import LiveRoom, RoomChanges
from liveroom.domain.rooms.paging import RoomQuery
from liveroom.usecases.events.relay import OutboxRelay
from tests.service import Device, Service, serving
from tests.store.live.world import eventually
from tests.usecases.conftest import World


@dataclass
class Listener:
    """Somebody on a process who asks for the list as soon as something is heard."""

    service: Service
    room: RoomId
    seen: list[tuple[Event, Any]] = field(default_factory=list)
    """Events, each with the room's card at that moment (None: it was not on the list)."""
    _asking: set[asyncio.Task[None]] = field(default_factory=set)

    async def listen(self) -> "Listener":
        await self.service.core.live.room(self.room)
        await self.cards()
        self.service.core.live.channels.attach(self)
        await self.service.core.live.channels.subscribe(self.room)
        return self

    def published(self, room: RoomId, epoch: str, publication: Publication) -> None:
        asking = asyncio.ensure_future(self._ask(publication.events))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)

    def joined(self, room: RoomId, socket: Socket) -> None: ...
    def parted(self, room: RoomId, socket: Socket) -> None: ...
    def doubtful(self, rooms: Sequence[RoomId]) -> None: ...
    def sessions_over(self, ended: EndedSessions) -> None: ...

    async def _ask(self, events: Sequence[Event]) -> None:
        card = (await self.cards()).get(self.room)
        self.seen += [(event, card) for event in events if event.kind in {*LISTED, EventKind.ROOM_CLOSED}]

    async def cards(self) -> dict[str, Any]:
        page = await self.service.services.listings.rooms(RoomQuery(DEFAULT_TENANT))
        return {card["roomId"]: card for card in json.loads(b"[" + page.cards + b"]")}

    def received(self) -> list[str]:
        """Return what was heard of the room."""
        return [event.kind for event, _ in self.seen]

    async def receives(self, *kinds: str) -> None:
        """Return when this was heard next, and the list has shown it at that moment."""
        await eventually(lambda: len(self.seen) >= len(kinds))
        assert self.received() == list(kinds)
        for event, card in self.seen:
            assert shows(event, card), (event.kind, card)
        self.seen.clear()


def shows(event: Event, card: Any) -> bool:
    """Say whether a card (None: there is none) shows what the event tells."""
    if event.kind in (EventKind.ROOM_HIDDEN, EventKind.ROOM_CLOSED):
        return card is None
    if card is None or event.room is None:
        return False
    return bool(card["title"] == title_in(event.room.card) and card["ownBy"] == event.room.owner)


def title_in(card: bytes) -> str:
    return card.partition(b'"title":"')[2].partition(b'"')[0].decode()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
async def processes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Service, Service]]:
    """Yield a service, and the one on which somebody listens: the same, or another process on the same stores."""
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            service = await stack.enter_async_context(serving(tmp_path))
            yield service, service
            return
        server = request.getfixturevalue("redis_server")
        server.flushall()
        here, there = [await stack.enter_async_context(serving(tmp_path, redis_url=server.url)) for _ in range(2)]
        yield here, there


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    faults.disarm()


async def listened(processes: tuple[Service, Service]) -> tuple[Service, Device, Listener]:
    """Return the service, a host whose room is live there, and somebody who listens to it."""
    here, there = processes
    host = await here.sign_up()
    listener = await Listener(there, RoomId(host.user)).listen()
    await host.go_live(title="old")
    await listener.receives("room.opened")
    return here, host, listener


# --- one after another ------------------------------------------------------------------------------------------------


async def test_another_title_is_on_the_list_when_its_event_is_received(processes: tuple[Service, Service]) -> None:
    _, host, listener = await listened(processes)
    for title in ("new", "newer"):
        await host.call("rooms/update_room", {"roomId": host.user, "title": title})
        await listener.receives("room.updated")


async def test_a_room_that_was_handed_over_is_its_new_owners_on_the_list(processes: tuple[Service, Service]) -> None:
    here, host, listener = await listened(processes)
    guest = await here.sign_up()
    await guest.enter(host.user)
    live = await here.core.live.room(RoomId(host.user))
    assert live is not None
    committed = await here.core.broadcasts.hand_over(live.id, live.broadcast, UserId(guest.user))
    assert committed is not None
    assert committed.row is not None
    await here.core.jobs.relay.deliver(committed.row, committed.room)
    await listener.receives("room.owner_changed")


async def test_a_hidden_room_is_off_the_list_and_a_restored_one_on_it(processes: tuple[Service, Service]) -> None:
    _, host, listener = await listened(processes)
    for _ in range(2):
        await host.leave(host.user)
        await listener.receives("room.hidden")
        await host.go_live()
        await listener.receives("room.restored")


async def test_a_room_whose_host_was_lost_is_off_the_list(processes: tuple[Service, Service]) -> None:
    here, host, listener = await listened(processes)
    entries = await here.core.live.entries(UserId(host.user))
    await here.core.services.departures.end_entries(entries, LeaveReason.LOST)
    await listener.receives("room.hidden")


async def test_a_room_that_its_owner_left_by_entering_another_is_off_the_list(
    processes: tuple[Service, Service],
) -> None:
    here, host, listener = await listened(processes)
    other = await here.sign_up()
    elsewhere = await other.go_live()
    tablet = await host.account.sign_in()
    for device in (host, tablet):
        await device.enter(host.user, "audience")
    await host.leave(host.user)
    assert listener.received() == []
    await tablet.enter(elsewhere, "audience")
    await listener.receives("room.hidden")


async def test_a_closed_room_is_off_the_list_and_opened_again_on_it(processes: tuple[Service, Service]) -> None:
    _, host, listener = await listened(processes)
    await host.call("rooms/destroy_room", {"roomId": host.user})
    await listener.receives("room.closed")
    await host.go_live(title="again")
    await listener.receives("room.opened")


async def test_many_changes_at_once_are_received_in_order_and_none_before_the_list_shows_it(
    processes: tuple[Service, Service],
) -> None:
    here, host, listener = await listened(processes)
    titles = [str(number) for number in range(30)]
    await asyncio.gather(*(host.call("rooms/update_room", {"roomId": host.user, "title": title}) for title in titles))
    await here.core.jobs.backlog.publish()
    await eventually(lambda: len(listener.seen) == len(titles))
    received = [title_in(event.room.card) for event, _ in listener.seen if event.room is not None]
    assert sorted(received) == sorted(titles)
    order = {title: number for number, title in enumerate(received)}
    assert all(order[card["title"]] >= order[title] for title, (_, card) in zip(received, listener.seen, strict=True))


# --- what is broken off -----------------------------------------------------------------------------------------------


INTERNAL = 99


def die() -> None:
    raise RuntimeError("the process is gone")


async def test_what_a_process_that_died_had_not_published_is_published_by_the_next_job_of_another(
    processes: tuple[Service, Service],
) -> None:
    _, host, listener = await listened(processes)
    faults.arm("state.shown", die)
    assert (await host.call("rooms/update_room", {"roomId": host.user, "title": "new"})).code == INTERNAL
    faults.disarm()
    assert listener.received() == []
    there = listener.service
    there.clock.advance(1)
    await there.core.jobs.listings.catch_up()
    await listener.receives("room.updated")


class Flaky:
    """A live store some of whose calls find nobody."""

    def __init__(self, inner: Any, failing: set[str]) -> None:
        self._inner = inner
        self._failing = failing

    @property
    def channels(self) -> Any:
        return Flaky(self._inner.channels, self._failing)

    def __getattr__(self, name: str) -> Any:
        if name not in self._failing:
            return getattr(self._inner, name)

        async def fail(*_: Any) -> None:
            raise LiveUnavailable("that master is down")

        return fail


@dataclass
class Weak:
    """A world on whose live room somebody listens, and a relay whose calls fail as long as they are named."""

    world: World
    host: Actor
    listener: Listener
    relay: OutboxRelay
    failing: set[str]

    async def retitle(self) -> LiveRoom | None:
        committed = await self.world.core.broadcasts.change(self.host, self.listener.room, RoomChanges(title="new"))
        assert committed.row is not None
        return await self.relay.deliver(committed.row, committed.room)

    async def close(self) -> None:
        committed = await self.world.core.broadcasts.close_as(self.host, self.listener.room)
        assert committed is not None
        assert committed.row is not None
        await self.relay.deliver_later([committed.row])


@pytest.fixture
async def weak(world: World) -> Weak:
    host = await world.make_actor()
    listener = await Listener(world.service, RoomId(host.user)).listen()
    await world.go_live(host, title="old")
    await listener.receives("room.opened")
    failing: set[str] = set()
    live: Any = Flaky(world.core.live, failing)
    listings = replace(world.core.jobs.listings, live=live)
    return Weak(world, host, listener, replace(world.core.jobs.relay, live=live, listings=listings), failing)


async def test_what_could_not_be_listed_is_told_when_it_is_listed(weak: Weak) -> None:
    weak.failing.add("put_listed")
    with pytest.raises(LiveUnavailable):
        await weak.retitle()
    assert weak.listener.received() == []
    weak.failing.clear()
    await weak.relay.listings.catch_up()
    await weak.listener.receives("room.updated")


async def test_a_list_that_stays_away_does_not_keep_the_room_quiet(weak: Weak) -> None:
    weak.failing.add("put_listed")
    with pytest.raises(LiveUnavailable):
        await weak.retitle()
    weak.world.service.clock.advance(HOLD)
    assert await weak.world.core.jobs.backlog.publish() == 1
    await eventually(lambda: weak.listener.received() == ["room.updated"])


async def test_a_caller_is_answered_whose_change_could_not_be_published_and_a_job_publishes_it(weak: Weak) -> None:
    weak.failing.add("release")
    assert await weak.retitle() is not None
    assert weak.listener.received() == []
    weak.failing.clear()
    await weak.relay.listings.catch_up()
    await weak.listener.receives("room.updated")


async def test_a_room_closes_though_the_list_cannot_be_told(weak: Weak) -> None:
    weak.failing.add("put_listed")
    await weak.close()
    await eventually(lambda: weak.listener.received() == ["room.closed"])
    weak.failing.clear()
    await weak.relay.listings.catch_up()
    assert await weak.listener.cards() == {}


async def test_a_late_closing_does_not_take_the_next_broadcast_off_the_list(weak: Weak) -> None:
    closed = await weak.world.core.broadcasts.close_as(weak.host, weak.listener.room)
    assert closed is not None
    assert closed.row is not None
    opened = await weak.world.core.broadcasts.open(weak.host, weak.listener.room, RoomChanges(title="again"), "")
    assert opened.row is not None
    await weak.relay.deliver(opened.row, opened.room)
    await weak.relay.deliver(closed.row, closed.room)
    assert (await weak.listener.cards())[weak.listener.room]["title"] == "again"
