"""Enters and leaves that an outage breaks off: when the store is back, nobody is listed where they are not."""

from dataclasses import replace
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.ports import Live
from liveroom.usecases.rooms.entering import Entering
from liveroom.usecases.rooms.leaving import Unfinished
from tests.usecases.conftest import World
from tests.usecases.rooms.test_entering import entries, members

HALF_A_MINUTE = 31


class Breaking:
    """A live store that breaks off before a call, or behind it: that one happens, and its answer is lost."""

    def __init__(self, inner: Live) -> None:
        self._inner = inner
        self.before = self.behind = ""
        self.is_down = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)

        async def call(*args: Any, **named: Any) -> Any:
            self.is_down = self.is_down or name == self.before
            if self.is_down:
                raise LiveUnavailable("down")
            answer = await found(*args, **named)
            if name == self.behind:
                self.is_down = True
                raise LiveUnavailable("the answer was lost")
            return answer

        return found if name == "drop_later" else call


class Broken:
    """Rooms on a store that breaks, and a viewer in the first of two rooms."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.live = Breaking(world.core.live)
        live: Any = self.live
        entering = world.core.services.entering
        self.departures = replace(entering.departures, live=live, unfinished=Unfinished(live))
        admissions = replace(entering.admissions, live=live)
        self.entering: Entering = replace(entering, live=live, admissions=admissions, departures=self.departures)

    async def start(self) -> None:
        self.first = await self.world.go_live(await self.world.make_actor())
        self.second = await self.world.go_live(await self.world.make_actor())
        self.viewer: Actor = await self.world.make_actor()
        await self.enter(self.first)

    async def enter(self, room: RoomId) -> None:
        await self.entering.enter(self.viewer, room, role="audience", changes=RoomChanges())

    async def mend(self) -> None:
        """Let the store answer again, end what waits, and let the expiry look at everybody twice."""
        self.live.before = self.live.behind = ""
        self.live.is_down = False
        await self.departures.end_unfinished()
        for _ in range(2):
            await self.world.core.jobs.backlog.write_all()
            await self.world.core.jobs.expiry.end_expired()
            self.world.pass_by(HALF_A_MINUTE)

    async def is_in(self) -> list[RoomId]:
        """Return where the viewer is, which rooms and index say alike."""
        listed = [room for room in (self.first, self.second) if self.viewer.user in await members(self.world, room)]
        assert listed == await entries(self.world, self.viewer)
        return listed


@pytest.fixture
async def broken(world: World) -> Broken:
    broken = Broken(world)
    await broken.start()
    return broken


@pytest.mark.parametrize("call", ["claim_presence", "admit"])
async def test_who_was_told_of_an_outage_when_entering_is_where_they_were(broken: Broken, call: str) -> None:
    broken.live.behind = call
    with pytest.raises(LiveUnavailable):
        await broken.enter(broken.second)
    await broken.mend()
    assert await broken.is_in() == [broken.first]


@pytest.mark.parametrize("call", ["claim_presence", "admit"])
async def test_who_enters_again_before_a_broken_enter_is_taken_back_stays(broken: Broken, call: str) -> None:
    """They were given the entry of the broken enter again, whose end was still to come: told that they are in, thrown
    out a moment later.
    """
    broken.live.behind = call
    with pytest.raises(LiveUnavailable):
        await broken.enter(broken.second)
    broken.live.behind, broken.live.is_down = "", False
    await broken.enter(broken.second)
    await broken.mend()
    assert await broken.is_in() == [broken.second]


async def test_who_could_not_leave_the_former_room_is_taken_out_of_it_afterwards(broken: Broken) -> None:
    broken.live.before = "leave"
    with pytest.raises(LiveUnavailable):
        await broken.enter(broken.second)
    await broken.mend()
    assert await broken.is_in() == [broken.second]


async def test_a_leave_of_which_the_index_does_not_hear_is_told_to_it_later(broken: Broken) -> None:
    broken.live.before = "drop_entries"
    with pytest.raises(LiveUnavailable):
        await broken.departures.leave(broken.viewer, broken.first)
    await broken.mend()
    assert await broken.is_in() == []
