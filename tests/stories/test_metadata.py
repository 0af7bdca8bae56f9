"""Metadata of a room in many hands: whoever writes at once, on whichever process, there is one history."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stories.conftest import running
from tests.stories.world import Phone, Reply, World

PEOPLE = 3
"""Who may write; as many processes as there are take turns with them."""

Write = tuple[int, int]
"""Who writes, and how many versions behind what holds is what they have read."""
_rounds = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.sampled_from([0, 0, 0, 1, 2])), min_size=1, max_size=4),
        st.sampled_from(["", "", "", "again", "lost"]),
    ),
    max_size=5,
)


@dataclass
class Room:
    """A room with its writers, and what a plain list knows of its history."""

    world: World
    people: list[Phone]
    history: list[dict[str, Any]] = field(default_factory=lambda: [{"version": 0, "metadata": {}}])
    written: int = 0

    @property
    def id(self) -> str:
        return self.people[0].user

    async def write(self, who: int, behind: int) -> Reply:
        """Write what nobody has written before, on what held so many changes ago."""
        self.written += 1
        known = self.history[max(0, len(self.history) - 1 - behind)]["version"]
        phone, value = self.people[who], {"by": who, "n": self.written}
        return await phone.reply("rooms/set_metadata", roomId=self.id, metadata=value, version=known)

    async def round(self, writes: list[Write]) -> None:
        """Let people write at once. One of those who know what holds does, and everybody else is told what holds."""
        held = self.history[-1]
        first = len(self.history) - 1
        fresh = [max(0, first - behind) == first for _, behind in writes]
        replies = await asyncio.gather(*(self.write(*write) for write in writes))
        won = [reply["data"] for reply in replies if reply["errorCode"] == 0]
        assert len(won) == (1 if any(fresh) else 0)
        assert all(was_fresh for was_fresh, reply in zip(fresh, replies, strict=True) if reply["errorCode"] == 0)
        self.history += won
        for reply in replies:
            if reply["errorCode"] != 0:
                assert reply["errorCode"] == 3009
                assert reply["data"] in (held, self.history[-1])
        await self.agree()

    async def agree(self) -> None:
        """Let everybody read what holds; versions have grown with every change."""
        for phone in self.people:
            assert await phone.call("rooms/metadata", roomId=self.id) == self.history[-1]
        versions = [kept["version"] for kept in self.history]
        assert versions == sorted(set(versions))

    async def begin_again(self) -> None:
        """Close the room and open it again: it holds nothing, under a version of its own."""
        await self.people[0].call("rooms/destroy_room", roomId=self.id)
        await self.enter()
        fresh = await self.people[0].call("rooms/metadata", roomId=self.id)
        assert fresh["metadata"] == {}
        if fresh != self.history[-1]:
            self.history.append(fresh)

    async def enter(self) -> None:
        host, *others = self.people
        await host.go_live()
        for other in others:
            await other.enter(self.id)
            await host.call("rooms/set_role", roomId=self.id, targetId=other.user, role="moderator")


async def test_there_is_one_history_whoever_writes_at_once(world_of_kind: World) -> None:
    async with running(world_of_kind) as world:
        if world.shares:
            await world.start()
        loop = asyncio.get_running_loop()

        @settings(max_examples=12, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
        @given(rounds=_rounds)
        def tell(rounds: list[tuple[list[Write], str]]) -> None:
            asyncio.run_coroutine_threadsafe(_tell(world, rounds), loop).result()

        await asyncio.to_thread(tell)


async def _tell(world: World, rounds: list[tuple[list[Write], str]]) -> None:
    people = await world.strangers(PEOPLE)
    callers = [world.caller_of(core) for core in world.cores]
    for number, phone in enumerate(people):
        phone.ask = callers[number % len(callers)]
    room = Room(world, people)
    await room.enter()
    for writes, then in rounds:
        await room.round(writes)
        if then == "again":
            await room.begin_again()
        if then == "lost" and world.shares:
            await world.lose_live()
            await room.agree()
