"""Connections in many hands, one act after another and at once, against a plain model of them.

What was done at once has to come out as if it had been done in some order; every room has to say the same everywhere.
"""

import asyncio
from collections.abc import Sequence
from itertools import permutations
from typing import Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from liveroom.domain.ids import RoomId
from tests.stories.connection_model import CLOSED, ConnectionModel
from tests.stories.hands import Hands, let_play
from tests.stories.room_model import Act
from tests.stories.world import Phone, World
from tests.usecases.connections.agreement import connections_of

HOSTS: Final = 4
TOO_OFTEN: Final = 3004
Said = int | str
Seen = tuple[dict[int, list[int]], set[tuple[int, int]], set[int]]
_anybody = st.integers(0, HOSTS - 1)
_pairs = st.tuples(_anybody, st.integers(1, HOSTS - 1)).map(lambda pair: (pair[0], (pair[0] + pair[1]) % HOSTS))
_acts = st.one_of(
    st.builds(
        lambda what, pair: Act(what, *pair), st.sampled_from(["ask", "ask", "accept", "accept", "refuse"]), _pairs
    ),
    st.builds(Act, st.sampled_from(["leave", "leave", "cancel", "close", "open", "open"]), _anybody),
)


class Stage:
    """The rooms of the service, as they are."""

    def __init__(self, world: World, people: Sequence[Phone]) -> None:
        self.world, self.people = world, people
        self.rooms = [RoomId(phone.user) for phone in people]
        self.requests: dict[tuple[int, int], str] = {}

    async def do(self, act: Act) -> Said:
        """Make the call, and return its code; of a request what became of it."""
        phone, room = self.people[act.by], self.rooms[act.by]
        if act.what == "open":
            return int((await phone.reply("rooms/enter_room", roomId=room, role="anchor"))["errorCode"])
        if act.what == "close":
            return int((await phone.reply("rooms/destroy_room", roomId=room))["errorCode"])
        if act.what == "ask":
            return await self._ask(act)
        given = {"requestId": self.requests.get((act.whom, act.by), "none")} if act.what in ("accept", "refuse") else {}
        return int((await phone.reply(f"connections/{act.what}", roomId=room, **given))["errorCode"])

    async def _ask(self, act: Act) -> Said:
        asked = {"roomId": self.rooms[act.by], "roomIds": self.rooms[act.whom]}
        reply = await self.people[act.by].reply("connections/request", **asked)
        if reply["errorCode"]:
            return int(reply["errorCode"])
        (one,) = reply["data"]
        if one["result"] == "requested":
            self.requests[act.by, act.whom] = one["requestId"]
        return str(one["result"])

    async def seen(self) -> Seen:
        """Return the groups that rooms are in, as every place says it, who has asked whom, and which rooms are live.

        Without these a model would not know in which order a request was made and taken back at once, or a room closed
        and opened.
        """
        found = await connections_of(self.world.core, self.rooms)
        groups = {
            number: [self.rooms.index(other) for other in connection.ids]
            for number, room in enumerate(self.rooms)
            if (connection := found[room]) is not None
        }
        rows = [await self.world.core.db.connections.requests_of(room) for room in self.rooms]
        asked = {(self.rooms.index(one.room), self.rooms.index(one.asked)) for some in rows for one in some}
        live = {number for number, room in enumerate(self.rooms) if await self.world.core.live.room(room) is not None}
        return groups, asked, live


class Evening(Hands):
    """What hosts do about connecting their rooms."""

    @initialize()
    def go_live(self) -> None:
        self.stage = self.run(self._open())
        self.model = ConnectionModel(live=set(range(HOSTS)))

    async def _open(self) -> Stage:
        people = await self.people(HOSTS)
        for phone in people:
            await phone.go_live()
        return Stage(self.world, people)

    @rule(act=_acts)
    def one(self, act: Act) -> None:
        self.play([act])

    @rule(acts=st.lists(_acts, min_size=2, max_size=3))
    def at_once(self, acts: list[Act]) -> None:
        self.play(acts)

    def play(self, acts: Sequence[Act]) -> None:
        self.world.clock.advance(0.01)
        said = self.run(self._together(acts))
        self.world.clock.advance(0.01)
        seen = self.run(self.stage.seen())
        # Whoever opens a room that is closed at the same time may be told that it is closed.
        allowed = [
            (0,) if one == CLOSED and act.what == "open" and closes(act.by, acts) else ()
            for act, one in zip(acts, said, strict=True)
        ]
        for order in permutations([number for number, one in enumerate(said) if one != TOO_OFTEN]):
            model = self.model.copy()
            if (
                all(model.do(acts[number]) in (said[number], *allowed[number]) for number in order)
                and drawn(model) == seen
            ):
                self.model = model
                return
        raise AssertionError(f"in no order: {list(zip(acts, said, strict=True))} from {self.model}, seen {seen}")

    async def _together(self, acts: Sequence[Act]) -> list[Said]:
        return list(await asyncio.gather(*map(self.stage.do, acts)))


def closes(room: int, acts: Sequence[Act]) -> bool:
    """Say whether somebody closes the room."""
    return any(act.what == "close" and act.by == room for act in acts)


def drawn(model: ConnectionModel) -> Seen:
    """Return what ``Stage.seen`` would find of a model."""
    return {room: group for group in model.groups for room in group}, set(model.asked), model.live


async def test_whatever_hosts_do_at_once_comes_out_as_in_some_order(world_of_kind: World) -> None:
    await let_play(Evening, world_of_kind, examples=4, steps=15)


@pytest.mark.long
async def test_a_long_evening_of_hosts_comes_out_as_in_some_order(world_of_kind: World) -> None:
    await let_play(Evening, world_of_kind, examples=60, steps=40)
