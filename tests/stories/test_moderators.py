"""Roles and moderation in many hands, one after another and at once, against a plain model of the room.

What was done at once has to come out as if it had been done in some order.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from tests.stories.hands import Hands, let_play
from tests.stories.room_model import DENIED, GONE, OUTSIDE, WHAT, Act, RoomModel
from tests.stories.world import Phone, World

PEOPLE: Final = 4
_CALLS: Final = {
    "enter": ("rooms/enter_room", {}),
    "leave": ("rooms/leave_room", {}),
    "say": ("messages/send", {"text": "hello"}),
    "transfer": ("rooms/transfer_owner", {}),
    **{role: ("rooms/set_role", {"role": role}) for role in ("moderator", "anchor", "audience")},
    **{what: (f"moderation/{what}", {}) for what in ("mute", "unmute", "ban", "unban", "kick")},
}
_who = st.integers(0, PEOPLE - 1)
_hosts = st.sampled_from([0, 0, 1, 2, 3])
_comings = st.builds(Act, st.sampled_from(["enter", "enter", "leave", "say"]), _who)
_hands = st.builds(Act, st.sampled_from([what for what in WHAT if what not in ("enter", "leave", "say")]), _hosts, _who)
_acts = st.one_of(_comings, _hands)


class Show:
    """The room of the service, as it is."""

    def __init__(self, world: World, people: Sequence[Phone]) -> None:
        self.world, self.people = world, people
        self.id = RoomId(people[0].user)

    async def do(self, act: Act) -> int:
        """Make the call, and return its code."""
        path, given = _CALLS[act.what]
        whom = {"targetId": self.people[act.whom].user} if path.startswith("moderation") else {}
        if path in ("rooms/set_role", "rooms/transfer_owner"):
            whom = {"targetId": self.people[act.whom].user}
        reply = await self.people[act.by].reply(path, roomId=self.id, **given, **whom)
        return int(reply["errorCode"])

    async def together(self, acts: Sequence[Act]) -> list[int]:
        return list(await asyncio.gather(*map(self.do, acts)))

    async def seen(self) -> tuple[str, dict[str, str], list[tuple[str, bool, bool]]]:
        """Return the owner, as what everybody is shown who is in, and what everybody is to the room."""
        live = await self.world.core.live.room(self.id)
        assert live is not None
        members = await self.world.core.live.members(DEFAULT_TENANT, self.id, after=0, offset=0, limit=100)
        now, marks = self.world.clock.now(), []
        for phone in self.people:
            known = await self.world.core.db.room_access.get(self.id, phone.user)  # type: ignore[arg-type]
            role = known.role.value if known is not None and known.role is not None else ""
            marks.append((role, known is not None and known.is_banned(now), known is not None and known.is_muted(now)))
        return live.owner, {member.user: member.role.value for member in members}, marks


class Evening(Hands):
    """What people do in one room."""

    @initialize()
    def go_live(self) -> None:
        self.show = self.run(self._open())
        self.model = RoomModel(PEOPLE)

    async def _open(self) -> Show:
        people = await self.people(PEOPLE)
        await people[0].go_live()
        return Show(self.world, people)

    @rule(act=_acts)
    def one(self, act: Act) -> None:
        expected = self.model.do(act)
        assert self.run(self.show.do(act)) == expected, act
        assert self.run(self.show.seen()) == self.drawn(self.model), act

    @rule(acts=st.lists(_acts, min_size=2, max_size=3))
    def at_once(self, acts: list[Act]) -> None:
        codes = self.run(self.show.together(acts))
        seen = self.run(self.show.seen())
        for order in permutations(range(len(acts))):
            model = self.model.copy()
            if all(_answers(model.do(acts[entry]), codes[entry]) for entry in order):
                drawn = self.drawn(model)
                if drawn == seen or (drawn[::2] == seen[::2] and _is_late(acts)):
                    self.model = self._settled(model, seen[1])
                    return
        raise AssertionError(f"in no order: {list(zip(acts, codes, strict=True))} from {self.model}, seen {seen}")

    def drawn(self, model: RoomModel) -> tuple[str, dict[str, str], list[tuple[str, bool, bool]]]:
        """Return what ``Show.seen`` would find of a model."""
        names = [phone.user for phone in self.show.people]
        shown = {names[who]: model.shown(who) for who in model.here}
        return names[model.owner], shown, [(mark.role, mark.banned, mark.muted) for mark in model.marks]

    def _settled(self, model: RoomModel, shown: dict[str, str]) -> RoomModel:
        names = [phone.user for phone in self.show.people]
        model.here = {who: shown[names[who]] == "anchor" for who in range(PEOPLE) if names[who] in shown}
        return model


def _answers(expected: int, code: int) -> bool:
    """Say whether a call may have been answered so: a ban may come between the look at the room and what is done."""
    return code == expected or (expected == GONE and code in (OUTSIDE, DENIED))


def _is_late(acts: Sequence[Act]) -> bool:
    """Say whether somebody may be in or out who, in a strict order, would not be.

    Whoever is evicted and let in at once may find either. A kick ends what is there when it comes to the live store,
    which is a moment after it was found to be allowed.
    """
    putting = {act.whom for act in acts if act.what in ("ban", "kick")}
    letting = {act.whom for act in acts if act.what in ("unban", "moderator", "anchor", "transfer")}
    letting |= {act.by for act in acts if act.what == "enter"}
    return bool(putting & letting)


async def test_whatever_hosts_do_at_once_comes_out_as_in_some_order(world_of_kind: World) -> None:
    world_of_kind.settings = replace(world_of_kind.settings, message_limit=0)
    await let_play(Evening, world_of_kind, examples=8, steps=14)
