"""Seats in many hands, one after another and at once, against a plain model of them.

What was done at once has to come out as if it had been done in some order.
"""

import asyncio
from collections.abc import Sequence
from itertools import permutations
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from tests.stories.hands import Hands, let_play
from tests.stories.room_model import Act
from tests.stories.seat_model import SEATS, SeatModel, Sitter
from tests.stories.world import Phone, World

PEOPLE: Final = 3
TOO_OFTEN: Final = 3004
_Seen = tuple[dict[int, tuple[str, bool, bool]], set[int], set[str], set[str]]
_anybody, _number = st.sampled_from([1, 1, 1, 2, 2, 0]), st.integers(1, SEATS)
_hosts = st.sampled_from([0, 0, 0, 1])
_acts = st.one_of(
    st.builds(Act, st.sampled_from(["enter", "enter", "leave", "stand", "stand"]), _anybody),
    st.builds(Act, st.just("take"), _anybody, st.integers(0, SEATS)),
    st.builds(Act, st.just("take"), _anybody, st.just(0)),
    st.builds(Act, st.sampled_from(["kick", "mute", "mute", "mute", "unmute"]), _hosts, _anybody),
    st.builds(lambda what, who: Act(what, who, who), st.sampled_from(["mute", "unmute"]), _anybody),
    st.builds(Act, st.sampled_from(["lock", "unlock"]), _hosts, _number),
)


class Stage:
    """The seats of the service, as they are."""

    def __init__(self, world: World, people: Sequence[Phone]) -> None:
        self.world, self.people = world, people
        self.id = RoomId(people[0].user)

    async def do(self, act: Act) -> int:
        """Make the call, and return its code."""
        path, given = self._call(act)
        reply = await self.people[act.by].reply(path, roomId=self.id, **given)
        return int(reply["errorCode"])

    def _call(self, act: Act) -> tuple[str, dict[str, Any]]:
        calls: dict[str, tuple[str, dict[str, Any]]] = {
            "enter": ("rooms/enter_room", {"role": "audience"}),
            "leave": ("rooms/leave_room", {}),
            "take": ("seats/take", {"seat": act.whom} if act.whom else {}),
            "stand": ("seats/leave", {}),
        }
        if act.what in calls:
            return calls[act.what]
        if act.what in ("lock", "unlock"):
            return "seats/lock", {"seat": act.whom, "locked": act.what == "lock"}
        whom = {} if act.by == act.whom and act.what != "kick" else {"targetId": self.people[act.whom].user}
        return f"seats/{act.what.removeprefix('un')}", whom | (
            {} if act.what == "kick" else {"audio": act.what == "mute"}
        )

    async def seen(self) -> _Seen:
        """Return who has which seat, muted by whom, what is locked, who is in, and who would sit down muted."""
        listed = (await self.people[0].call("seats/list", roomId=self.id))["seats"]
        taken = {one["seat"]: (one["userId"], one["audioMuted"], one["audioOff"]) for one in listed if one["userId"]}
        live = self.world.core.live
        members = await live.members(DEFAULT_TENANT, self.id, after=0, offset=0, limit=100)
        view = await live.seat_maps.read(self.id, ())
        assert view is not None
        silenced = {str(one.user) for one in view.seat_map.silenced}
        return taken, {one["seat"] for one in listed if one["locked"]}, {str(one.user) for one in members}, silenced


class Evening(Hands):
    """What people do about the seats of one room."""

    @initialize()
    def go_live(self) -> None:
        self.seat_map = self.run(self._open())
        self.model = SeatModel(here=set(range(PEOPLE)))

    async def _open(self) -> Stage:
        people = await self.people(PEOPLE)
        await people[0].go_live()
        await people[0].call("seats/configure", roomId=people[0].user, seats=SEATS, mode="free")
        for phone in people[1:]:
            await phone.enter(people[0].user)
        return Stage(self.world, people)

    @rule(act=_acts)
    def one(self, act: Act) -> None:
        self.play([act])

    @rule(acts=st.lists(_acts, min_size=2, max_size=3))
    def at_once(self, acts: list[Act]) -> None:
        self.play(acts)

    def play(self, acts: Sequence[Act]) -> None:
        codes = self.run(self._together(acts))
        seen = self.run(self.seat_map.seen())
        for order in permutations([entry for entry, code in enumerate(codes) if code != TOO_OFTEN]):
            model = self.model.copy()
            if all(model.do(acts[entry]) == codes[entry] for entry in order) and self.drawn(model) == seen:
                self.model = model
                return
        raise AssertionError(f"in no order: {list(zip(acts, codes, strict=True))} from {self.model}, seen {seen}")

    async def _together(self, acts: Sequence[Act]) -> list[int]:
        return list(await asyncio.gather(*map(self.seat_map.do, acts)))

    def drawn(self, model: SeatModel) -> _Seen:
        """Return what ``Stage.seen`` would find of a model."""

        names = [phone.user for phone in self.seat_map.people]

        def received(sitter: Sitter) -> tuple[str, bool, bool]:
            return names[sitter.who], sitter.by_host, sitter.by_self

        seats = {number: received(sitter) for number, sitter in model.seats.items()}
        return seats, model.locks, {names[who] for who in model.here}, {names[who] for who in model.silenced}


async def test_whatever_people_do_about_seats_at_once_comes_out_as_in_some_order(world_of_kind: World) -> None:
    await let_play(Evening, world_of_kind, examples=25, steps=30)
