"""Follows and blocks in many hands: what people do at once, on whichever process, a plain model knows."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.stories.hands import Hands, let_play
from tests.stories.world import Phone, World

PEOPLE = 4
ACTIONS = ("add", "add", "add", "remove", "block", "unblock", "enter", "enter", "leave")
METHODS = {"add": "follow/add", "remove": "follow/remove", "block": "blocks/add", "unblock": "blocks/remove"}
BANNED, REFUSED = 3002, 3000
_people = st.integers(0, PEOPLE - 1)
_act = st.tuples(_people, _people, st.sampled_from(ACTIONS), st.booleans())


class Circle(Hands):
    """Some people, the first of whom is live, and what a plain model knows of them."""

    phones: Sequence[Phone]

    @initialize()
    def gather(self) -> None:
        self.follows: set[tuple[int, int]] = set()
        self.blocks: set[tuple[int, int]] = set()
        self.present = {0}
        self.phones = self.run(self.people(PEOPLE))
        self.room = self.run(self.phones[0].go_live())

    def expected(self, who: int, whom: int, action: str) -> int:
        """Return what the model answers; it holds from then on."""
        if action == "add":
            if (who, whom) not in self.follows and {(who, whom), (whom, who)} & self.blocks:
                return REFUSED
            self.follows.add((who, whom))
        elif action == "remove":
            self.follows.discard((who, whom))
        elif action == "block":
            self.blocks.add((who, whom))
            self.follows -= {(who, whom), (whom, who)}
            self.present -= {whom} if who == 0 else set()
        elif action == "unblock":
            self.blocks.discard((who, whom))
        elif action == "enter":
            if (0, who) in self.blocks:
                return BANNED
            self.present.add(who)
        else:
            self.present.discard(who)
        return 0

    async def act(self, who: int, whom: int, action: str) -> int:
        phone = self.phones[who]
        if action in METHODS:
            reply = await phone.reply(METHODS[action], targetId=self.phones[whom].user)
        elif action == "enter":
            reply = await phone.reply("rooms/enter_room", roomId=self.room, role="audience")
        else:
            reply = await phone.reply("rooms/leave_room", roomId=self.room)
        return int(reply["errorCode"])

    @rule(acts=st.lists(_act, min_size=1, max_size=6))
    def at_once(self, acts: list[tuple[int, int, str, bool]]) -> None:
        """Do several things at once, some of them twice; of each pair of people one."""
        chosen: dict[frozenset[int], tuple[int, int, str, bool]] = {}
        for who, whom, action, twice in acts:
            other = 0 if action in ("enter", "leave") else whom
            if who != other:
                chosen.setdefault(frozenset((who, other)), (who, other, action, twice and action != "leave"))
        calls = [one[:3] for one in chosen.values() for _ in range(1 + one[3])]
        codes = self.run(self.all_of(calls))
        expected = {one[:3]: self.expected(*one[:3]) for one in chosen.values()}
        assert codes == [expected[call] for call in calls]
        self.run(self.check())

    async def all_of(self, calls: Sequence[tuple[int, int, str]]) -> list[int]:
        return list(await asyncio.gather(*(self.act(*call) for call in calls)))

    async def check(self) -> None:
        """Compare all that people are shown with the model."""
        users = [phone.user for phone in self.phones]
        counts = await self.phones[0].call("follow/counts", userIds=users)
        assert [tuple(list(one.values())[1:]) for one in counts] == [self.counts(who) for who in range(PEOPLE)]
        for who, phone in enumerate(self.phones):
            for side, pairs in self.sides(who).items():
                shown: list[dict[str, Any]] = await phone.call(side)
                assert {one["userId"] for one in shown} == {users[other] for other in pairs}, side
        assert set(await self.phones[0].members(self.room)) == {users[who] for who in self.present}

    def counts(self, who: int) -> tuple[int, int, int]:
        sides = self.sides(who)
        return len(sides["follow/followers"]), len(sides["follow/following"]), len(sides["follow/mutual"])

    def sides(self, who: int) -> dict[str, set[int]]:
        following = {whom for one, whom in self.follows if one == who}
        followers = {one for one, whom in self.follows if whom == who}
        return {
            "follow/following": following,
            "follow/followers": followers,
            "follow/mutual": following & followers,
            "blocks/list": {whom for one, whom in self.blocks if one == who},
        }


@pytest.mark.parametrize(
    ("examples", "steps"), [pytest.param(4, 6, id="few"), pytest.param(60, 25, id="many", marks=pytest.mark.long)]
)
async def test_follows_and_blocks_are_what_a_plain_model_says(world_of_kind: World, examples: int, steps: int) -> None:
    await let_play(Circle, world_of_kind, examples=examples, steps=steps)
