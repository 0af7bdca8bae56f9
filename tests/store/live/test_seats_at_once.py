"""Everybody at once on one stage: nothing that one does is lost by what another does, whatever it is.

A history is played in rounds; what is in one round happens at once, out of two processes where there may be two. Each
change knows which stage it decided on. So the changes of a history can be put in their order, and each has to begin
with what the one before it left, but for those who left their seats by leaving the room, or by the room's options.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveroom.domain.errors import Failure, NotInRoom
from liveroom.domain.ids import UserId
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import Room
from liveroom.domain.rooms.options import RoomOptions, SeatMode
from liveroom.domain.seats import model as seats
from liveroom.domain.seats import requests as seat_requests
from liveroom.domain.seats.model import RequestKind, SeatDecision, SeatMap, SeatRequest
from liveroom.ports import Live, SeatMapView
from tests.store.live.seat_maps import held, look
from tests.store.live.world import World

PEOPLE: Final = tuple(f"u{number}" for number in range(6))
OPTIONS: Final = RoomOptions(seats=3, seat_mode=SeatMode.APPLY)
_rooms = itertools.count(1)
SeatAction = tuple[str, str, int]
"""What is done, by whom, and a number that says to what."""
SEAT_ACTIONS: Final = st.tuples(
    st.sampled_from(
        ["take", "take", "rise", "move", "mute", "apply", "approve", "refuse", "leave", "enter", "lock", "size"]
    ),
    st.sampled_from(PEOPLE),
    st.integers(0, 3),
)
HISTORIES: Final = st.lists(st.lists(SEAT_ACTIONS, min_size=1, max_size=6), min_size=1, max_size=5)


@dataclass
class SeatHand:
    """One room of one history."""

    world: World
    row: Room
    stores: Sequence[Live]
    """The processes."""
    done: list[tuple[SeatMapView, SeatMap]] = field(default_factory=list)
    """What each change saw, and what it left."""
    asked: int = 0

    @property
    def room(self) -> str:
        return self.row.id

    async def play(self, history: Sequence[Sequence[SeatAction]]) -> None:
        for actions in history:
            before = len(self.done)
            await asyncio.gather(
                *(self._do(action, self.stores[turn % len(self.stores)]) for turn, action in enumerate(actions))
            )
            self._check_order(before, free=any(action[0] in ("leave", "lock", "size") for action in actions))
            await self._check_seat_map()

    async def _do(self, action: SeatAction, live: Live) -> None:
        what, user, number = action
        actions: dict[str, Callable[[], Awaitable[object]]] = {
            "leave": lambda: self.world.leave(user, self.room),
            "enter": lambda: self.world.enter(user, self.room),
            "lock": lambda: self._arrange(replace(self.row.options, seat_locks=number)),
            "size": lambda: self._arrange(replace(self.row.options, seats=number)),
        }
        try:
            await actions.get(what, lambda: self._change(live, what, UserId(user), number))()
        except Failure:
            return

    async def _change(self, live: Live, what: str, user: UserId, number: int) -> None:
        self.asked += 1
        id = f"q{self.asked}"
        while True:
            view = await look(live, self.room, user)
            decision = self._decide(view, what, user, number, id)
            if await live.seat_maps.put(view, decision, user):
                self.done.append((view, decision.seat_map))
                return

    def _decide(self, view: SeatMapView, what: str, user: UserId, number: int, id: str) -> SeatDecision:
        if user not in view.members:
            raise NotInRoom
        seat_map, options = self._current(view), view.room.options
        waiting = [request.id for request in seat_map.requests]
        which = waiting[number % len(waiting)] if waiting else "none"
        expires = seat_requests.expiry(self.world.clock.now(), seat_requests.WAIT)
        rules: dict[str, Callable[[], SeatDecision]] = {
            "take": lambda: seats.take(seat_map, options, user, number, may_seat=True),
            "rise": lambda: seats.vacate(seat_map, user),
            "move": lambda: seats.move(seat_map, options, user, number, may_seat=True),
            "mute": lambda: seats.mute(seat_map, user, audio=number % 2 == 0, video=None, by_host=number > 1),
            "apply": lambda: seat_requests.ask(
                seat_map, options, SeatRequest(id, RequestKind.APPLY, user, "", "", number, user, expires)
            ),
            "approve": lambda: seat_requests.approve(seat_map, options, which, by=user),
            "refuse": lambda: seat_requests.refuse(seat_map, which, by=user, reason=""),
        }
        return rules[what]()

    def _current(self, view: SeatMapView) -> SeatMap:
        return seat_requests.expire_requests(view.seat_map, view.members, self.world.clock.now()).seat_map

    async def _arrange(self, options: RoomOptions) -> None:
        self.row = replace(self.row, rev=self.row.rev + 1, options=options)
        await self.world.put(self.row)

    def _check_order(self, first: int, *, free: bool) -> None:
        """Each change of a round began with what the one before it had left."""
        self.done[first:] = sorted(self.done[first:], key=lambda one: one[0].version)
        versions = [view.version for view, _ in self.done]
        assert versions == sorted(set(versions)), "two changes of one and the same stage"
        for (_, left), (view, _) in itertools.pairwise(self.done[max(first - 1, 0) :]):
            assert view.seat_map.requests == left.requests
            assert set(view.seat_map.seated) <= set(left.seated)
            assert free or first == 0 or view.seat_map.seated == left.seated or view is self.done[first][0]

    async def _check_seat_map(self) -> None:
        """Stage, records and roles say the same."""
        taken = await held(self.world, self.room)
        assert len(set(taken.values())) == len(taken)
        options = (await self.world.room(self.room)).options
        assert all(seat <= options.seats and not options.is_locked(seat) for seat in taken)
        speakers = {member.user for member in await self.world.members(self.room) if member.role is Role.SPEAKER}
        assert speakers == {user for user in taken.values() if user != "ann"}

    async def check_journal(self) -> None:
        """The stays that last say who has which seat."""
        await self.world.save()
        stays = [stay for stay in self.world.recovery.open() if stay.room == self.row.id]
        assert {stay.seat: stay.user for stay in stays if stay.seat} == await held(self.world, self.room)


@pytest.mark.parametrize("any_world", ["memory", pytest.param("cluster", marks=pytest.mark.services)], indirect=True)
def test_whatever_happens_at_once_happens_one_after_the_other(any_world: World) -> None:
    with asyncio.Runner() as runner:
        stores = [runner.run(any_world.restart())]
        if not any_world.forgets:
            stores.append(runner.run(any_world.restart()))

        async def play(history: Sequence[Sequence[SeatAction]]) -> None:
            name = f"room{next(_rooms)}"
            row = await any_world.go_live(name, "ann", options=OPTIONS)
            for user in PEOPLE[:4]:
                await any_world.enter(user, name)
            hand = SeatHand(any_world, row, stores)
            await hand.play(history)
            await hand.check_journal()

        @settings(
            max_examples=60 if any_world.forgets else 25,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        )
        @given(HISTORIES)
        def histories(history: list[list[SeatAction]]) -> None:
            runner.run(play(history))

        histories()
        for live in any_world.opened:
            runner.run(live.close())
