"""Users of a load who follow rooms over sockets, with liveroom-client, and compare them with the service at the end.

They are few: the load is what calls cost. Thousands of sockets are measured in `tests/bench`, with frames made by hand.
"""

import asyncio
import random
from typing import Final

from liveroom.bench.figures import Followed
from liveroom.bench.people import CannotPrepare
from liveroom.bench.target import BenchTarget
from liveroom_client import Liveroom, LiveroomError, Room, Session, WrongCredentials

SHARE: Final = 0.05
"""Of the users, there are so many more who follow a room."""
_PASSWORD: Final = "liveroom bench"  # noqa: S105 - protects nothing
_SECONDS: Final = 10.0
"""In which a follower has to have heard of what the service had done by the end."""


class Followers:
    """Each has a session, a socket and a room."""

    def __init__(self, target: BenchTarget) -> None:
        self._service = Liveroom(f"http://{target.authority}{target.path}")
        self._rooms: list[Room] = []
        self._counting: list[asyncio.Task[int]] = []

    async def come(self, count: int, rooms: list[str], dice: random.Random) -> None:
        """Sign in, and enter rooms. Raises ``CannotPrepare``."""
        try:
            for number in range(count):
                session = await self._sign_in(f"bench-follower-{number}")
                room = await session.enter(dice.choice(rooms))
                self._rooms.append(room)
                self._counting.append(asyncio.get_running_loop().create_task(_count(room)))
        except LiveroomError as problem:
            raise CannotPrepare(f"a follower could not come in: {problem}") from problem

    async def _sign_in(self, name: str) -> Session:
        try:
            return await self._service.register(name, _PASSWORD)
        except WrongCredentials:
            return await self._service.sign_in(name, _PASSWORD)

    async def compare(self) -> Followed:
        """Compare every room that goes on with the service's."""
        outcome = Followed(len(self._rooms))
        for room in self._rooms:
            if room.ended is None:
                outcome.wrong += await _differences(room)
            elif room.ended.why == "closed":
                outcome.closed += 1
            else:
                outcome.wrong.append(f"room {room.id} ended: {room.ended.why} {room.ended.detail}")
        for room in self._rooms:
            await room.leave()
        outcome.events = sum(await asyncio.gather(*self._counting))
        return outcome

    async def close(self) -> None:
        """End all sockets."""
        for task in self._counting:
            task.cancel()
        await self._service.close()


async def _count(room: Room) -> int:
    return len([event async for event in room.events()])


async def _catch_up(room: Room, seq: int) -> None:
    """Wait until the follower has heard of this event, or of the room's end."""
    events = room.events()
    while room.ended is None and room.state.seq < seq:
        await anext(events, None)


async def _differences(room: Room) -> list[str]:
    """Wait until the follower has heard of everything, and compare."""
    try:
        there = (await room.call("rooms/state"))["state"]
        async with asyncio.timeout(_SECONDS):
            await _catch_up(room, there["seq"])
    except TimeoutError:
        return [f"room {room.id}: {there['seq'] - room.state.seq} events did not come within {_SECONDS:.0f} s"]
    except LiveroomError as problem:
        return [] if room.ended is not None else [f"room {room.id}: {problem}"]
    if room.ended is not None or room.state.seq > there["seq"]:
        return []  # something has happened since
    ours = (room.info["title"], room.state.members_total, sorted(room.members))
    members = sorted(member["userId"] for member in there["members"])
    theirs = (there["room"]["title"], there["membersTotal"], members)
    if not room.state.members_complete or there["membersTotal"] > len(members):
        ours, theirs = (*ours[:2], []), (*theirs[:2], [])
    return [] if ours == theirs else [f"room {room.id} is {theirs}, and its follower has {ours}"]
